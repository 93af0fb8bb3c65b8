"""La page qui envoie une saisie."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from candidatures.plusieurs_mains.historique import PageDeSaisie


def page_de(donnees: Mapping[str, Any]) -> PageDeSaisie:
    """La page qui envoie : sa clé si c'en est une (un UUID), vide sinon, et le rang de cet envoi."""
    try:
        cle = str(uuid.UUID(str(donnees.get("page", ""))))
    except ValueError:
        cle = ""
    return PageDeSaisie.de(cle, str(donnees.get("rang", "")))
