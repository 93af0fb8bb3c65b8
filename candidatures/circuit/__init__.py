"""Le circuit : quels passages existent, ce qui leur manque, la porte qui les franchit."""

from candidatures.circuit.passages import PASSAGES, Ecran, Transition, depot_depuis, possibles, raisons

__all__ = ["PASSAGES", "Ecran", "Transition", "depot_depuis", "possibles", "raisons"]
