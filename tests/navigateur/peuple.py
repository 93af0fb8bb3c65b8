"""Un site peuplé : des dossiers dans chaque état, d'autres remplis d'attaques, des avis à chaque étape, une campagne publiée."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.urls import reverse
from django.utils import timezone

from avis.actions import reporter, rouvrir
from candidatures.etats import DECIDES, Etat
from candidatures.models import Campagne
from tests import fabriques, sentinelles
from tests.avis import fabriques as avis
from tests.droits.matrice import CLES, MATRICE
from tests.fabriques import Monde, partager, un_brouillon, une_campagne, une_candidature
from tests.moules import Moules
from tests.navigateur.hostilites import avis_hostile, fiche_hostile

DE_QUOI_PAGINER = 30
UN_AUTRE_TOUR = 100_000
"""Les fabriques d'un autre ouvrier numérotent à partir d'ici : rien ne porte deux fois le même numéro."""


@dataclass(frozen=True)
class Peuple:
    """Le site peuplé, et ce qu'il faut pour l'explorer."""

    monde: Monde
    hostiles: frozenset[int]
    """Les clés des dossiers dont chaque texte est une attaque."""
    departs: tuple[str, ...]
    """Toutes les adresses qu'on peut demander, sur ses objets et sur ceux d'autrui."""


def reprendre(moules: Moules) -> Peuple:
    """Le site peuplé, dans la base de cet ouvrier ; construit une fois par passage."""
    peuple, posees = moules.reprendre("peuple", _construire)
    sentinelles.reposer(posees)
    fabriques._suite = count(UN_AUTRE_TOUR)
    return peuple


def _construire() -> tuple[Peuple, dict[str, sentinelles.Connait]]:
    monde = Monde()
    for role in Monde.ROLES:
        monde.personne(role)
    par = monde.personne("deposant")
    options: dict[str, Any] = {"campagne": monde.campagne, "organisme": monde.organisme_a, "par": par}
    for etat in Etat:
        une_candidature(etat, **options)
    hostiles = peupler_d_attaques(monde, options)
    for _ in range(DE_QUOI_PAGINER):
        un_brouillon(**options, complet=False)
    peupler_les_avis(monde)
    peupler_la_publication(monde)
    return Peuple(monde, hostiles, departs(monde, hostiles)), sentinelles.posees()


def peupler_d_attaques(monde: Monde, options: dict[str, Any]) -> frozenset[int]:
    """Un brouillon et un dossier déposé dont chaque texte est une attaque ; l'avis du département, de même."""
    hostile = une_candidature(**options, **fiche_hostile())
    avis.rendre(hostile, avis.DEPARTEMENT, "77", monde.personne("agent_departemental"), **avis_hostile())
    brouillon = un_brouillon(**options, **fiche_hostile())
    for role, droit in Monde.INVITES.items():
        for dossier in (hostile, brouillon):
            partager(dossier, monde.personne(role), droit)
    return frozenset({hostile.pk, brouillon.pk})


def peupler_les_avis(monde: Monde) -> None:
    """Après l'échéance : un avis en retard, un brouillon, un report, un avis rouvert, un passé outre, un brouillon régional."""
    agent, region, national = (monde.personne(role) for role in ("agent_departemental", "agent_regional", "administrateur"))
    options: dict[str, Any] = {
        "organisme": monde.organisme_a,
        "par": monde.personne("deposant"),
        "campagne": une_campagne(code="2025"),
    }
    _, brouillon, reportee, rouverte, outre, regionale = (
        une_candidature(departements=departements, **options)
        for departements in (("77",), ("77",), ("77",), ("77",), ("77", "78"), ("77",))
    )
    instant = timezone.now()
    Campagne.objects.filter(code="2025").update(
        echeance_departementale=instant - timedelta(days=1), echeance_regionale=instant + timedelta(days=9)
    )
    deux_semaines = instant + timedelta(days=14)
    ecrire: dict[str, Any] = {"champ_libre": "Un début."}
    avis.ecrire(brouillon, avis.DEPARTEMENT, "77", agent, **ecrire)
    reporter(reportee, avis.DEPARTEMENT, "77", deux_semaines, par=national, maintenant=instant, motif="Un motif.")
    for candidature in (rouverte, outre, regionale):
        avis.rendre(candidature, avis.DEPARTEMENT, "77", agent)
    rouvrir(rouverte, avis.DEPARTEMENT, "77", par=national, maintenant=instant, motif="Un motif.")
    avis.rendre(outre, avis.REGION, "11", region, motif="Le département ne répond plus.")
    avis.ecrire(regionale, avis.REGION, "11", region, **ecrire)


def peupler_la_publication(monde: Monde) -> None:
    """Une campagne publiée, dont le bailleur lit les décisions et les avis."""
    options: dict[str, Any] = {
        "organisme": monde.organisme_a,
        "par": monde.personne("deposant"),
        "campagne": une_campagne(code="2024"),
    }
    for etat in DECIDES:
        une_candidature(etat, **options)
    instant = timezone.now()
    dates = {"ouverture": instant - timedelta(days=90), "cloture": instant - timedelta(days=60)}
    Campagne.objects.filter(code="2024").update(publiee_le=instant, avis_communiques=True, **dates)


def departs(monde: Monde, hostiles: frozenset[int]) -> tuple[str, ...]:
    """Chaque route de la matrice ; celles d'un dossier, sur chaque dossier hostile aussi."""
    lignes = [ligne for ligne in MATRICE if ligne.methode == "GET"]
    cles = {objet: CLES[objet](monde) for objet in {ligne.objet: None for ligne in lignes}}
    adresses = ["/", *(reverse(ligne.route, kwargs={**cles[ligne.objet], **ligne.adresse}) for ligne in lignes)]
    d_un_dossier = {"brouillon_a", "deposee_a"}
    adresses += [
        reverse(ligne.route, kwargs={"pk": pk, **ligne.adresse})
        for ligne in lignes
        if ligne.objet in d_un_dossier
        for pk in sorted(hostiles)
    ]
    return tuple(dict.fromkeys(adresses))
