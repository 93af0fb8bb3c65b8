"""Ce que tous les gabarits savent du site : ses mentions, la personne connectée et sa navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.ecran.adresses import adresse


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée de la navigation ; `courante` : la page affichée en fait partie."""

    libelle: str
    url: str
    courante: bool = False


@dataclass(frozen=True, slots=True)
class Acces:
    """Une entrée possible : ce qu'elle dit, où elle mène, à qui elle est proposée."""

    libelle: str
    route: str
    propose: Callable[[Portee], bool]


ACCES = (
    Acces("À traiter", "avis:a_traiter", lambda portee: portee.est_agent),
    Acces("Mes candidatures", "candidatures:mes", lambda portee: portee.est_bailleur or portee.est_invite),
    Acces("Candidatures", "candidatures:liste", lambda portee: portee.consulte),
    Acces("Matrice", "pilotage:matrice", lambda portee: portee.lit_tout or bool(portee.regions)),
    Acces("Décisions", "pilotage:decisions", lambda portee: portee.connait_les_decisions),
    Acces("Campagnes", "candidatures:campagnes", lambda portee: portee.administre),
    Acces("Organismes", "comptes:organismes", lambda portee: portee.administre),
    Acces("Services", "comptes:services", lambda portee: portee.administre),
    Acces("Personnes", "comptes:personnes", lambda portee: portee.administre),
)
"""Ce que la navigation propose. Elle ne donne aucun droit : chaque page vérifie les siens."""


def site(request: HttpRequest) -> dict[str, Any]:
    """Rend `site`. La base n'est lue que si la page affiche la navigation."""
    return {
        "site": {
            **settings.SITE,
            "navigation": SimpleLazyObject(lambda: navigation(request)),
            "personne": SimpleLazyObject(lambda: str(personne(request) or "")),
        }
    }


def site_sans_base() -> dict[str, Any]:
    """Rend tout ce que lit la page commune, pour s'afficher même quand la base ne répond plus."""
    return {"site": {**settings.SITE, "navigation": [], "personne": ""}, "messages": [], "csrf_token": ""}


def personne(request: HttpRequest) -> Utilisateur | None:
    """La personne connectée, ou None."""
    utilisateur = getattr(request, "user", None)
    return utilisateur if isinstance(utilisateur, Utilisateur) else None


def navigation(request: HttpRequest) -> list[Entree]:
    """Les entrées proposées à la personne connectée, d'après ses habilitations du jour ; vide pour un anonyme."""
    utilisateur = personne(request)
    if utilisateur is None:
        return []
    portee = portee_de(utilisateur)
    entrees = [(acces.libelle, adresse(acces.route)) for acces in ACCES if acces.propose(portee)]
    courante = max((url for _, url in entrees if request.path.startswith(url)), key=len, default="")
    return [Entree(libelle, url, url == courante) for libelle, url in entrees]
