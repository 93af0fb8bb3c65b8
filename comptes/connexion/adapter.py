"""Ce que nous changeons à allauth : pas d'inscription libre, et les courriels par la boîte d'envoi."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from hlm_projets.envoi.courriels import inscrire, lien


class Adaptateur(DefaultAccountAdapter):
    """Comptes sur invitation seulement."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Personne ne s'inscrit seul."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Inscrit le courriel de réinitialisation dans la boîte d'envoi ; les autres messages d'allauth ne sont pas envoyés."""
        if not template_prefix.endswith("password_reset_key"):
            return
        adresse = lien(urlsplit(context["password_reset_url"]).path)  # sur SITE_URL, quel que soit l'hôte de la requête (F-35)
        empreinte = hashlib.sha256(adresse.encode()).hexdigest()[:32]
        inscrire("mot_de_passe", email, {"lien": adresse}, cle=empreinte, secret=True)
