"""La page de connexion d'allauth, dans notre page commune."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView


class Connexion(LoginView):  # type: ignore[misc]  # allauth n'est pas typé
    """La page de connexion."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Laisse voir `site`, le nôtre, qu'allauth masquerait par le sien."""
        contexte: dict[str, Any] = super().get_context_data(**kwargs)
        contexte.pop("site", None)
        return contexte


connexion = Connexion.as_view()
