"""Le circuit : quels passages existent, ce qui leur manque, la porte qui les franchit."""

from candidatures.circuit.passages import PASSAGES, Transition, possibles, raisons

__all__ = ["PASSAGES", "Transition", "possibles", "raisons"]
