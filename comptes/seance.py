"""La session, son compte et ses habilitations du jour, lus ensemble : une requête par page au lieu de trois.

Rien n'est gardé d'une page à l'autre : un compte fermé, un mot de passe changé, une habilitation retirée valent dès la suivante.
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from comptes.models import Seance, Utilisateur
from comptes.portees import Droit, retenir

COLONNES = ("id", "password", "courriel", "prenom", "nom", "is_active")
"""Du compte, ce qu'une page en lit ; le reste se lit s'il est demandé."""

# Écrite ici, et non par l'ORM : celui-ci mettrait plus de temps à la composer, à chaque page, que la base à y répondre.
REQUETE = """
SELECT s.session_data, u.id, u.password, u.courriel, u.prenom, u.nom, u.is_active,
       h.role, h.organisme_id, v.id, v.departement_id, v.region_id, v.rend_avis_regional
FROM comptes_seance s
LEFT JOIN comptes_utilisateur u ON u.id = s.utilisateur_id
LEFT JOIN comptes_habilitation h ON h.utilisateur_id = u.id
      AND (h.debut IS NULL OR h.debut <= %s) AND (h.fin IS NULL OR h.fin >= %s)
LEFT JOIN comptes_service v ON v.id = h.service_id
WHERE s.session_key = %s AND s.expire_date > %s
"""


class SessionStore(db.SessionStore):
    """Les sessions de Django, en base, qui savent à qui elles sont."""

    personne: Utilisateur | None = None
    """Le compte que cette session a ouvert, ses habilitations du jour avec lui ; None tant qu'elle n'est pas lue."""

    @classmethod
    def get_model_class(cls) -> type[Seance]:
        """La table qui nomme son propriétaire."""
        return Seance

    def create_model_instance(self, data: dict[str, Any]) -> Seance:
        """Nomme la personne que le contenu signé désigne."""
        ligne = cast(Seance, super().create_model_instance(data))
        ligne.utilisateur_id = data.get(auth.SESSION_KEY)
        return ligne

    def load(self) -> dict[str, Any]:
        """Le contenu de la session, et sa personne ; vide si elle est inconnue ou finie."""
        lignes = _lire(self.session_key) if self.session_key else []
        if not lignes:
            self._session_key = None
            return {}
        self.personne = _personne(lignes)
        contenu: dict[str, Any] = self.decode(lignes[0][0])
        return contenu


def _lire(cle: str) -> list[tuple[Any, ...]]:
    """Une ligne par habilitation en cours, une sans ; aucune si la session n'est pas ouverte."""
    adapter = connection.ops
    jour, maintenant = adapter.adapt_datefield_value(timezone.localdate()), adapter.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as curseur:
        curseur.execute(REQUETE, [jour, jour, cle, maintenant])
        lues: list[tuple[Any, ...]] = curseur.fetchall()
    return lues


def _personne(lignes: list[tuple[Any, ...]]) -> Utilisateur | None:
    pk, *reste, ouvert = lignes[0][1:7]
    if pk is None:
        return None
    personne = Utilisateur.from_db(connection.alias, COLONNES, (pk, *reste, bool(ouvert)))
    retenir(personne, [Droit._make((*ligne[7:12], bool(ligne[12]))) for ligne in lignes if ligne[7] is not None])
    return personne


def personne_de(request: HttpRequest) -> Any:
    """La personne connectée, si tout s'accorde : la session la nomme, son compte est ouvert, son mot de passe est le même.

    Au moindre écart, c'est Django qui répond, par sa propre voie : il refuse, ferme la session, ou essaie les anciennes clés.
    """
    seance = cast(SessionStore, request.session)
    nommee = seance.get(auth.SESSION_KEY)  # lit la session
    personne = seance.personne
    if (
        personne is not None
        and personne.is_active
        and nommee == str(personne.pk)
        and seance.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(seance.get(auth.HASH_SESSION_KEY, ""), personne.get_session_auth_hash())
    ):
        return personne
    return auth.get_user(request)


class Authentification(AuthenticationMiddleware):
    """`request.user`, sans relire le compte que la session vient de donner."""

    def process_request(self, request: HttpRequest) -> None:
        """Paresseux, comme celui de Django : une page publique ne lit rien."""
        super().process_request(request)
        vars(request)["user"] = SimpleLazyObject(lambda: personne_de(request))
