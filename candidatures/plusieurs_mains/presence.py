"""Qui remplit quelle section en ce moment : une ligne par personne et par candidature, redite tant que sa page est ouverte.

Qui rédige un avis n'est dit qu'à ses collègues (`presents_a`), jamais à qui remplit la fiche.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from candidatures.models import Candidature, Presence
from candidatures.sections import SECTION_PAR_CODE
from comptes.models import Utilisateur

FRAICHEUR = timedelta(seconds=45)
"""Trois relevés manqués, et la personne n'est plus dite présente."""
GARDE = timedelta(hours=1)
"""Passé ce temps, la ligne est effacée."""
AVIS = "avis-"
"""Devant la section de qui rédige un avis."""


def signaler(candidature: Candidature, personne: Utilisateur, section: str, le: datetime) -> None:
    """Note que la personne remplit cette section (son code) ; une requête, qu'elle y soit déjà ou non."""
    ligne = Presence(candidature=candidature, personne=personne, section=section, vue_le=le)
    Presence.objects.bulk_create(
        [ligne], update_conflicts=True, unique_fields=["candidature", "personne"], update_fields=["section", "vue_le"]
    )


def presents(candidature: Candidature, *, sauf: Utilisateur, le: datetime) -> list[str]:
    """« Claire Martin remplit la section Accompagnement », une phrase par autre personne présente ; une requête."""
    return [_phrase(p) for p in _vues(candidature, sauf, le).exclude(section__startswith=AVIS)]


def presents_a(candidature: Candidature, section: str, *, sauf: Utilisateur, le: datetime) -> list[str]:
    """Le nom des autres personnes présentes à cette section ; une requête."""
    return [str(p.personne) for p in _vues(candidature, sauf, le).filter(section=section)]


def _vues(candidature: Candidature, sauf: Utilisateur, le: datetime) -> QuerySet[Presence]:
    vues = Presence.objects.filter(candidature=candidature, vue_le__gt=le - FRAICHEUR).exclude(personne=sauf)
    return vues.select_related("personne").order_by("personne__prenom", "personne__nom", "pk")


def _phrase(presence: Presence) -> str:
    section = SECTION_PAR_CODE.get(presence.section)
    ou = f"remplit la section {section._meta.verbose_name}" if section else "lit la fiche"
    return f"{presence.personne} {ou}"


def effacer_les_anciennes(le: datetime) -> bool:
    """Efface les présences de plus d'une heure ; vrai s'il y en avait."""
    effacees, _ = Presence.objects.filter(vue_le__lt=le - GARDE).delete()
    return bool(effacees)
