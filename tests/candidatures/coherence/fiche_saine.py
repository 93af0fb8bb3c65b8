"""Une fiche sans rien à redire, et de quoi la changer d'un seul trait."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from candidatures.champs.fourchettes import Fourchette
from candidatures.coherence import Constat, constats
from candidatures.models import Candidature, LigneDuPlan
from candidatures.saisie import actions
from tests.fabriques import un_bailleur, un_brouillon, une_campagne

Ligne = tuple[str, str, int | None, str | None]
"""Nature (« d », « r »), financeur ou libellé, montant, part."""

CAMPAGNE = {"plafond": 200_000, "taux_maximum": 50, "duree_minimum": 12, "duree_maximum": 36}
PLAN: tuple[Ligne, ...] = (
    ("d", "Accompagnement", 90_000, "75"),
    ("d", "Gestion locative adaptée", 30_000, "25"),
    ("r", "appel_a_projets", 60_000, "50"),
    ("r", "porteur", 60_000, "50"),
)


def cout(montant: int | str, unite: str | None = "menage_an", maximum: int | None = None) -> Fourchette:
    """Un coût, ou une fourchette."""
    return Fourchette(Decimal(montant), None if maximum is None else Decimal(maximum), unite)


VALEURS: dict[str, Any] = {
    "localisation": "Meaux et Chelles, Seine-et-Marne",
    "nombre_menages": 30,
    "nombre_menages_precision": "15 par an soit 30 sur deux ans",
    "nombre_logements": 30,
    "nombre_logements_precision": "un logement par ménage",
    "duree_mois": 24,
    "duree_mois_precision": "2 ans (15 mesures par an)",
    "cout_diagnostic": cout(300, "menage"),
    "cout_accompagnement": cout(1_500),
    "cout_gestion_locative": cout(500, "logement_an"),
    "cout_global": cout(2_000),
    "cofinancements": "Appel à projets : 60 000 €\nFonds propres : 60 000 €",
}


def en_lignes(plan: tuple[Ligne, ...]) -> list[LigneDuPlan]:
    """Les lignes du plan, prêtes à écrire."""
    return [LigneDuPlan(**_colonnes(*ligne)) for ligne in plan]


def _colonnes(nature: str, qui: str, montant: int | None, part: str | None) -> dict[str, Any]:
    finance = qui in LigneDuPlan.Financeur.values
    return {
        "nature": "depense" if nature == "d" else "ressource",
        "financeur" if finance else "libelle": qui,
        "montant": None if montant is None else Decimal(montant),
        "part": None if part is None else Decimal(part),
    }


def une_fiche(
    *,
    plan: tuple[Ligne, ...] = PLAN,
    campagne: dict[str, Any] | None = None,
    departements: tuple[str, ...] = ("77",),
    **valeurs: Any,
) -> Candidature:
    """Un brouillon sain, à ces traits près, relu comme le relit une page."""
    brouillon = un_brouillon(une_campagne(**(CAMPAGNE | (campagne or {}))), departements=departements, **(VALEURS | valeurs))
    actions.enregistrer(brouillon, {"lignes": en_lignes(plan)}, par=un_bailleur(brouillon.organisme))
    return Candidature.objects.pour_lecture().get(pk=brouillon.pk)


def le_constat(candidature: Candidature, code: str) -> Constat | None:
    """Celui de ce contrôle, s'il a trouvé quelque chose."""
    return next((constat for constat in constats(candidature) if constat.code == code), None)


def codes(candidature: Candidature) -> list[str]:
    """Ce que trouvent les contrôles."""
    return [constat.code for constat in constats(candidature)]
