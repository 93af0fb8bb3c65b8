"""Les services de l'État et leurs noms selon l'époque (domaine : réformes du 1er juillet 2010 et du 1er avril 2021)."""

from __future__ import annotations

from datetime import date

from django.apps import apps as applications
from django.apps.registry import Apps
from django.utils import timezone

from comptes.models import Service
from territoires.models import Departement, Region

REFORME_2021 = date(2021, 4, 1)
OUTRE_MER = frozenset({"971", "972", "973", "974", "976"})
REGIONS_OUTRE_MER = frozenset({"01", "02", "03", "04", "06"})
ILE_DE_FRANCE = "11"
UNITES_DRIHL = frozenset({"75", "92", "93", "94"})
LITTORAL = frozenset(
    "06 11 13 14 17 22 29 2A 2B 30 33 34 35 40 44 50 56 59 62 64 66 76 80 83 85".split()
)  # directions départementales des territoires « et de la mer »
MOINS_DE_400_000 = frozenset(
    "03 04 05 07 08 09 10 11 12 15 16 18 19 23 2A 2B 32 36 39 41 43 46 47 48 52 53 55 58 61 65 70 79 81 82 87 88 89 90".split()
)  # la protection des populations y est réunie à la cohésion sociale (domaine, § 3.3)


def nom_au(type_: str, territoire: str, jour: date) -> str:
    """Le nom du service de ce type dans ce territoire (code COG) le `jour` donné : « DDCS », « DDETSPP », « DREAL »…"""
    nouveau = jour >= REFORME_2021
    match type_:
        case Service.Type.DEPARTEMENT_SOCIAL:
            return _departement_social(territoire, nouveau)
        case Service.Type.DEPARTEMENT_LOGEMENT:
            return _departement_logement(territoire)
        case Service.Type.REGION_LOGEMENT:
            return "DRIHL" if territoire == ILE_DE_FRANCE else "DEAL" if territoire in REGIONS_OUTRE_MER else "DREAL"
        case _:
            return _region_social(territoire, nouveau)


def _departement_social(code: str, nouveau: bool) -> str:
    if code in OUTRE_MER:
        return "DEETS" if nouveau else "DJSCS"
    if code in UNITES_DRIHL:
        return "DRIHL (unité départementale)"
    racine = "DDETS" if nouveau else "DDCS"
    return racine + ("PP" if code in MOINS_DE_400_000 else "")


def _departement_logement(code: str) -> str:
    if code in OUTRE_MER:
        return "DEAL"
    if code in UNITES_DRIHL:
        return "DRIHL (unité départementale, logement)"
    return "DDTM" if code in LITTORAL else "DDT"


def _region_social(code: str, nouveau: bool) -> str:
    if code in REGIONS_OUTRE_MER:
        return "DEETS" if nouveau else "DJSCS"
    if code == ILE_DE_FRANCE:
        return "DRIEETS" if nouveau else "DRJSCS"
    return "DREETS" if nouveau else "DRJSCS"


def charger(*, apps: Apps = applications, **_signal: object) -> None:
    """Crée les services qui manquent : deux par département, deux par région. Appelé après chaque migration.

    Ceux qui existent gardent leur nom, qu'un administrateur a pu corriger. `apps` est l'état migré : le modèle peut y manquer.
    """
    if "service" not in apps.all_models["comptes"]:
        return
    jour = timezone.localdate()
    gardes = set(Service.objects.values_list("type", "departement", "region"))
    des_departements = [
        Service(type=type_, departement=departement, nom=nom_au(type_, departement.code, jour))
        for departement in Departement.objects.all()
        for type_ in (Service.Type.DEPARTEMENT_SOCIAL, Service.Type.DEPARTEMENT_LOGEMENT)
    ]
    des_regions = [
        Service(type=type_, region=region, nom=nom_au(type_, region.code, jour))
        for region in Region.objects.all()
        for type_ in (Service.Type.REGION_LOGEMENT, Service.Type.REGION_SOCIAL)
    ]
    tous = [*des_departements, *des_regions]
    manquants = [s for s in tous if (s.type, s.departement_id, s.region_id) not in gardes]
    Service.objects.bulk_create(manquants, ignore_conflicts=True)
