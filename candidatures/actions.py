"""Les seuls qui écrivent : creer, enregistrer, franchir, supprimer.

Chaque action ouvre sa transaction, verrouille la candidature, contrôle, écrit, et laisse une ligne au journal
(sauf l'enregistrement d'une saisie). Elles prennent des objets du domaine et `par=`, jamais une requête.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet, prefetch_related_objects

from candidatures import courriels, historique, rapprochements, regles
from candidatures.champs import Case
from candidatures.circuit import AUTOMATIQUES, Transition, raisons
from candidatures.coherence import constats_a_figer
from candidatures.completude import champs_de
from candidatures.echange import FicheLue, ecrire_la_reponse, empreinte, en_fiche
from candidatures.empreintes import LISTES, disputees, reponse
from candidatures.empreintes import empreinte as empreinte_de
from candidatures.etats import Etat
from candidatures.fiche import Section
from candidatures.lecture import document_vivant
from candidatures.models import Campagne, Candidature, Compteur, Evenement, LigneDuPlan, Porteur, Version
from candidatures.rubriques import en_json
from candidatures.textes import normaliser
from comptes.models import Organisme, Utilisateur
from comptes.portees import portee_de
from hlm_projets.middleware import maintenant as maintenant_au_serveur
from territoires.models import Departement

MOTIF_MAXIMUM = 2_000
"""Caractères d'un motif."""
AUTRUI, SIENNE = historique.Verdict.AUTRUI, historique.Verdict.SIENNE
VERROU = True
"""Les témoins des courses l'ôtent, pour prouver que sans lui la course se voit."""


class Refus(Exception):
    """Le passage n'est pas ouvert ; `raisons` : des phrases à montrer."""

    def __init__(self, raisons: list[str]) -> None:
        super().__init__(" ".join(raisons))
        self.raisons = raisons


class DejaFranchi(Exception):
    """Le passage a déjà eu lieu (double clic, retour arrière) ; `evenement` dit quand et par qui."""

    def __init__(self, evenement: Evenement) -> None:
        super().__init__(str(evenement))
        self.evenement = evenement


class Devance(Exception):
    """Le dossier a changé d'état depuis que la personne l'a lu ; `evenement` dit quand, par qui, et en quel état."""

    def __init__(self, evenement: Evenement) -> None:
        super().__init__(str(evenement))
        self.evenement = evenement


class PlusModifiable(Exception):
    """La candidature a quitté le brouillon, ou a été supprimée, pendant la saisie."""


class Conflit(Exception):
    """Quelqu'un a changé les mêmes réponses (`noms`) pendant la saisie : elles ne sont pas écrites, les autres le sont."""

    def __init__(self, candidature: Candidature, noms: list[str]) -> None:
        super().__init__(", ".join(noms))
        self.candidature, self.noms = candidature, noms


def _rien() -> None:
    """Les tests de course allongent ici l'intervalle entre le contrôle et l'écriture."""


entre_controle_et_ecriture: Callable[[], None] = _rien


# --- Créer et enregistrer ----------------------------------------------------------------------------------------------
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


def enregistrer(
    candidature: Candidature,
    valeurs: Mapping[str, Any],
    *,
    par: Utilisateur,
    departements: Iterable[Departement] | None = None,
    organismes: Iterable[Porteur] | None = None,
    lignes: Iterable[LigneDuPlan] | None = None,
    section: type[Section] | None = None,
    lues: Mapping[str, str] | None = None,
    page: str = "",
    le: datetime | None = None,
) -> Candidature:
    """Écrit les réponses données, et elles seules ; les listes données remplacent les listes gardées, dans leur ordre.

    `lues` : les empreintes de ce que la page montrait ; une réponse changée depuis par quelqu'un d'autre n'est pas écrite, les
    autres le sont, puis Conflit est levé si on la voulait autre qu'on ne l'a lue. `section` : celle que l'on saisit, dont les
    cases sans réponse valent désormais « non » (formulaire, « Les quatre cases »). `page` : la clé de la page de saisie, `le` :
    l'instant, pour l'historique.
    Lève PermissionDenied si la personne ne peut pas écrire, PlusModifiable si la candidature a été déposée ou supprimée
    entre-temps.
    """
    listes = {"departements": departements, "organismes": organismes, "lignes": lignes}
    voulues = dict(valeurs) | {nom: list(liste) for nom, liste in listes.items() if liste is not None}
    with transaction.atomic():
        gardee = verrouiller(candidature, historique.avec_le_rang(Candidature.objects.all(), page))
        if not regles.peut(regles.peut_remplir, par, gardee):
            raise PermissionDenied
        if not gardee.est_brouillon:
            raise PlusModifiable
        if historique.est_depasse(gardee, page):
            return gardee
        prefetch_related_objects([gardee], *(nom for nom in LISTES if nom in voulues))
        douteuses = verdicts(gardee, voulues, lues or {}, gardee.changements.all(), page)
        ecrites = {nom: valeur for nom, valeur in voulues.items() if douteuses.get(nom, SIENNE) == SIENNE}
        avant, apres = _au_format(gardee, ecrites), {nom: ecrire_la_reponse(nom, valeur) for nom, valeur in ecrites.items()}
        ecrites |= _cases_laissees_vides(gardee, section, ecrites)
        entre_controle_et_ecriture()
        if ecrites:
            _ecrire(gardee, ecrites)
        historique.noter(gardee, avant, apres, par=par, page=page, le=le or maintenant_au_serveur())
    d_autrui = [nom for nom, verdict in douteuses.items() if verdict == AUTRUI]
    if conflits := [nom for nom in d_autrui if empreinte_de(nom, voulues[nom]) != (lues or {}).get(nom)]:
        raise Conflit(gardee, conflits)
    return gardee


def verdicts(
    porteur: Model, voulues: Mapping[str, Any], lues: Mapping[str, str], traces: QuerySet[Any], page: str
) -> dict[str, historique.Verdict]:
    """Les réponses que la page ne montrait pas telles qu'elles sont gardées, et à qui elles se disputent."""
    return {nom: historique.verdict(traces, nom, page) for nom in disputees(porteur, voulues, lues)}


def _cases_laissees_vides(candidature: Candidature, section: type[Section] | None, ecrites: Mapping[str, Any]) -> dict[str, bool]:
    noms = [champ.name for champ in champs_de(section) if isinstance(champ, Case)] if section and ecrites else []
    return {nom: False for nom in noms if nom not in ecrites and getattr(candidature, nom) is None}


def _au_format(candidature: Candidature, noms: Iterable[str]) -> dict[str, Any]:
    return {nom: ecrire_la_reponse(nom, reponse(candidature, nom)) for nom in noms}


def _ecrire(candidature: Candidature, voulues: Mapping[str, Any]) -> None:
    champs = [nom for nom in voulues if nom not in LISTES]
    for nom in champs:
        setattr(candidature, nom, voulues[nom])
    relues = {nom.removesuffix("_precision") for nom in voulues}  # une réponse reprise que l'on change est relue
    candidature.a_revoir = [nom for nom in candidature.a_revoir if nom not in relues]
    candidature.save(update_fields=[*champs, "a_revoir", "modifie_le"])
    if "departements" in voulues:
        candidature.departements.set(voulues["departements"])
    for accesseur in ("organismes", "lignes"):
        if accesseur in voulues:
            _remplacer(candidature, accesseur, voulues[accesseur])
    vars(candidature).pop("_prefetched_objects_cache", None)  # les listes gardées d'avance ne sont plus celles de la base


def _remplacer(candidature: Candidature, accesseur: str, objets: Iterable[Any]) -> None:
    """La suite donnée prend la place de la suite gardée ; une clé venue d'un autre dossier ne vaut rien (F-29)."""
    donnees = list(objets)
    for rang, objet in enumerate(donnees, 1):
        objet.pk, objet.candidature, objet.rang = None, candidature, rang
    gardees = getattr(candidature, accesseur)
    gardees.all().delete()
    gardees.bulk_create(donnees)


def charger(lue: FicheLue, candidature: Candidature, *, par: Utilisateur) -> Candidature:
    """Écrit toute une fiche d'échange dans un brouillon, comme le ferait sa saisie."""
    return enregistrer(
        candidature, lue.valeurs, par=par, departements=lue.departements, organismes=lue.organismes, lignes=lue.lignes
    )


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


# --- Franchir ----------------------------------------------------------------------------------------------------------
def franchir(
    candidature: Candidature,
    transition: Transition,
    *,
    par: Utilisateur,
    maintenant: datetime,
    motif: str = "",
    montant: Decimal | None = None,
    lu: int | None = None,
) -> Evenement:
    """La seule porte d'un changement d'état : verrou, contrôle, écriture, journal, version figée, courriels inscrits.

    `lu` : le dernier passage que la personne avait sous les yeux (`dernier_passage`) ; None, elle n'en dit rien.
    Lève PermissionDenied (pas l'acteur), DejaFranchi (déjà fait), Devance (un autre passage a eu lieu depuis), Refus (ce qui
    manque, ou le délai).
    """
    motif = normaliser(motif).strip()
    with transaction.atomic():
        gardee = verrouiller(candidature)
        if not regles.peut(regles.ACTEURS[transition.acteur], par, gardee):
            raise PermissionDenied
        _controler(gardee, transition, maintenant, motif, montant, lu)
        entre_controle_et_ecriture()
        gardee.montant_accorde = montant if transition.montant_exige else None
        evenement = _passer(gardee, transition, par, maintenant, motif)
        courriels.annoncer(gardee, evenement)
    return evenement


def avancer(candidature: Candidature, *, par: Utilisateur, maintenant: datetime) -> list[Evenement]:
    """Franchit les passages que le circuit franchit seul, après un avis rendu ou rouvert par `par`.

    À appeler dans la transaction qui a écrit l'avis, la candidature verrouillée par `verrouiller` ; elle est relue.
    """
    gardee, evenements = verrouiller(candidature), []
    while suivante := next((t for t in AUTOMATIQUES if not raisons(t, gardee, maintenant)), None):
        evenements.append(_passer(gardee, suivante, par, maintenant, ""))
    candidature.etat = gardee.etat
    return evenements


def verrouiller(candidature: Candidature, requete: QuerySet[Candidature] | None = None) -> Candidature:
    """La candidature telle qu'elle est en base, retenue jusqu'à la fin de la transaction ; `requete` dit ce qu'on en lit.

    Lève PlusModifiable si un brouillon vient d'être supprimé.
    """
    requete = Candidature.objects.pour_lecture().avec_avis() if requete is None else requete
    gardee = (requete.select_for_update(of=("self",)) if VERROU else requete).filter(pk=candidature.pk).first()
    if gardee is None:
        raise PlusModifiable
    if VERROU and "campagne" in gardee._state.fields_cache:
        # Une requête qui a attendu le verrou garde des tables jointes ce qu'elle en voyait avant : la publication y manquerait.
        gardee.campagne.refresh_from_db()
    return gardee


def dernier_passage(candidature: Candidature) -> Evenement | None:
    """Le dernier changement d'état."""
    return candidature.evenements.exclude(vers="").order_by("pk").last()


def _controler(
    candidature: Candidature, transition: Transition, maintenant: datetime, motif: str, montant: Decimal | None, lu: int | None
) -> None:
    deja = candidature.evenements.filter(acte=transition.nom).last() if candidature.etat == transition.vers else None
    memes = candidature.montant_accorde == montant and deja is not None and deja.motif == motif
    if deja and (memes or candidature.etat not in transition.depuis):
        raise DejaFranchi(deja)
    dernier = dernier_passage(candidature) if lu is not None else None
    if dernier and dernier.pk != lu:
        raise Devance(dernier)
    refus = raisons(transition, candidature, maintenant)
    if transition.motif_exige and not motif:
        refus.append("Écrivez le motif.")
    if transition.montant_exige and (montant is None or montant <= 0):
        refus.append("Écrivez le montant accordé, en euros.")
    if len(motif) > MOTIF_MAXIMUM:
        refus.append(f"Ce motif compte {len(motif)} caractères ; le maximum est {MOTIF_MAXIMUM}.")
    if refus:
        raise Refus(refus)


def _passer(candidature: Candidature, transition: Transition, par: Utilisateur, maintenant: datetime, motif: str) -> Evenement:
    depuis, candidature.etat = candidature.etat, transition.vers
    if transition.fige and not candidature.numero:
        candidature.numero = _numero(candidature)
        candidature.deposee_le = maintenant
    candidature.save(update_fields=["etat", "numero", "deposee_le", "montant_accorde", "modifie_le"])
    evenement = consigner(
        candidature,
        transition.nom,
        par=par,
        le=maintenant,
        depuis=depuis,
        vers=transition.vers,
        motif=motif,
        detail=_detail(candidature, transition, maintenant),
    )
    if transition.fige:
        _figer(candidature, evenement)
    return evenement


def _detail(candidature: Candidature, transition: Transition, maintenant: datetime) -> dict[str, Any]:
    if transition.montant_exige:
        return {"montant": str(candidature.montant_accorde)}
    return {"hors_delai_tolere": True} if transition.fige and maintenant > candidature.campagne.cloture else {}


def _numero(candidature: Candidature) -> str:
    premier = min(d.pk for d in candidature.departements.all())
    return Compteur.suivant(f"{candidature.campagne.code}-{premier}")


def _figer(candidature: Candidature, evenement: Evenement) -> None:
    rapprochements.indexer([candidature])  # avant les constats, qui cherchent ses semblables
    fiche = en_fiche(candidature)
    Version.objects.create(
        candidature=candidature,
        evenement=evenement,
        fiche=fiche,
        document=en_json(document_vivant(candidature)),
        constats=constats_a_figer(candidature),
        empreinte=empreinte(fiche),
    )


def consigner(candidature: Candidature, acte: str, *, par: Utilisateur, le: datetime, **champs: Any) -> Evenement:
    """Ajoute une ligne au journal de la candidature, dans la transaction de l'appelant."""
    return Evenement.objects.create(
        candidature=candidature, acte=acte, objet=str(candidature)[:350], par=par, par_nom=str(par), le=le, **champs
    )
