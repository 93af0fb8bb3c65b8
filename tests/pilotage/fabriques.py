"""Des dossiers menés au comité, décidés, publiés par les actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.test import Client
from django.utils import timezone

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Campagne, Candidature, Evenement
from comptes.models import Utilisateur
from pilotage.decisions import actions
from pilotage.decisions.dossiers import Bilan, de_la_campagne, empreinte_des_decisions
from pilotage.decisions.enveloppe import Cumul
from tests.avis.fabriques import mener_au_comite
from tests.fabriques import relire, un_national, une_campagne, une_candidature

MOTIF = "Le public visé n'est pas celui de l'appel à projets."


def au_comite(campagne: Campagne | None = None, departements: Iterable[str] = ("77",), **options: Any) -> Candidature:
    """Un dossier dont tous les avis sont rendus."""
    return mener_au_comite(une_candidature(campagne=campagne or une_campagne(), departements=departements, **options))


def decider(candidature: Candidature, passage: str = "retenir", par: Utilisateur | None = None, **valeurs: Any) -> Evenement:
    """Décide ; à défaut, retient pour 20 000 €, et un motif est écrit s'il est exigé."""
    defauts: dict[str, dict[str, Any]] = {
        "retenir": {"montant": Decimal(20_000)},
        "ne_pas_retenir": {"motif": MOTIF},
        "revenir_au_comite": {"motif": "Erreur."},
    }
    choisies = defauts.get(passage, {}) | valeurs
    par = par or un_national()
    return franchir(relire(candidature), PASSAGES[passage], par=par, maintenant=timezone.now(), **choisies)


def clore(campagne: Campagne) -> Campagne:
    """La campagne ne reçoit plus de dépôts."""
    Campagne.objects.filter(pk=campagne.pk).update(cloture=timezone.now() - timedelta(minutes=1))
    return Campagne.objects.get(pk=campagne.pk)


def relue(campagne: Campagne) -> str:
    """L'empreinte que montre la page de relecture."""
    return empreinte_des_decisions(de_la_campagne(campagne))


def publier(campagne: Campagne, par: Utilisateur | None = None) -> Bilan:
    """Clôt la campagne et publie ses décisions."""
    campagne = clore(campagne)
    return actions.publier(campagne, par=par or un_national(), maintenant=timezone.now(), relue=relue(campagne))


def connecte(personne: Utilisateur) -> Client:
    """Un client où cette personne est connectée."""
    client = Client()
    client.force_login(personne)
    return client


def cumuler(montants: Iterable[Decimal | None], enveloppe: Decimal | None) -> list[Cumul]:
    """Le cumul après chaque ligne, comme il se calculait, toutes lues : ce que la base doit redire."""
    return [Cumul(accorde, enveloppe) for accorde in accumulate(montant or Decimal(0) for montant in montants)]
