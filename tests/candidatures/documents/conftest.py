"""Les trois fiches inventées, produites une fois pour tous les essais du PDF."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import pytest

from candidatures.documents.pdf import produire_pdf
from candidatures.lecture.document import Document
from tests.candidatures.documents import exemples
from tests.candidatures.documents.outils import ouvrir

FICHES = {"courte": exemples.courte(), "numerotee": exemples.numerotee(), "etendue": exemples.etendue()}


@pytest.fixture(scope="session", params=FICHES, ids=str)
def fiche(request: pytest.FixtureRequest) -> Document:
    """Chacune des trois fiches, tour à tour."""
    return FICHES[request.param]


@pytest.fixture(scope="session")
def octets(fiche: Document) -> bytes:
    """Le PDF de la fiche."""
    return produire_pdf(fiche)


@pytest.fixture
def pdf(octets: bytes) -> Iterator[pikepdf.Pdf]:
    """Le PDF de la fiche, ouvert."""
    with ouvrir(octets) as ouvert:
        yield ouvert
