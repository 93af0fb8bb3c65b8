"""Reprendre la candidature d'une édition antérieure : un brouillon neuf, où chaque réponse est gardée, à relire, ou laissée vide.

L'ancienne n'est jamais touchée. Une réponse à relire porte sa marque (`Candidature.a_revoir`) jusqu'à ce qu'on la change, ou qu'on
dise qu'elle est relue ; une annexe reprise est à confirmer, à remplacer ou à retirer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from candidatures import regles, verrou
from candidatures.echange.lire import FicheLue
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from candidatures.reprise.annexes import reprendre_les_annexes
from candidatures.reprise.reprenables import Sort, relire, reprenables
from candidatures.saisie import actions
from candidatures.sections import precisee
from comptes.models import Utilisateur

ACTE = "reprendre"


class DejaReprise(Exception):
    """Cette candidature vient d'être reprise (double clic, deux personnes) ; `nouvelle` est le brouillon qui en est né."""

    def __init__(self, nouvelle: Candidature) -> None:
        super().__init__(str(nouvelle))
        self.nouvelle = nouvelle


@dataclass(frozen=True, slots=True)
class Provenance:
    """D'où vient un brouillon repris : le numéro d'alors, le code de la campagne d'alors, {code: pourquoi c'est à relire}."""

    dossier: str
    edition: str
    phrases: Mapping[str, str]


def reprises(ancienne: Candidature, campagne: Campagne) -> Candidatures:
    """Les candidatures de cette campagne déjà nées de celle-là."""
    return Candidature.objects.filter(origine=ancienne, campagne=campagne)


def reprendre(
    ancienne: Candidature,
    campagne: Campagne,
    sorts: Mapping[str, Sort],
    *,
    annexes: Collection[UUID] = (),
    connues: Collection[int] = (),
    par: Utilisateur,
    maintenant: datetime,
) -> Candidature:
    """Crée le brouillon ; `sorts` : {code: sort}, ce qui n'y est pas est laissé vide ; `annexes` : celles à reprendre.

    `connues` : les reprises que la page montrait ; s'il y en a une autre, elle vient d'être faite, et DejaReprise la rend.
    Lève PermissionDenied si la personne ne saisit pas pour l'organisme, Refus si la campagne n'est pas ouverte ou est la même.
    """
    if not regles.peut(regles.est_de_l_organisme, par, ancienne):
        raise PermissionDenied
    if campagne.pk == ancienne.campagne_id:
        raise verrou.Refus(["Choisissez une autre campagne : cette candidature est déjà de celle-là."])
    with transaction.atomic():
        verrouillee = verrou.verrouiller(ancienne, Candidature.objects.all())
        if faite := reprises(verrouillee, campagne).exclude(pk__in=connues).first():
            raise DejaReprise(faite)
        return _creer(ancienne, campagne, sorts, annexes, par, maintenant)


def _creer(
    ancienne: Candidature,
    campagne: Campagne,
    sorts: Mapping[str, Sort],
    annexes: Collection[UUID],
    par: Utilisateur,
    maintenant: datetime,
) -> Candidature:
    relue = relire(ancienne)
    offertes = reprenables(relue, campagne)
    gardees = [r for r in offertes if sorts.get(r.code, Sort.EFFACER) != Sort.EFFACER]
    neuve = actions.creer(campagne, ancienne.organisme, par=par, maintenant=maintenant)
    nouvelle = _remplir(neuve, relue.lue, {r.code for r in gardees}, par, maintenant)
    nouvelle.origine = ancienne
    nouvelle.a_revoir = [r.code for r in gardees if r.phrase or sorts[r.code] == Sort.REVOIR]
    nouvelle.save(update_fields=["origine", "a_revoir"])
    perdues = reprendre_les_annexes(ancienne, nouvelle, annexes, par=par, maintenant=maintenant)
    phrases = {r.code: r.phrase for r in gardees if r.phrase} | perdues
    phrases |= {code: phrase for code, phrase in relue.phrases.items() if code not in {r.code for r in offertes}}
    detail = {"dossier": ancienne.reference, "edition": ancienne.campagne.code, "phrases": phrases}
    verrou.consigner(nouvelle, ACTE, par=par, le=maintenant, detail=detail)
    return nouvelle


def _remplir(nouvelle: Candidature, lue: FicheLue, codes: Collection[str], par: Utilisateur, maintenant: datetime) -> Candidature:
    """Une réponse et sa précision vont ensemble ; l'organisme qui commence est déjà nommé si l'on ne reprend pas ceux d'alors."""
    reprises = {nom: valeur for nom, valeur in lue.reponses.items() if precisee(nom) in codes}
    return actions.enregistrer(nouvelle, reprises, par=par, le=maintenant)


def provenance(candidature: Candidature) -> Provenance | None:
    """D'où vient ce brouillon, lu au journal (l'ancien dossier a pu disparaître) ; None s'il n'est pas repris."""
    evenement = candidature.evenements.filter(acte=ACTE).order_by("pk").last()
    if evenement is None:
        return None
    detail = evenement.detail
    return Provenance(str(detail["dossier"]), str(detail["edition"]), dict(detail["phrases"]))


def marquer_relue(candidature: Candidature, code: str, *, par: Utilisateur) -> None:
    """Ôte la marque d'une rubrique ; fait deux fois, ne change rien. Lève PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = verrou.verrouiller(candidature, Candidature.objects.all())
        if not regles.peut(regles.peut_remplir, par, gardee):
            raise PermissionDenied
        if not regles.fiche_ouverte(gardee):
            raise verrou.PlusModifiable
        gardee.a_revoir = [nom for nom in gardee.a_revoir if nom != code]
        gardee.save(update_fields=["a_revoir"])
