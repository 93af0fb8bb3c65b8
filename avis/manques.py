"""Ce qui manque à un avis pour être rendu : des phrases, vides s'il est prêt."""

from __future__ import annotations

from avis.models import AvisDepartemental, AvisRegional
from candidatures.textes import est_vide


def manques(avis: AvisDepartemental | AvisRegional) -> list[str]:
    """Départemental : le caractère reproductible et un avis écrit ; régional : le sens, et un texte s'il est défavorable."""
    return _departemental(avis) if isinstance(avis, AvisDepartemental) else _regional(avis)


def _departemental(avis: AvisDepartemental) -> list[str]:
    phrases = []
    if est_vide(avis.champ_libre) and est_vide(avis.pertinence):
        phrases.append("Écrivez votre avis : dans le champ libre, ou sur la pertinence du projet.")
    if not avis.reproductibilite:
        phrases.append("Dites si la démarche est reproductible : Faible, Moyen ou Fort.")
    return phrases


def _regional(avis: AvisRegional) -> list[str]:
    if not avis.sens:
        return ["Choisissez le sens de l'avis : Favorable ou Défavorable."]
    if avis.sens == AvisRegional.Sens.DEFAVORABLE and est_vide(avis.champ_libre):
        return ["Un avis défavorable s'explique : écrivez pourquoi dans le champ libre."]
    return []
