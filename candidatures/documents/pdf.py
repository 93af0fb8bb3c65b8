"""Le PDF officiel d'une candidature et le reçu de son dépôt."""

from __future__ import annotations

import logging
from typing import Any

from django.template.loader import render_to_string

from candidatures.documents.atelier import Atelier, Occupe, RenduImpossible
from candidatures.documents.composition import contexte, imprimable
from candidatures.documents.recu import Recu
from candidatures.lecture.document import Document

IMPOSSIBLE = "Le PDF n'a pas pu être produit : le rendu a été interrompu. Réessayez ; votre dossier n'est pas affecté."
OCCUPE = "Le PDF n'a pas pu être produit : d'autres documents sont en préparation. Réessayez dans une minute ; votre dossier n'est pas affecté."

journal = logging.getLogger(__name__)
_atelier = Atelier()


class PdfImpossible(Exception):
    """Le PDF n'a pas été produit ; `phrase` se montre telle quelle à la personne."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def produire_pdf(document: Document, atelier: Atelier | None = None) -> bytes:
    """« Présentation synthétique du projet » en PDF/UA-1 ; mêmes contenus, mêmes octets.

    Lève `PdfImpossible` en moins de trente secondes si le texte est démesuré ou si le rendu meurt.
    """
    return _produire("pdf/fiche.html", contexte(document), atelier)


def produire_recu(recu: Recu, atelier: Atelier | None = None) -> bytes:
    """Le reçu de dépôt en PDF/UA-1. Lève `PdfImpossible`."""
    return _produire("pdf/recu.html", {"recu": imprimable(recu)}, atelier)


def _produire(gabarit: str, variables: dict[str, Any], atelier: Atelier | None) -> bytes:
    html = render_to_string(gabarit, variables)
    try:
        return (atelier or _atelier).rendre(html)
    except Occupe as occupe:
        raise PdfImpossible(OCCUPE) from occupe
    except RenduImpossible as echec:
        journal.error("Rendu de %s impossible : %s", gabarit, echec)
        raise PdfImpossible(IMPOSSIBLE) from echec
