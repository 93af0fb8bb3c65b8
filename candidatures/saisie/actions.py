"""Créer une candidature, y écrire des réponses, supprimer un brouillon.

Chaque action ouvre sa transaction, verrouille la candidature, contrôle, écrit, et laisse une ligne au journal
(sauf l'enregistrement d'une saisie). Elles prennent des objets du domaine et `par=`, jamais une requête.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects

from candidatures import regles, verrou
from candidatures.avancement.completude import champs_de
from candidatures.champs import Case
from candidatures.echange.ecrire import ecrire_la_reponse
from candidatures.echange.lire import FicheLue
from candidatures.etats import Etat
from candidatures.fiche import Section
from candidatures.models import Campagne, Candidature, LigneDuPlan, Porteur
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.empreintes import LISTES, reponse
from candidatures.plusieurs_mains.empreintes import empreinte as empreinte_de
from candidatures.plusieurs_mains.verdicts import AUTRUI, SIENNE, verdicts
from candidatures.verrou import Conflit, PlusModifiable, Refus, consigner, verrouiller
from comptes.models import Organisme, Utilisateur
from comptes.portees import portee_de
from hlm_projets.requete.middleware import maintenant as maintenant_au_serveur
from territoires.models import Departement


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
        if not regles.fiche_ouverte(gardee):
            raise PlusModifiable
        if historique.est_depasse(gardee, page):
            return gardee
        prefetch_related_objects([gardee], *(nom for nom in LISTES if nom in voulues))
        douteuses = verdicts(gardee, voulues, lues or {}, gardee.changements.all(), page)
        ecrites = {nom: valeur for nom, valeur in voulues.items() if douteuses.get(nom, SIENNE) == SIENNE}
        avant, apres = _au_format(gardee, ecrites), {nom: ecrire_la_reponse(nom, valeur) for nom, valeur in ecrites.items()}
        ecrites |= _cases_laissees_vides(gardee, section, ecrites)
        verrou.entre_controle_et_ecriture()
        if ecrites:
            _ecrire(gardee, ecrites)
        historique.noter(gardee, avant, apres, par=par, page=page, le=le or maintenant_au_serveur())
    d_autrui = [nom for nom, verdict in douteuses.items() if verdict == AUTRUI]
    if conflits := [nom for nom in d_autrui if empreinte_de(nom, voulues[nom]) != (lues or {}).get(nom)]:
        raise Conflit(gardee, conflits)
    return gardee


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
