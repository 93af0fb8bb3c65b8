"""Ce qui empêche un fichier d'entrer : une phrase en français, montrée telle quelle."""

from __future__ import annotations


class FichierRefuse(Exception):
    """Le fichier n'est pas admis ; `phrase` dit pourquoi et quoi faire. `code` nomme la raison, pour le journal et les essais."""

    def __init__(self, code: str, phrase: str) -> None:
        super().__init__(phrase)
        self.code, self.phrase = code, phrase
