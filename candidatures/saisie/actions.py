"""Créer une candidature, y écrire des réponses, supprimer un brouillon.

Chaque action ouvre sa transaction, verrouille la candidature, contrôle, écrit, et laisse une ligne au journal
(sauf l'enregistrement d'une saisie). Elles prennent des objets du domaine et `par=`, jamais une requête.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet, prefetch_related_objects

from candidatures import regles
from candidatures.champs import Case
from candidatures.coherence.justifier import JUSTIFICATION
from candidatures.echange.lire import FicheLue, lire_la_reponse
from candidatures.etats import Etat
from candidatures.fiche import Section
from candidatures.models import Campagne, Candidature, Porteur
from candidatures.plusieurs_mains.ecrire import ecrire
from candidatures.plusieurs_mains.sujet import DuBrouillon
from candidatures.sections import LISTE_PAR_NOM, LISTES, Liste, champs_de, precisee, reponses_de
from candidatures.verrou import PlusModifiable, Refus, consigner, verrouiller
from comptes.models import Organisme, Utilisateur
from comptes.portees import portee_de
from hlm_projets import composees
from hlm_projets.composees import Composee, Valeur
from hlm_projets.ecran.colonnes import colonne
from hlm_projets.requete.middleware import maintenant as maintenant_au_serveur
from territoires.cles import avec_la_cle


def creer(campagne: Campagne, organisme: Organisme, *, par: Utilisateur, maintenant: datetime) -> Candidature:
    """Commence une candidature : un brouillon où l'organisme est déjà nommé.

    Lève PermissionDenied si la personne ne saisit pas pour l'organisme, Refus si la campagne n'est pas ouverte.
    """
    if organisme.pk not in portee_de(par).organismes:
        raise PermissionDenied
    if not campagne.est_ouverte(maintenant):
        raise Refus(["Cette campagne n'est pas ouverte : aucune candidature ne peut y être commencée."])
    with transaction.atomic():
        candidature = Candidature.objects.create(campagne=campagne, organisme=organisme, **_contact(par))
        Porteur.objects.create(
            candidature=candidature, rang=1, nom=organisme.nom, statut=organisme.statut, siren=organisme.siren or ""
        )
        consigner(candidature, "creer", par=par, le=maintenant, vers=Etat.BROUILLON)
    return candidature


def _contact(par: Utilisateur) -> dict[str, str]:
    """Le contact est d'abord la personne qui commence (rien à retaper : WCAG 3.3.7)."""
    return {"contact_nom": str(par), "contact_courriel": par.courriel}


class Fiche(DuBrouillon):
    """Les réponses d'un brouillon ; `section` : celle que l'on saisit, dont les cases sans réponse valent désormais « non »
    (formulaire, « Les quatre cases »)."""

    def __init__(self, candidature: Candidature, section: type[Section] | None = None) -> None:
        super().__init__(candidature)
        self.section = section
        self.colonnes = _colonnes_de(section) if section else ()

    def traces_de(self, candidature: Any) -> QuerySet[Any]:
        """Sans les justifications, qui ont leur propre page."""
        return super().traces_de(candidature).exclude(rubrique__startswith=JUSTIFICATION)

    def lire(self, gardee: Any, noms: Iterable[str]) -> dict[str, Any]:
        """Les listes sont lues d'un trait, et gardées : `poser` n'écrit que ce qui y change."""
        for nom in (nom for nom in LISTE_PAR_NOM if nom in noms):
            if (lue := _encore_vraie(self.candidature, gardee, nom)) is not None:
                vars(gardee).setdefault("_prefetched_objects_cache", {})[nom] = lue
            prefetch_related_objects([gardee], nom)
        return super().lire(gardee, noms)

    def relire(self, nom: str, ecrite: Any) -> Any:
        """Lève FicheRefusee si la fiche n'admet plus cette réponse."""
        return lire_la_reponse(nom, ecrite)

    def poser(self, gardee: Any, valeurs: Mapping[str, Any], par: Utilisateur, le: datetime) -> None:
        """Une liste donnée remplace la liste gardée, dans son ordre."""
        ecrites = {**valeurs, **_cases_laissees_vides(gardee, self.section, valeurs)}
        champs = [nom for nom in ecrites if nom not in LISTE_PAR_NOM]
        for nom in champs:
            setattr(gardee, nom, ecrites[nom])
        relues = {precisee(nom) for nom in ecrites}  # une réponse reprise que l'on change est relue
        gardee.a_revoir = [nom for nom in gardee.a_revoir if nom not in relues]
        composees.enregistrer(gardee, avec_la_cle(gardee, [*champs, "a_revoir", "modifie_le"]))
        for liste in (liste for liste in LISTES if liste.nom in ecrites):
            poser_la_liste(gardee, liste, ecrites[liste.nom])
        vars(gardee).pop("_prefetched_objects_cache", None)  # les listes gardées d'avance ne sont plus celles de la base


@cache
def _colonnes_de(section: type[Section]) -> tuple[str, ...]:
    """Ce que l'écriture d'une section lit de son dossier : ses réponses, l'état et les droits ; jamais les textes des autres."""
    reponses = (nom for nom in reponses_de(section) if nom not in LISTE_PAR_NOM)
    return ("campagne", "etat", "organisme", "numero", "a_revoir", "modifie_le", *reponses)


def lire_les_listes(candidature: Candidature, listes: Iterable[Liste]) -> None:
    """Lit ces listes avant le verrou ; celles d'un tableau, avec l'instant où leur dossier avait été écrit.

    `Fiche.lire` saura ainsi si elles valent encore ; les autres se relisent toujours.
    """
    for liste in listes:
        if not liste.colonnes:
            prefetch_related_objects([candidature], liste.nom)
            continue
        suite = getattr(candidature, liste.nom).all()
        suite._result_cache = _datees(liste).lire(candidature=candidature.pk)
        vars(candidature).setdefault("_prefetched_objects_cache", {})[liste.nom] = suite


@cache
def _datees(liste: Liste) -> Composee:
    """Les rangées d'un dossier, dans leur ordre, avec l'instant où il avait été écrit."""
    modele: Any = liste.modele
    siennes = modele._default_manager.filter(candidature=Valeur("candidature", colonne(modele, "candidature")))
    return Composee(lambda: siennes.annotate(dossier_modifie_le=F("candidature__modifie_le")))


def _encore_vraie(lue_avant: Candidature, gardee: Candidature, nom: str) -> Any:
    """La liste lue avant le verrou, si le dossier verrouillé n'a pas été écrit depuis ; None s'il faut la relire.

    Toute écriture d'une fiche note son instant (`poser`), dans la même transaction que ses listes.
    """
    lue = vars(lue_avant).get("_prefetched_objects_cache", {}).get(nom)
    instants = {vars(element).get("dossier_modifie_le") for element in lue or ()}
    return lue if instants == {gardee.modifie_le} else None


def enregistrer(
    candidature: Candidature,
    valeurs: Mapping[str, Any],
    *,
    par: Utilisateur,
    section: type[Section] | None = None,
    lues: Mapping[str, str] | None = None,
    page: str = "",
    le: datetime | None = None,
) -> Candidature:
    """Écrit les réponses données, et elles seules : `plusieurs_mains.ecrire` dit comment.

    Lève PermissionDenied si la personne ne peut pas écrire, PlusModifiable si la candidature a été déposée ou supprimée
    entre-temps, Conflit si une réponse a été changée par quelqu'un d'autre depuis que la page l'a lue.
    """
    fait = ecrire(Fiche(candidature, section), valeurs, lues or {}, page=page, par=par, le=le or maintenant_au_serveur())
    gardee: Candidature = fait.sans_conflit()
    return gardee


def _cases_laissees_vides(candidature: Candidature, section: type[Section] | None, ecrites: Mapping[str, Any]) -> dict[str, bool]:
    noms = [champ.name for champ in champs_de(section) if isinstance(champ, Case)] if section else []
    return {nom: False for nom in noms if nom not in ecrites and getattr(candidature, nom) is None}


def poser_la_liste(candidature: Candidature, liste: Liste, voulue: Iterable[Any]) -> None:
    """La suite voulue prend la place de la suite gardée ; seules les différences s'écrivent."""
    gardees = list(getattr(candidature, liste.nom).all())
    if liste.colonnes:
        _remplacer(candidature, liste, gardees, list(voulue))
        return
    relation, avant, apres = getattr(candidature, liste.nom), {o.pk for o in gardees}, {o.pk for o in voulue}
    if avant - apres:
        relation.remove(*(avant - apres))
    if apres - avant:
        relation.add(*(apres - avant))


def _remplacer(candidature: Candidature, liste: Liste, gardees: list[Any], voulues: list[Any]) -> None:
    """Rang par rang : un objet prend la ligne qui avait son rang ; une clé venue d'un autre dossier ne vaut rien (F-29)."""
    colonnes, table = [*liste.colonnes, "rang"], liste.modele._default_manager
    lignes = [*gardees, *[None] * len(voulues)]
    for rang, objet in enumerate(voulues, 1):
        place = lignes[rang - 1]
        objet.pk, objet.candidature, objet.rang = place.pk if place else None, candidature, rang
    changees = [o for o, g in zip(voulues, gardees, strict=False) if any(getattr(o, c) != getattr(g, c) for c in colonnes)]
    composees.inserer(liste.modele, [_rangee(o, ("id", *colonnes)) for o in changees], unique=("id",), sinon=tuple(colonnes))
    composees.inserer(liste.modele, [_rangee(o, colonnes) for o in voulues[len(gardees) :]])
    if surplus := [objet.pk for objet in gardees[len(voulues) :]]:
        table.filter(pk__in=surplus).delete()


def _rangee(objet: Any, colonnes: Iterable[str]) -> dict[str, Any]:
    """Ce que la base garde d'une rangée."""
    return {"candidature": objet.candidature_id} | {nom: getattr(objet, nom) for nom in colonnes}


def charger(lue: FicheLue, candidature: Candidature, *, par: Utilisateur) -> Candidature:
    """Écrit toute une fiche d'échange dans un brouillon, comme le ferait sa saisie."""
    return enregistrer(candidature, lue.reponses, par=par)


def supprimer(candidature: Candidature, *, par: Utilisateur, maintenant: datetime) -> None:
    """Supprime un brouillon ; le journal garde la trace. Lève PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = verrouiller(candidature, Candidature.objects.all())
        if not regles.peut(regles.est_de_l_organisme, par, gardee):
            raise PermissionDenied
        if not gardee.est_brouillon:
            raise PlusModifiable
        consigner(gardee, "supprimer", par=par, le=maintenant, depuis=gardee.etat)
        gardee.delete()
