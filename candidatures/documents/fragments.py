"""La fiche scellée, rendue une fois : le fragment d'une page, gardé par chaque processus (décision 14).

Jamais une page : ni jeton, ni nom de qui lit, ni lien qui dépende d'un droit. La clé est le condensat de tout ce qui y paraît (le
document figé, les avis que ce lecteur peut voir) et de ce qui le rend : deux vues différentes n'ont jamais la même.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.template import Template
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import IncludeNode
from django.utils.safestring import SafeString

from candidatures.documents.composition import contexte
from candidatures.lecture.document import Document, Scelle

GABARIT = "candidatures/lecture/document.html"
CODE = ("candidatures.lecture.document", *(f"candidatures.documents.{nom}" for nom in ("composition", "texte", "fragments")))
"""Les modules qui font le rendu, outre les gabarits."""


def montrer(document: Document | Scelle) -> SafeString:
    """La fiche comme au PDF, en HTML ; celle d'un brouillon n'est jamais gardée."""
    if isinstance(document, Document):
        return _rendre(document)
    gardes, cle = _gardes(), cle_de(document)
    if (garde := gardes.get(cle)) is None:
        gardes.set(cle, garde := str(_rendre(document.ouvrir())))
    return SafeString(garde)  # rendu par notre gabarit, déjà échappé


def _rendre(document: Document) -> SafeString:
    """Sans requête : ni le jeton, ni la personne n'y sont."""
    rendu: SafeString = render_to_string(GABARIT, contexte(document))
    return rendu


def cle_de(document: Scelle) -> str:
    """Le condensat de ce qui est montré, et de ce qui le montre."""
    montre = json.dumps(document.fige, sort_keys=True), repr(document.avis), *condensats()
    return hashlib.sha256("\0".join(montre).encode()).hexdigest()


# --- Ce qui rend ---------------------------------------------------------------------------------------------------------
def condensats() -> tuple[str, str]:
    """Ceux des gabarits, relus s'ils sont rechargés, et du code."""
    gabarit: Any = get_template(GABARIT)
    return _du_gabarit(gabarit.template), _du_code()


@lru_cache(maxsize=4)
def _du_gabarit(gabarit: Template) -> str:
    return _condenser(source.encode() for _, source in sorted(dict(_sources(gabarit)).items()))


def _sources(gabarit: Template, vus: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Ce gabarit et ceux qu'il inclut, de proche en proche : nom, source."""
    yield str(gabarit.name), gabarit.source
    inclusions: list[Any] = gabarit.nodelist.get_nodes_by_type(IncludeNode)
    for inclusion in inclusions:
        nom = str(inclusion.template.var)
        if nom not in vus:
            inclus: Any = get_template(nom)
            yield from _sources(inclus.template, vus | {nom})


@cache
def _du_code() -> str:
    return _condenser(Path(str(import_module(nom).__file__)).read_bytes() for nom in CODE)


def _condenser(sources: Iterator[bytes]) -> str:
    return hashlib.sha256(b"\0".join(sources)).hexdigest()


# --- Oublier ---------------------------------------------------------------------------------------------------------------
def oublier() -> None:
    """Efface tous les fragments gardés, dans tous les processus : à appeler par ce qui caviarde une version, une fois écrite.

    Un texte caviardé n'est déjà plus montré, sa clé n'étant plus demandée ; il ne reste pas non plus en mémoire.
    """
    temoin = _temoin()
    temoin.parent.mkdir(parents=True, exist_ok=True)
    neuf = temoin.with_name(f"{temoin.name}.{uuid4().hex}")
    neuf.write_bytes(b"")
    neuf.replace(temoin)  # un fichier neuf, donc une autre marque, même dans la même milliseconde
    _gardes()


def _temoin() -> Path:
    """Le fichier que tous les processus regardent avant de lire ce qu'ils gardent."""
    return Path(settings.VAR_DIR) / "fragments-oublies"


def _gardes() -> Any:
    """Les fragments de ce processus, vidés si l'on a demandé d'oublier depuis qu'il les regarde."""
    gardes, marque = caches["fragments"], _marque()
    if gardes.get("marque") != marque:
        gardes.clear()
        gardes.set("marque", marque, None)
    return gardes


def _marque() -> str:
    try:
        vu = _temoin().stat()
    except FileNotFoundError:
        return ""
    return f"{vu.st_ino}-{vu.st_mtime_ns}"
