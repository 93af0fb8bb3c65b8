"""Les fautes, une liste par famille."""

from __future__ import annotations

from bench.mutations import annexes, avis, circuit, coherence, decisions, envoi, plusieurs_mains, regles
from bench.mutations.mutant import Mutant

FAMILLES: dict[str, tuple[Mutant, ...]] = {
    "circuit": circuit.MUTANTS,
    "regles": regles.MUTANTS,
    "plusieurs_mains": plusieurs_mains.MUTANTS,
    "coherence": coherence.MUTANTS,
    "avis": avis.MUTANTS,
    "decisions": decisions.MUTANTS,
    "fichiers": annexes.MUTANTS,
    "envoi": envoi.MUTANTS,
}
"""Dans l'ordre où elles se numérotent."""
PETIT = (plusieurs_mains.PETIT, coherence.PETIT)
"""Celles que la suite des essais joue, pour que la course elle-même reste essayée."""
