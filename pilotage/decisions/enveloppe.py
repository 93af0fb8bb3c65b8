"""L'enveloppe d'une campagne, qui se consomme ligne à ligne."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from candidatures.champs.montants import dire_montant

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cumul:
    """Ce qui est accordé jusqu'à une ligne comprise, face à l'enveloppe (None : la campagne n'en fixe pas)."""

    accorde: Decimal
    enveloppe: Decimal | None

    @property
    def reste(self) -> Decimal | None:
        """Ce qui reste ; négatif quand l'enveloppe est dépassée."""
        return None if self.enveloppe is None else self.enveloppe - self.accorde

    @property
    def depasse(self) -> bool:
        """Vrai quand il est accordé plus que l'enveloppe."""
        return self.reste is not None and self.reste < 0

    @property
    def phrase(self) -> str:
        """« reste 120 000 € », « enveloppe épuisée », « enveloppe dépassée de 3 000 € » ; vide sans enveloppe."""
        if self.reste is None:
            return ""
        if self.depasse:
            return f"enveloppe dépassée de {dire_montant(-self.reste)}"
        return f"reste {dire_montant(self.reste)}" if self.reste else "enveloppe épuisée"


def total(montants: Iterable[Decimal | None], enveloppe: Decimal | None) -> Cumul:
    """Le cumul de la dernière ligne ; rien d'accordé s'il n'y en a pas."""
    return Cumul(sum((montant or ZERO for montant in montants), ZERO), enveloppe)
