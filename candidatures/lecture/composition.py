"""Lire une candidature : bâtir le `Document` que montrent la page de lecture, la relecture et le PDF.

Une candidature déposée se lit dans sa version figée ; seuls les avis, qui viennent après, sont lus dans leurs lignes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from candidatures import fiche
from candidatures.avancement.plan import Total
from candidatures.champs import Case as ChampCase
from candidatures.champs import Champ, Choix, Entier, OuiNon, Precision, Texte, en_texte
from candidatures.champs.montants import dire_montant, dire_part
from candidatures.echange.ecrire import champs_d_avis
from candidatures.fiche import ENTETE, SECTIONS, TITRE
from candidatures.lecture.avis_lus import Avis
from candidatures.lecture.document import BlocAvis, CaseLue, Document, Rubrique, Scelle, SectionAvis, SectionLue, Tableau
from candidatures.models import Candidature, LigneDuPlan, Porteur
from candidatures.sections import LISTE_APRES, champs_de, code_de
from hlm_projets.fichiers import dire_taille
from territoires.heures import dire
from territoires.models import Departement


def document_de(candidature: Candidature, avis: Avis | None = None) -> Document:
    """Le document à lire : figé si la candidature est déposée, vivant sinon ; avec les `avis` que son lecteur peut voir."""
    lu = a_lire(candidature, avis)
    return lu.ouvrir() if isinstance(lu, Scelle) else lu


def a_lire(candidature: Candidature, avis: Avis | None = None) -> Document | Scelle:
    """Le même, à montrer dans une page : celui d'une candidature déposée n'y est pas relu s'il a déjà été rendu."""
    version, des_avis = candidature.version, sections_d_avis(candidature, avis or {})
    return Scelle(version.document, des_avis) if version else replace(document_vivant(candidature), avis=des_avis)


def document_vivant(candidature: Candidature) -> Document:
    """Le document bâti sur les lignes vivantes, sans les avis : celui d'un brouillon, ou celui qu'on va figer."""
    deposee = candidature.deposee_le
    return Document(
        titre=TITRE,
        entete=ENTETE,
        numero=candidature.reference,
        nom=candidature.titre,
        brouillon=candidature.est_brouillon,
        mention=f"Déposée le {dire(deposee)}" if deposee else "",
        sections=tuple(_section(candidature, section, debut) for section, debut in _sections_numerotees()),
        organismes=_organismes(candidature),
        annexes=_annexes(candidature),
    )


def _sections_numerotees() -> list[tuple[type[fiche.Section], int]]:
    """Chaque section avec le numéro officiel de sa première rubrique."""
    numerotees, numero = [], 1
    for section in SECTIONS:
        numerotees.append((section, numero))
        numero += sum(est_numerotee(champ) for champ in champs_de(section))
    return numerotees


def est_numerotee(champ: Champ) -> bool:
    """Faux pour une précision et pour la suite d'une rubrique : elles partagent son numéro."""
    return not isinstance(champ, Precision) and not getattr(champ, "suite", False)


def _section(candidature: Candidature, section: type[fiche.Section], numero: int) -> SectionLue:
    rubriques: list[Rubrique] = []
    consigne = ""
    for champ in champs_de(section):
        if isinstance(champ, Precision):
            continue
        if not est_numerotee(champ):
            rubriques[-1] = replace(rubriques[-1], cases=_cases(champ, getattr(candidature, champ.name)))
            continue
        rubrique = _rubrique(candidature, champ, str(numero))
        numero += 1
        if champ.name == section.texte_de_section:
            consigne, rubrique = rubrique.consigne, replace(rubrique, intitule="", consigne="")
        rubriques.append(rubrique)
    titre = "" if section.sans_titre_sur_le_papier else str(section._meta.verbose_name)
    return SectionLue(code_de(section), titre, consigne, tuple(rubriques))


def _rubrique(candidature: Candidature, champ: Champ, numero: str) -> Rubrique:
    reponse = _reponse(champ, getattr(candidature, champ.name))
    suite = LISTE_APRES.get(champ.name)
    if suite and suite.modele is Departement:
        reponse["texte"] = "\n\n".join(filter(None, (reponse["texte"], _departements(candidature))))
    return Rubrique(
        code=champ.name,
        numero=numero,
        intitule=str(champ.verbose_name),
        consigne=str(champ.help_text),
        precision=getattr(candidature, f"{champ.name}_precision", ""),
        tableaux=_plan(candidature) if suite and suite.modele is LigneDuPlan else (),
        **reponse,
    )


def _reponse(champ: Champ, valeur: Any) -> dict[str, Any]:
    """La réponse, dans la forme de son champ : texte long, cases, ou valeur courte."""
    if isinstance(champ, Texte):
        return {"texte": valeur}
    if isinstance(champ, (OuiNon, Choix)):
        return {"cases": _cases(champ, valeur)}
    unite = f" {champ.unite}" if isinstance(champ, Entier) and champ.name == "duree_mois" and valeur is not None else ""
    return {"valeur": en_texte(champ, valeur) + unite}


def _departements(candidature: Candidature) -> str:
    """La relation de la rubrique 1, par code : « Départements concernés : Seine-et-Marne (77), Nord (59) »."""
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    intitule = Candidature._meta.get_field("departements").verbose_name
    return f"{intitule} : {', '.join(map(str, departements))}" if departements else ""


def _cases(champ: Champ, valeur: Any) -> tuple[CaseLue, ...]:
    if isinstance(champ, ChampCase):
        return (CaseLue("", valeur is True),)
    cases = champ.cases if isinstance(champ, (OuiNon, Choix)) else ()
    return tuple(CaseLue(libelle, valeur == code and valeur is not None) for code, libelle in cases)


# --- Tableaux ----------------------------------------------------------------------------------------------------------
def _plan(candidature: Candidature) -> tuple[Tableau, ...]:
    """Les dépenses, puis les ressources, chacune avec son total."""
    natures = (("Dépenses", LigneDuPlan.Nature.DEPENSE), ("Ressources", LigneDuPlan.Nature.RESSOURCE))
    plan = [(titre, [ligne for ligne in candidature.lignes.all() if ligne.nature == nature]) for titre, nature in natures]
    return tuple(_tableau_du_plan(titre, lignes) for titre, lignes in plan if lignes)


def _tableau_du_plan(titre: str, lignes: list[LigneDuPlan]) -> Tableau:
    """Un volet de dépenses n'a d'ordinaire ni financeur ni état ; une fiche chargée qui les donne les montre."""
    financeurs = any(ligne.nature == LigneDuPlan.Nature.RESSOURCE or ligne.financeur or ligne.etat for ligne in lignes)
    tete = ("Financeur", "Libellé") if financeurs else ("Volet",)
    fin = ("Part", "État") if financeurs else ("Part",)
    return Tableau(
        titre=titre,
        colonnes=(*tete, "Montant", *fin),
        lignes=tuple(_cellules(ligne, financeurs) for ligne in lignes),
        pied=(("Total", *("" for _ in tete[1:]), *Total.de(lignes).textes, *("" for _ in fin[1:])),),
        colonnes_chiffrees=(len(tete), len(tete) + 1),
    )


def _cellules(ligne: LigneDuPlan, financeurs: bool) -> tuple[str, ...]:
    chiffres = (dire_montant(ligne.montant), dire_part(ligne.part))
    if not financeurs:
        return (ligne.libelle, *chiffres)
    return (ligne.get_financeur_display(), ligne.libelle, *chiffres, ligne.get_etat_display())


def _organismes(candidature: Candidature) -> Tableau:
    organismes: list[Porteur] = list(candidature.organismes.all())
    return Tableau("Organismes", ("Nom", "Statut", "SIREN"), tuple((o.nom, o.statut, o.siren) for o in organismes))


def _annexes(candidature: Candidature) -> Tableau:
    """Les fichiers joints, avec de quoi vérifier qu'un fichier lu plus tard est bien celui-là."""
    annexes = candidature.annexes.all()  # avec leur type : `pour_lecture`
    lignes = tuple((p.type.libelle, p.nom, dire_taille(p.taille), p.sha256) for p in annexes)
    return Tableau("Annexes", ("Type", "Fichier", "Taille", "Empreinte SHA-256"), lignes, colonnes_chiffrees=(2,))


# --- Avis --------------------------------------------------------------------------------------------------------------
def sections_d_avis(candidature: Candidature, avis: Avis) -> tuple[SectionAvis, ...]:
    """La huitième section : un bloc par département, puis un par région ; vides comme sur le papier sans avis à montrer."""
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    regions = {d.region_id: d.region for d in departements}
    return (
        _section_d_avis("avis_departementaux", "departement", {d.pk: str(d) for d in departements}, avis),
        _section_d_avis("avis_regionaux", "region", {pk: str(regions[pk]) for pk in sorted(regions)}, avis),
    )


def _section_d_avis(accesseur: str, territoire: str, territoires: dict[str, str], avis: Avis) -> SectionAvis:
    modele: Any = Candidature._meta.get_field(accesseur).related_model
    rendus = {getattr(a, f"{territoire}_id"): a for a in avis.get(accesseur, [])}
    blocs = [_bloc(modele, nom, rendus.get(pk)) for pk, nom in territoires.items()] or [_bloc(modele, "", None)]
    return SectionAvis(str(modele._meta.verbose_name), territoire == "region", tuple(blocs))


def _bloc(modele: Any, territoire: str, avis: Any) -> BlocAvis:
    vide = avis or modele()
    rubriques = tuple(
        Rubrique(
            champ.name,
            "",
            "" if getattr(champ, "sans_intitule", False) else str(champ.verbose_name),
            **_reponse(champ, getattr(vide, champ.name)),
        )
        for champ in champs_d_avis(modele)
    )
    service = avis.service_nom if avis else ""
    return BlocAvis(territoire, service, dire(avis.rendu_le) if avis and avis.rendu_le else "", rubriques)
