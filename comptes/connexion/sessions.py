"""Fermer les sessions d'une personne : un droit retiré l'est partout, tout de suite (F-34)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from comptes.models import Utilisateur


def fermer_les_sessions(personne: Utilisateur, *, le: datetime) -> int:
    """Efface les sessions ouvertes de cette personne ; rend leur nombre.

    Une session ne nomme son propriétaire que dans son contenu signé : il faut les lire toutes. L'acte est rare, la lecture brève.
    """
    cle = str(personne.pk)
    ouvertes = Session.objects.filter(expire_date__gt=le).iterator()
    siennes = [s.pk for s in ouvertes if s.get_decoded().get(SESSION_KEY) == cle]
    return Session.objects.filter(pk__in=siennes).delete()[0]
