"""Ce qu'un rendu a le droit de consommer (fiabilité, G4)."""

from __future__ import annotations

from dataclasses import dataclass

MEGAOCTET = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limites:
    """`cpu` et `mur` en secondes, pour un rendu ; `memoire` (en plus de l'existant) et `fichier` en mégaoctets ;
    `attente` : combien de secondes attendre que le rendu précédent du même processus finisse."""

    cpu: int = 20
    mur: int = 25
    memoire: int = 1536
    fichier: int = 50
    attente: float = 20

    def en_arguments(self) -> list[str]:
        """Ce que le serveur de rendu relit par `depuis_arguments`."""
        return [str(self.cpu), str(self.mur), str(self.memoire), str(self.fichier)]

    @classmethod
    def depuis_arguments(cls, arguments: list[str]) -> Limites:
        cpu, mur, memoire, fichier = map(int, arguments)
        return cls(cpu, mur, memoire, fichier)
