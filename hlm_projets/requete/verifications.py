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


def antivirus_a_choisir(**_: object) -> list[CheckMessage]:
    """Un avertissement si les annexes ne sont pas analysées sans que personne l'ait décidé."""
    if settings.CLAMD_SOCKET or settings.SANS_ANTIVIRUS:
        return []
    phrase = "Réglage CLAMD_SOCKET : vide. Les annexes sont servies sans analyse ; SANS_ANTIVIRUS=1 dit que c'est voulu."
    return [Warning(phrase, id="hlm_projets.W002")]
