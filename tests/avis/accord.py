"""Les lignes gardées des avis attendus, et le calcul qui fait foi : s'accordent-ils, à chaque instant qui compte ?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from avis import taches
from avis.attendus import A_FAIRE, Etape, Niveau, attendus, avec_attendus
from avis.lignes import CLE, etape_a, etape_lue
from avis.models import AvisAttendu, CompteDAvis
from avis.totaux import CLE as TOTAUX
from candidatures.etats import EXAMINES, Etat
from candidatures.models import Candidature
from territoires.models import Departement, Region

PAS = timedelta(microseconds=1)
Cle = tuple[int, str, str]


def gardees(maintenant: datetime) -> dict[Cle, list[Any]]:
    """Chaque avis attendu, d'après les lignes : son étape à cet instant, son échéance, son rendu."""
    lignes = AvisAttendu.objects.annotate(dite=etape_a(maintenant))
    return {(pk, n, t): valeurs for pk, n, t, *valeurs in lignes.values_list(*CLE, "region", "dite", "echeance", "rendu_le")}


def calculees(dossiers: list[Candidature], maintenant: datetime) -> dict[Cle, list[Any]]:
    """Les mêmes, d'après le calcul."""
    return {
        (c.pk, a.niveau.value, a.territoire.pk): [
            a.territoire.pk if isinstance(a.territoire, Region) else a.territoire.region_id,
            a.etape.value,
            a.echeance,
            a.avis.rendu_le if a.avis else None,
        ]
        for c in dossiers
        for a in attendus(c, maintenant)
    }


def tours_calcules(dossiers: list[Candidature], instant: datetime) -> list[tuple[int, str]]:
    """Les régions à prévenir que leur tour est venu, d'après le calcul : un département au moins y est en retard."""
    tours = []
    for dossier in dossiers:
        du, tous = dossier.campagne.echeance_departementale, attendus(dossier, instant)
        en_retard = {a.territoire.region_id for a in tous if isinstance(a.territoire, Departement) and a.etape == Etape.EN_RETARD}
        siennes = [
            a.territoire.pk for a in tous if a.niveau == Niveau.REGION and a.etape in A_FAIRE and a.territoire.pk in en_retard
        ]
        tours += [(dossier.pk, pk) for pk in siennes if dossier.etat == Etat.DEPOSEE and du and du < instant]
    return tours


def instants() -> list[datetime]:
    """Maintenant, et autour de chaque échéance : juste avant, pile, juste après."""
    bornes = {b for b in AvisAttendu.objects.values_list("echeance", flat=True) if b}
    autour = [borne + pas for borne in bornes for pas in (-PAS, 0 * PAS, PAS)]
    return [timezone.now(), *autour, timezone.now() + timedelta(days=400)]


def exiger_l_accord() -> None:
    """Les lignes disent ce que dit le calcul, à chaque instant qui compte."""
    dossiers = list(avec_attendus(Candidature.objects.order_by("pk")))
    for instant in instants():
        assert gardees(instant) == calculees(dossiers, instant)
        lues = {(li.candidature_id, li.niveau, li.territoire): etape_lue(li, instant) for li in AvisAttendu.objects.all()}
        assert lues == {cle: valeurs[1] for cle, valeurs in gardees(instant).items()}
        tours = taches.dont_c_est_le_tour(instant).values_list("candidature", "region")
        assert list(tours) == tours_calcules(dossiers, instant)
    exiger_les_totaux()


def exiger_les_totaux() -> None:
    """Les totaux tenus sont ceux des lignes des dossiers suivis, comptées une à une."""
    tenus: Counter[Any] = Counter()
    for *cle, nombre in CompteDAvis.objects.values_list(*TOTAUX, "nombre"):
        tenus[tuple(cle)] += nombre
    suivies = AvisAttendu.objects.filter(candidature__etat__in=EXAMINES).values_list("candidature__campagne", *TOTAUX[1:])
    assert +tenus == Counter(suivies)
    assert min(tenus.values(), default=0) >= 0
