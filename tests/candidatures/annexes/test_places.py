"""Deux lectures de fichier à la fois par processus (A-25) : la suivante est refusée d'une phrase, et rien ne reste pris."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from io import BytesIO
from threading import BoundedSemaphore

import pytest

from candidatures.annexes.fichiers import reconnaitre
from candidatures.annexes.fichiers.refus import FichierRefuse
from tests.candidatures.annexes.fichiers import un_pdf


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[BoundedSemaphore]:
    """Les vraies places, rendues à la fin ; on n'attend pas les dix secondes d'un envoi."""
    monkeypatch.setattr(reconnaitre, "_lire", partial(reconnaitre._lire, attente=0.05))
    yield reconnaitre._PLACES
    with suppress(ValueError):  # rendre une place de trop est une erreur : toutes le sont
        while True:
            reconnaitre._PLACES.release()


def test_deux_places_puis_le_site_dit_qu_il_est_occupe(places: BoundedSemaphore) -> None:
    assert places.acquire(blocking=False)
    assert reconnaitre.reconnaitre(BytesIO(un_pdf()), "note.pdf").code == "pdf", "une place suffit"
    assert places.acquire(blocking=False), "elle a été rendue"
    assert not places.acquire(blocking=False), "il n'y en a que deux"
    with pytest.raises(FichierRefuse) as refus:
        reconnaitre.reconnaitre(BytesIO(un_pdf()), "note.pdf")
    assert refus.value is reconnaitre.OCCUPE


def test_un_apercu_renonce(places: BoundedSemaphore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconnaitre, "ATTENTE_D_UN_APERCU", 0.05)
    for _ in range(2):
        places.acquire()
    with pytest.raises(reconnaitre.ApercuImpossible):
        reconnaitre.dessiner(BytesIO(un_pdf()), "pdf")


def test_une_lecture_qui_meurt_rend_sa_place(places: BoundedSemaphore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconnaitre, "PATIENCE", 0.01)
    for _ in range(3):
        with pytest.raises(FichierRefuse) as refus:
            reconnaitre.reconnaitre(BytesIO(un_pdf()), "note.pdf")
        assert refus.value is reconnaitre.ILLISIBLE
