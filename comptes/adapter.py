"""Ce que nous changeons à allauth : pas d'inscription libre, et les courriels par la boîte d'envoi."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from hlm_projets.courriels import Lien, inscrire


class Adaptateur(DefaultAccountAdapter):
    """Comptes sur invitation seulement."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Personne ne s'inscrit seul."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Inscrit le courriel de réinitialisation dans la boîte d'envoi ; les autres messages d'allauth ne sont pas envoyés."""
        if not template_prefix.endswith("password_reset_key"):
            return
        lien = context["password_reset_url"]
        empreinte = hashlib.sha256(lien.encode()).hexdigest()[:32]
        inscrire("mot_de_passe", email, {"lien": Lien(lien)}, cle=empreinte, secret=True)
