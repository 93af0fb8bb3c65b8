"""De quoi lire un PDF produit : son texte, son arbre de balises, ses fontes, ses signets."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf


def texte_de(pdf: bytes, *options: str) -> str:
    """Ce qu'extrait `pdftotext`, pieds de page compris."""
    commande = ["pdftotext", *options, "-", "-"]
    return subprocess.run(commande, input=pdf, capture_output=True, check=True).stdout.decode()


def serre(texte: str) -> str:
    """Sans blanc ni caractère invisible : pour comparer sans égard aux fins de ligne."""
    return "".join(c for c in texte if unicodedata.category(c)[0] not in "ZC")


def ouvrir(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def balises(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Les éléments de structure, dans l'ordre de lecture."""
    yield from _descendre(pdf.Root.StructTreeRoot.K)


def _descendre(noeud: Any) -> Iterator[Any]:
    if isinstance(noeud, pikepdf.Array):
        for enfant in noeud:
            yield from _descendre(enfant)
    elif isinstance(noeud, pikepdf.Dictionary) and "/S" in noeud:
        yield noeud
        yield from _descendre(noeud.get("/K", pikepdf.Array()))


def noms_des_balises(pdf: pikepdf.Pdf) -> list[str]:
    return [str(balise.S) for balise in balises(pdf)]


def fontes(pdf: pikepdf.Pdf) -> dict[str, bool]:
    """Chaque fonte du document, et si elle y est embarquée."""
    descripteurs = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
    return {str(d.FontName).split("+")[-1]: "/FontFile2" in d or "/FontFile3" in d for d in descripteurs}


def signets(pdf: pikepdf.Pdf) -> list[tuple[int, str]]:
    """Les signets et leur profondeur."""
    with pdf.open_outline() as plan:
        return list(_signets(plan.root, 1))


def _signets(elements: list[Any], profondeur: int) -> Iterator[tuple[int, str]]:
    for element in elements:
        yield profondeur, element.title
        yield from _signets(element.children, profondeur + 1)
