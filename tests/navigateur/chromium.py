"""Quel Chromium piloter, et comment l'ouvrir."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

CONNUS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Le premier est le même navigateur sans sa fenêtre, qui double presque le prix d'une page."""


def ouvrir_chromium(playwright: Playwright) -> Browser:
    """Celui que nomme `CHROMIUM`, ou le premier installé."""
    trouves = (os.environ.get("CHROMIUM"), *map(shutil.which, CONNUS))
    chemin = next(filter(None, trouves), None)
    return playwright.chromium.launch(executable_path=chemin, args=["--no-sandbox", "--disable-gpu"])
