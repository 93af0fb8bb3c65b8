"""Ce qui manque à un avis pour être rendu : par champ, la phrase à dire ; rien s'il est prêt."""

from __future__ import annotations

from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs.textes import est_vide


def manques(avis: AvisDepartemental | AvisRegional) -> dict[str, str]:
    """Départemental : le caractère reproductible et un avis écrit ; régional : le sens, et un texte s'il est défavorable."""
    return _departemental(avis) if isinstance(avis, AvisDepartemental) else _regional(avis)


def _departemental(avis: AvisDepartemental) -> dict[str, str]:
    phrases = {}
    if est_vide(avis.champ_libre) and est_vide(avis.pertinence):
        phrases["champ_libre"] = "Écrivez votre avis : dans le champ libre, ou sur la pertinence du projet."
    if not avis.reproductibilite:
        phrases["reproductibilite"] = "Dites si la démarche est reproductible : Faible, Moyen ou Fort."
    return phrases


def _regional(avis: AvisRegional) -> dict[str, str]:
    if not avis.sens:
        return {"sens": "Choisissez le sens de l'avis : Favorable ou Défavorable."}
    if avis.sens == AvisRegional.Sens.DEFAVORABLE and est_vide(avis.champ_libre):
        return {"champ_libre": "Un avis défavorable s'explique : écrivez pourquoi dans le champ libre."}
    return {}
