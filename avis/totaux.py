"""Les totaux des avis attendus, par campagne et par région, tenus à jour par chaque acte : la matrice ne compte pas vingt mille dossiers.

Un acte ajoute ses écarts (+1, −1) en lignes neuves : il ne change aucune ligne d'un autre, n'attend donc personne, et ne peut pas être
pris dans une étreinte. Le travailleur les additionne. Ce que l'heure décide se déduit encore à la lecture, par `avis.lignes.etape_a`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, F

from avis.models import AvisAttendu, CompteDAvis

CLE = ("campagne_id", "region_id", "etape", "attend", "echeance", "tour_le")
Cle = tuple[object, ...]
TROP = 1000
"""Lignes au-delà desquelles on additionne."""


def ajouter_les_ecarts(campagnes: Mapping[int, int], avant: Iterable[AvisAttendu], apres: Iterable[AvisAttendu]) -> None:
    """Ce que ces lignes, telles qu'elles étaient puis telles qu'elles deviennent, changent aux totaux ; `campagnes` : par dossier.

    À appeler dans la transaction qui les écrit, ses dossiers verrouillés.
    """
    ecarts = Counter(_cle(campagnes, ligne) for ligne in apres if ligne.suivi)
    ecarts.subtract(_cle(campagnes, ligne) for ligne in avant if ligne.suivi)
    _ecrire(ecarts)


def tasser() -> bool:
    """Additionne les écarts s'il y en a trop et que cela les réduit de moitié ; vrai si c'est fait.

    Un écart qu'un autre processus additionne déjà lui est laissé.
    """
    if CompteDAvis.objects.count() <= TROP:
        return False
    with transaction.atomic():
        lus = list(CompteDAvis.objects.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
        sommes: Counter[Cle] = Counter()
        for ligne in lus:
            sommes[_valeurs(ligne)] += ligne.nombre
        if 2 * len(list(filter(None, sommes.values()))) > len(lus):
            return False
        CompteDAvis.objects.filter(pk__in=[ligne.pk for ligne in lus]).delete()
        _ecrire(sommes)
    return True


def recompter() -> None:
    """Refait tous les totaux d'après les lignes : après une écriture hors des actes."""
    with transaction.atomic():
        CompteDAvis.objects.all().delete()
        suivies = AvisAttendu.objects.filter(suivi=True).annotate(campagne_id=F("candidature__campagne"))
        comptes = suivies.order_by().values(*CLE).annotate(nombre=Count("pk")).values_list(*CLE, "nombre")
        _ecrire(Counter({tuple(cle): nombre for *cle, nombre in comptes}))


def _cle(campagnes: Mapping[int, int], ligne: AvisAttendu) -> Cle:
    return (campagnes[ligne.candidature_id], *(getattr(ligne, nom) for nom in CLE[1:]))


def _valeurs(ligne: CompteDAvis) -> Cle:
    return tuple(getattr(ligne, nom) for nom in CLE)


def _ecrire(ecarts: Counter[Cle]) -> None:
    """Rien pour un écart nul."""
    lignes = (dict(zip(CLE, cle, strict=True)) | {"nombre": nombre} for cle, nombre in ecarts.items() if nombre)
    CompteDAvis.objects.bulk_create(CompteDAvis(**valeurs) for valeurs in lignes)
