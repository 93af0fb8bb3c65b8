"""Un dossier de fichiers neuf, et un brouillon où joindre."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from candidatures.models import Candidature, TypeDAnnexe
from comptes.models import Utilisateur
from tests.fabriques import un_bailleur, un_brouillon


@pytest.fixture
def stockage(settings: Any, tmp_path: Path) -> Path:
    """Le dossier des fichiers, neuf à chaque essai ; pas d'antivirus."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = ""
    return tmp_path


@pytest.fixture
def brouillon(db: None) -> Candidature:
    """Un brouillon complet, dont la campagne a les types habituels."""
    candidature = un_brouillon()
    TypeDAnnexe.objects.creer_les_habituels(candidature.campagne)
    return candidature


@pytest.fixture
def par(brouillon: Candidature) -> Utilisateur:
    """Un membre de l'organisme."""
    return un_bailleur(brouillon.organisme)
