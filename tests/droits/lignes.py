"""Une ligne de la matrice des droits, et les rôles qu'elle nomme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fabriques import Monde

ROLES = ("anonyme", *Monde.ROLES)

TOUS = frozenset(ROLES)
CONNECTES = frozenset(Monde.ROLES)
ANONYME = TOUS - CONNECTES
BAILLEURS = frozenset({"redacteur", "deposant", "autre_bailleur"})
DE_A = frozenset({"redacteur", "deposant"})
DE_B = frozenset({"autre_bailleur"})
DEPOSANT_DE_A = frozenset({"deposant"})
TERRITOIRE_DE_A = frozenset({"agent_departemental", "agent_regional"})
NATIONAL = frozenset({"administrateur"})
INVITES = frozenset(Monde.INVITES)
INVITES_A_ECRIRE = INVITES - {"invite_lire"}
INVITE_A_DEPOSER = frozenset({"invite_deposer"})
REMPLISSENT_A = DE_A | INVITES_A_ECRIRE
DEPOSENT_A = DEPOSANT_DE_A | INVITE_A_DEPOSER
CONSULTENT = CONNECTES - BAILLEURS - INVITES
AGENTS = CONSULTENT - NATIONAL - {"lecteur"}
DU_77 = frozenset({"agent_departemental"})
DE_LA_REGION_11 = frozenset({"agent_regional"})
LISENT_LE_BROUILLON_A = DE_A | INVITES | NATIONAL
LISENT_LA_DEPOSEE_A = DE_A | INVITES | TERRITOIRE_DE_A | NATIONAL | {"lecteur"}


@dataclass(frozen=True)
class Ligne:
    """Ce que chacun obtient d'une route : `obtient` va du code de réponse aux rôles ; les autres obtiennent 404."""

    route: str
    methode: str
    objet: str
    obtient: Mapping[int, frozenset[str]]
    adresse: Mapping[str, Any] = field(default_factory=dict)
    donnees: Mapping[str, Any] = field(default_factory=dict)

    def attendu(self, role: str) -> int:
        """Le code que ce rôle doit obtenir."""
        if role == "anonyme" and self.route not in PUBLIQUES:
            return 401 if self.methode == "POST" and self.donnees else 302  # ce qu'il a tapé lui est rendu
        return next((code for code, roles in self.obtient.items() if role in roles), 404)

    def __str__(self) -> str:
        return f"{self.methode} {self.route} {self.objet} {' '.join(self.adresse.values())}".strip()


def ligne(route: str, methode: str = "GET", objet: str = "", *, donnees: Any = None, **obtient: Any) -> Ligne:
    """`ligne("candidatures:fiche", objet="deposee_a", ok=…, vers=…, refus=…)` ; le reste de l'adresse par son nom."""
    codes = {"ok": 200, "vers": 302, "conflit": 409, "perdu": 410}
    roles = {codes[nom]: frozenset(obtient.pop(nom)) for nom in list(obtient) if nom in codes}
    return Ligne(route, methode, objet, roles, obtient, donnees or {})


# --- Les pages publiques : leur liste exacte -------------------------------------------------------------------------------
PAGES = ("mentions_legales", "donnees_personnelles", "accessibilite", "plan_du_site", "aide", "contact", "sante", "security_txt")
MOTS_DE_PASSE = (
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
)
PUBLIQUES = {"accueil", *PAGES, *MOTS_DE_PASSE, "account_login", "account_logout", "jeton", "demonstration"}
PUBLIQUES |= {"comptes:invitation", "candidatures:invitation"}
