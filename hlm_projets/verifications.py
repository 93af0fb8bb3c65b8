"""Ce que l'exploitant doit encore renseigner avant d'ouvrir le site (`manage.py check --deploy`)."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Warning

MENTIONS = (
    *("editeur", "directeur_publication", "hebergeur"),
    *("contact_courriel", "contact_telephone", "contact_adresse", "dpo_courriel"),
    "accessibilite_audit",
)
"""Les mentions des pages légales, tirées des réglages du même nom en majuscules."""


def mentions_a_completer(**_: object) -> list[CheckMessage]:
    """Un avertissement par mention vide."""
    return [
        Warning(f"Réglage {nom.upper()} : vide. Les pages légales le disent à tous les lecteurs.", id="hlm_projets.W001")
        for nom in MENTIONS
        if not settings.SITE[nom]
    ]
