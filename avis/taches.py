"""Les besognes des avis : prévenir une région dont les départements ont passé leur date, borner l'historique des brouillons."""

from __future__ import annotations

from datetime import datetime, timedelta

from avis.attendus import A_FAIRE, Attendu, Etape, Niveau, attendus, avec_attendus
from avis.courriels import tour_de_la_region
from avis.models import ChangementDAvis
from candidatures.etats import Etat
from candidatures.models import Candidature
from candidatures.plusieurs_mains import historique
from hlm_projets.envoi.travailleur import besogne
from hlm_projets.requete.middleware import maintenant

INTERVALLE = timedelta(minutes=5)
_dernier_passage: list[datetime] = []


@besogne
def prevenir_les_regions() -> bool:
    """Toutes les cinq minutes au plus ; un courriel par région, dossier et agent, jamais deux (sa clé)."""
    instant = maintenant()
    if _dernier_passage and instant - _dernier_passage[0] < INTERVALLE:
        return False
    _dernier_passage[:] = [instant]
    return prevenir(instant)


@besogne
def elaguer_l_historique() -> bool:
    """Efface les changements d'avis au-delà de ce que l'on garde par rubrique d'un brouillon."""
    if not historique.est_l_heure_d_elaguer(ChangementDAvis):
        return False
    return historique.elaguer(ChangementDAvis, maintenant(), "niveau", "territoire")


def prevenir(instant: datetime) -> bool:
    """Prévient les régions dont c'est le tour parce qu'un de leurs départements est en retard ; vrai si un courriel est inscrit."""
    en_retard = Candidature.objects.filter(etat=Etat.DEPOSEE, campagne__echeance_departementale__lt=instant)
    prevenues = [
        tour_de_la_region(candidature, attendu.territoire.pk, str(attendu.territoire))
        for candidature in avec_attendus(en_retard.select_related("organisme"))
        for attendu in _regions_dont_c_est_le_tour(candidature, instant)
    ]
    return any(prevenues)


def _regions_dont_c_est_le_tour(candidature: Candidature, instant: datetime) -> list[Attendu]:
    tous = attendus(candidature, instant)
    en_retard = {d.region_id for d in candidature.departements.all() if d.pk in _en_retard(tous)}
    return [a for a in tous if a.niveau == Niveau.REGION and a.etape in A_FAIRE and a.territoire.pk in en_retard]


def _en_retard(tous: list[Attendu]) -> set[str]:
    return {a.territoire.pk for a in tous if a.niveau == Niveau.DEPARTEMENT and a.etape == Etape.EN_RETARD}
