"""Les avis attendus en lignes (`AvisAttendu`) : les réécrire après un acte, les lire à un instant.

La règle est celle de `avis.attendus`, appelée à l'origine des temps : rien n'y est en retard, et aucune région n'y passe outre.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Case, F, IntegerField, Model, Q, Value, When

from avis.attendus import Attendu, Etape, Niveau, attendus, avec_attendus
from avis.models import AvisAttendu
from avis.totaux import ajouter_les_ecarts
from candidatures.etats import EXAMINES
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from territoires.models import Region

ORIGINE = datetime.min.replace(tzinfo=UTC)
LOT = 500
"""Dossiers réécrits à la fois."""
CLE = ("candidature_id", "niveau", "territoire")
VALEURS = ("region_id", "etape", "echeance", "rendu_le", "attend", "tour_le", "rang", "numero", "suivi")
OUVERTES = (Etape.ATTENDU, Etape.BROUILLON)
"""Les étapes gardées que l'heure peut changer."""
A_RENDRE, PAS_ENCORE = 0, 1
RANGS = {Etape.ATTENDU: A_RENDRE, Etape.BROUILLON: A_RENDRE, Etape.RENDU: 2, Etape.PASSE_OUTRE: 3, Etape.SANS_OBJET: 4}
"""La place d'une ligne dans « À traiter » ; celle d'une région qui attend est `PAS_ENCORE`, jusqu'à son tour."""


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
    requete = Candidature.objects.filter(pk__in=cles).order_by("pk").only("etat", "numero", "campagne")
    return list(avec_attendus(requete.select_for_update(of=("self",))))


def _reecrire(dossiers: list[Candidature]) -> None:
    gardees = {_lire(ligne, CLE): ligne for ligne in AvisAttendu.objects.filter(candidature__in=dossiers)}
    dites = {_lire(ligne, CLE): ligne for dossier in dossiers for ligne in lignes_de(dossier)}
    ajouter_les_ecarts({dossier.pk: dossier.campagne_id for dossier in dossiers}, gardees.values(), dites.values())
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
    dossier = attendu.candidature
    return AvisAttendu(
        candidature=dossier,
        niveau=attendu.niveau.value,
        territoire=attendu.territoire.pk,
        region_id=_region_de(attendu),
        etape=(ouverte if attend else attendu.etape).value,
        echeance=attendu.echeance,
        rendu_le=attendu.avis.rendu_le if attendu.avis else None,
        attend=attend,
        tour_le=_derniere([absent.echeance for absent in absents]) if attend else None,
        rang=PAS_ENCORE if attend else RANGS[attendu.etape],
        numero=dossier.reference,
        suivi=dossier.etat in EXAMINES,
    )


def _region_de(attendu: Attendu) -> str:
    territoire = attendu.territoire
    return territoire.pk if isinstance(territoire, Region) else territoire.region_id


def _derniere(echeances: list[datetime | None]) -> datetime | None:
    """La plus tardive ; None si l'une n'a pas de fin."""
    datees = [echeance for echeance in echeances if echeance]
    return max(datees) if len(datees) == len(echeances) else None


# --- À un instant --------------------------------------------------------------------------------------------------------
def en_retard_a(maintenant: datetime) -> Q:
    """Les lignes en retard à cet instant ; une région n'y est qu'à son tour."""
    a_son_tour = Q(attend=False) | Q(tour_le__lt=maintenant)
    return Q(etape__in=OUVERTES, echeance__lt=maintenant) & a_son_tour


def etape_a(maintenant: datetime) -> Case:
    """L'étape d'une ligne à cet instant, pour la base : le calcul, et l'heure."""
    pas_encore = Q(attend=True) & (Q(tour_le__isnull=True) | Q(tour_le__gte=maintenant))
    return Case(
        When(Q(etape__in=OUVERTES) & pas_encore, then=Value(Etape.PAS_ENCORE.value)),
        When(en_retard_a(maintenant), then=Value(Etape.EN_RETARD.value)),
        default=F("etape"),
    )


def etape_lue(ligne: AvisAttendu, maintenant: datetime) -> Etape:
    """La même, d'une ligne déjà lue."""
    if ligne.etape not in OUVERTES:
        return Etape(ligne.etape)
    if ligne.attend and not (ligne.tour_le and ligne.tour_le < maintenant):
        return Etape.PAS_ENCORE
    return Etape.EN_RETARD if ligne.echeance and ligne.echeance < maintenant else Etape(ligne.etape)


def rang_a(maintenant: datetime) -> Case:
    """La place d'une ligne dans « À traiter » à cet instant : une région dont le tour est venu a son avis à rendre."""
    return Case(When(tour_le__lt=maintenant, then=Value(A_RENDRE)), default=F("rang"), output_field=IntegerField())
