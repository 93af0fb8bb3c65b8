"""Les avis attendus en lignes (`AvisAttendu`) : les réécrire après un acte, les lire à un instant.

La règle est celle de `avis.attendus`, appelée à l'origine des temps : rien n'y est en retard, et aucune région n'y passe outre.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Case, F, Model, Q, Value, When

from avis.attendus import Attendu, Etape, Niveau, attendus, avec_attendus
from avis.models import AvisAttendu
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from territoires.models import Region

ORIGINE = datetime.min.replace(tzinfo=UTC)
LOT = 500
"""Dossiers réécrits à la fois."""
CLE = ("candidature_id", "niveau", "territoire")
VALEURS = ("region_id", "etape", "echeance", "rendu_le", "attend", "tour_le")
OUVERTES = (Etape.ATTENDU, Etape.BROUILLON)
"""Les étapes gardées que l'heure peut changer."""


# --- Réécrire ------------------------------------------------------------------------------------------------------------
def reecrire_les_attendus(candidatures: Candidatures) -> None:
    """Fait dire aux lignes de ces dossiers ce que dit le calcul ; n'écrit que ce qui diffère.

    À appeler dans la transaction de l'acte, après lui. Les dossiers sont verrouillés : un acte concurrent sur l'un d'eux s'achève
    avant, ou relira ce que celui-ci a écrit.
    """
    with transaction.atomic():
        cles = list(candidatures.order_by("pk").values_list("pk", flat=True))
        for rang in range(0, len(cles), LOT):
            _reecrire(_verrouiller(cles[rang : rang + LOT]))


def _verrouiller(cles: Iterable[int]) -> list[Candidature]:
    requete = Candidature.objects.filter(pk__in=cles).order_by("pk").only("etat", "campagne")
    return list(avec_attendus(requete.select_for_update(of=("self",))))


def _reecrire(dossiers: list[Candidature]) -> None:
    gardees = {_lire(ligne, CLE): ligne for ligne in AvisAttendu.objects.filter(candidature__in=dossiers)}
    dites = {_lire(ligne, CLE): ligne for dossier in dossiers for ligne in lignes_de(dossier)}
    AvisAttendu.objects.filter(pk__in=[ligne.pk for cle, ligne in gardees.items() if cle not in dites]).delete()
    AvisAttendu.objects.bulk_create(
        [ligne for cle, ligne in dites.items() if cle not in gardees or _lire(ligne, VALEURS) != _lire(gardees[cle], VALEURS)],
        update_conflicts=True,
        unique_fields=["candidature", "niveau", "territoire"],
        update_fields=VALEURS,
    )


def _lire(ligne: Model, noms: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(ligne, nom) for nom in noms)


# --- Le calcul, en lignes ------------------------------------------------------------------------------------------------
def lignes_de(dossier: Candidature) -> list[AvisAttendu]:
    """Les lignes d'un dossier, d'après le calcul, sans les écrire ; aucune requête s'il vient de `avec_attendus`."""
    tous = attendus(dossier, ORIGINE)
    absents: dict[str, list[Attendu]] = {}
    for attendu in tous:
        if attendu.niveau == Niveau.DEPARTEMENT and attendu.etape in OUVERTES:
            absents.setdefault(_region_de(attendu), []).append(attendu)
    return [_ligne(attendu, absents.get(_region_de(attendu), [])) for attendu in tous]


def _ligne(attendu: Attendu, absents: list[Attendu]) -> AvisAttendu:
    """`absents` : les départements de sa région qui n'ont pas rendu."""
    attend = attendu.etape == Etape.PAS_ENCORE
    ouverte = Etape.BROUILLON if attendu.a_un_brouillon else Etape.ATTENDU
    return AvisAttendu(
        candidature=attendu.candidature,
        niveau=attendu.niveau.value,
        territoire=attendu.territoire.pk,
        region_id=_region_de(attendu),
        etape=(ouverte if attend else attendu.etape).value,
        echeance=attendu.echeance,
        rendu_le=attendu.avis.rendu_le if attendu.avis else None,
        attend=attend,
        tour_le=_derniere([absent.echeance for absent in absents]) if attend else None,
    )


def _region_de(attendu: Attendu) -> str:
    territoire = attendu.territoire
    return territoire.pk if isinstance(territoire, Region) else territoire.region_id


def _derniere(echeances: list[datetime | None]) -> datetime | None:
    """La plus tardive ; None si l'une n'a pas de fin."""
    datees = [echeance for echeance in echeances if echeance]
    return max(datees) if len(datees) == len(echeances) else None


# --- À un instant --------------------------------------------------------------------------------------------------------
def etape_a(maintenant: datetime) -> Case:
    """L'étape d'une ligne à cet instant, pour la base : le calcul, et l'heure."""
    ouverte = Q(etape__in=OUVERTES)
    pas_encore = Q(attend=True) & ~Q(tour_le__isnull=False, tour_le__lt=maintenant)
    return Case(
        When(ouverte & pas_encore, then=Value(Etape.PAS_ENCORE.value)),
        When(ouverte & Q(echeance__lt=maintenant), then=Value(Etape.EN_RETARD.value)),
        default=F("etape"),
    )
