"""Les besognes des avis : prévenir une région dont les départements ont passé leur date, borner l'historique des brouillons."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from avis.attendus import Niveau
from avis.courriels import tour_de_la_region
from avis.lignes import OUVERTES
from avis.models import AvisAttendu, ChangementDAvis
from avis.totaux import tasser
from candidatures.etats import Etat
from candidatures.plusieurs_mains import historique
from hlm_projets.envoi.travailleur import besogne
from hlm_projets.requete.middleware import maintenant

INTERVALLE = timedelta(minutes=5)
_dernier_passage: list[datetime] = []
_dernier_tassement: list[datetime] = []


@besogne
def prevenir_les_regions() -> bool:
    """Toutes les cinq minutes au plus ; un courriel par région, dossier et agent, jamais deux (sa clé)."""
    instant = maintenant()
    return _est_l_heure(_dernier_passage, instant) and prevenir(instant)


@besogne
def elaguer_l_historique() -> bool:
    """Efface les changements d'avis au-delà de ce que l'on garde par rubrique d'un brouillon."""
    if not historique.est_l_heure_d_elaguer(ChangementDAvis):
        return False
    return historique.elaguer(ChangementDAvis, maintenant(), "niveau", "territoire")


@besogne
def tasser_les_totaux() -> bool:
    """Toutes les cinq minutes au plus, additionne les écarts des totaux d'avis quand il y en a beaucoup."""
    return _est_l_heure(_dernier_tassement, maintenant()) and tasser()


def _est_l_heure(dernier: list[datetime], instant: datetime) -> bool:
    """Vrai, et noté, si la dernière fois date d'un intervalle au moins."""
    if dernier and instant - dernier[0] < INTERVALLE:
        return False
    dernier[:] = [instant]
    return True


def prevenir(instant: datetime) -> bool:
    """Prévient les régions dont c'est le tour parce qu'un de leurs départements est en retard ; vrai si un courriel est inscrit."""
    prevenues = [
        tour_de_la_region(ligne.candidature, ligne.region_id, str(ligne.region)) for ligne in dont_c_est_le_tour(instant)
    ]
    return any(prevenues)


def dont_c_est_le_tour(instant: datetime) -> QuerySet[AvisAttendu]:
    """Les régions qui peuvent passer outre des départements en retard ; une requête, par l'index `avis_attendu_tour`."""
    return (
        AvisAttendu.objects.filter(niveau=Niveau.REGION.value, etape__in=OUVERTES, attend=True, tour_le__lt=instant)
        .filter(candidature__etat=Etat.DEPOSEE, candidature__campagne__echeance_departementale__lt=instant)
        .select_related("region", "candidature__organisme", "candidature__campagne")
        .prefetch_related("candidature__departements")
        .order_by("candidature_id", "region_id")
    )
