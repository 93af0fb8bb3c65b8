"""À qui se disputent les réponses que la base n'a plus telles que la page les montrait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet

from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.empreintes import disputees

AUTRUI, SIENNE = historique.Verdict.AUTRUI, historique.Verdict.SIENNE


def verdicts(
    porteur: Model, voulues: Mapping[str, Any], lues: Mapping[str, str], traces: QuerySet[Any], page: str
) -> dict[str, historique.Verdict]:
    """Les réponses que la page ne montrait pas telles qu'elles sont gardées, et à qui elles se disputent."""
    return {nom: historique.verdict(traces, nom, page) for nom in disputees(porteur, voulues, lues)}
