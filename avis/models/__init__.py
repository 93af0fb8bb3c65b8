"""Les modèles de l'application « avis »."""

from avis.models.attendu import AvisAttendu, CompteDAvis
from avis.models.avis import AvisDepartemental, AvisFige, AvisRegional, ChangementDAvis, Report

__all__ = ["AvisAttendu", "AvisDepartemental", "AvisFige", "AvisRegional", "ChangementDAvis", "CompteDAvis", "Report"]
