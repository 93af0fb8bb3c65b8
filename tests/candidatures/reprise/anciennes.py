"""Un dossier d'une édition antérieure, à reprendre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from candidatures.models import Campagne, Candidature
from candidatures.reprise.actions import reprendre
from candidatures.reprise.reprenables import INTITULES, Sort
from tests.fabriques import Monde, relire, une_campagne, une_candidature

TOUT_GARDER = dict.fromkeys(INTITULES, Sort.GARDER)
TOUT_REVOIR = dict.fromkeys(INTITULES, Sort.REVOIR)


def une_ancienne(monde: Monde) -> Candidature:
    """Un dossier déposé de l'organisme A, d'une édition close ; la campagne du monde est ouverte."""
    campagne, instant = une_campagne(code="2025"), timezone.now()
    deposee = une_candidature(campagne=campagne, organisme=monde.organisme_a, par=monde.personne("deposant"))
    dates = {"ouverture": instant - timedelta(days=400), "cloture": instant - timedelta(days=300)}
    Campagne.objects.filter(pk=campagne.pk).update(**dates)
    assert monde.campagne.est_ouverte(instant)
    return relire(deposee)


def reprendre_par(monde: Monde, ancienne: Candidature, sorts: dict[str, Sort], **options: Any) -> Candidature:
    """Reprise par le rédacteur de l'organisme A (ou par `qui`)."""
    qui = options.pop("qui", "redacteur")
    return reprendre(ancienne, monde.campagne, sorts, par=monde.personne(qui), maintenant=timezone.now(), **options)
