"""La sentinelle de fuite (F-27) : chaque organisme, bailleur et candidature des essais porte une marque unique.

Toute réponse obtenue par un client de test est fouillée, PDF, ZIP et flux compris (`contenus.py`) : une marque que la
personne connectée n'a pas à connaître est une fuite.
Qui peut connaître quoi est écrit ici une seconde fois, sur les habilitations brutes, pour ne pas se fier au code essayé.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from candidatures.models import Candidature, Partage
from comptes.models import Habilitation, Organisme, Role, Utilisateur
from tests.contenus import contenu_de, textes_de
from tests.gardes import Faute

Connait = Callable[[Utilisateur], bool]

_MARQUE = re.compile(r"zz[cop]\d+zz")
_POSEES: dict[str, Connait] = {}
_suite = count(1)


def marque(genre: str) -> str:
    """Une marque neuve : « zzc12zz » pour une candidature, « o » pour un organisme, « p » pour une personne d'un organisme."""
    return f"zz{genre}{next(_suite)}zz"


def poser(marque: str, connait: Connait) -> None:
    """Surveille cette marque : `connait` dit qui peut la lire."""
    _POSEES[marque] = connait


def posees() -> dict[str, Connait]:
    """Les marques surveillées, à reposer dans un autre ouvrier (`moules.py`)."""
    return dict(_POSEES)


def reposer(marques: dict[str, Connait]) -> None:
    """Surveille de nouveau ces marques."""
    _POSEES.update(marques)


def oublier() -> None:
    """Retire toutes les marques."""
    _POSEES.clear()


def chercher_une_fuite(reponse: Any) -> None:
    """Lève Faute si la réponse contient une marque que son lecteur n'a pas à connaître."""
    texte = "\n".join((str(reponse.headers).lower(), *textes_de(contenu_de(reponse))))
    if not marques_dans(texte):
        return
    lecteur = getattr(getattr(reponse, "wsgi_request", None), "user", None)
    with sans_compter_les_requetes():
        fuites = fuites_vers(lecteur if isinstance(lecteur, Utilisateur) else None, texte)
    if fuites:
        raise Faute(f"Fuite vers {lecteur} à l'adresse {reponse.wsgi_request.path} : {fuites}")


def fuites_vers(lecteur: Utilisateur | None, texte: str) -> list[str]:
    """Les marques du texte que cette personne, ou un anonyme (None), n'a pas à connaître."""
    with _une_seule_lecture():
        return [marque for marque in sorted(marques_dans(texte)) if lecteur is None or not _POSEES[marque](lecteur)]


def marques_dans(texte: str) -> set[str]:
    """Les marques surveillées que porte ce texte."""
    return set(_MARQUE.findall(texte)) & set(_POSEES)


@contextmanager
def sans_compter_les_requetes() -> Iterator[None]:
    """La surveillance ne change pas le nombre de requêtes qu'un essai compte."""
    avant = len(connection.queries_log)
    try:
        yield
    finally:
        while len(connection.queries_log) > avant:
            connection.queries_log.pop()


# --- Qui peut connaître quoi ---------------------------------------------------------------------------------------------
_LUES: ContextVar[dict[int, list[Habilitation]] | None] = ContextVar("habilitations_lues", default=None)
"""Les habilitations déjà lues pour la réponse qu'on fouille ; None hors d'une fouille, où un droit peut changer entre deux questions."""


@contextmanager
def _une_seule_lecture() -> Iterator[None]:
    """Le temps d'une réponse, les habilitations de chacun ne se lisent qu'une fois : une liste porte vingt-cinq marques."""
    jeton = _LUES.set({})
    try:
        yield
    finally:
        _LUES.reset(jeton)


def habilitations(utilisateur: Utilisateur) -> list[Habilitation]:
    """Les habilitations qui valent aujourd'hui."""
    if (lues := _LUES.get()) is None:
        return _lire_les_habilitations(utilisateur)
    if utilisateur.pk not in lues:
        lues[utilisateur.pk] = _lire_les_habilitations(utilisateur)
    return lues[utilisateur.pk]


def _lire_les_habilitations(utilisateur: Utilisateur) -> list[Habilitation]:
    jour = timezone.localdate()
    toutes = Habilitation.objects.filter(utilisateur=utilisateur.pk).select_related("service") if utilisateur.is_active else ()
    return [h for h in toutes if (h.debut is None or h.debut <= jour) and (h.fin is None or jour <= h.fin)]


def connait_la_candidature(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """L'administrateur, l'organisme, les invités ; et, sauf un brouillon, le comité et les services des territoires concernés."""
    if any(h.role == Role.ADMINISTRATEUR for h in habilitations(utilisateur)):
        return True
    gardee = Candidature.objects.filter(pk=candidature.pk).first() or candidature
    if est_invite(utilisateur, gardee):
        return True
    departements = list(gardee.departements.all()) if gardee.pk else []
    for h in habilitations(utilisateur):
        if h.organisme_id and h.organisme_id == gardee.organisme_id:
            return True
        if gardee.etat == "brouillon":
            continue
        service = h.service
        if h.role == Role.LECTEUR or (
            service and any(service.departement_id == d.pk or service.region_id == d.region_id for d in departements)
        ):
            return True
    return False


def est_invite(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """Un partage accepté et non retiré, tant que le rôle d'invité vaut ; ou une invitation en attente à son adresse."""
    for partage in Partage.objects.filter(candidature=candidature.pk, revoque_le=None):
        if partage.accepte_le is None and partage.courriel == utilisateur.courriel and timezone.now() < partage.expire_le:
            return True
        if partage.accepte_le and partage.personne_id == utilisateur.pk:
            return any(h.role == Role.INVITE for h in habilitations(utilisateur))
    return False


def connait_l_organisme(utilisateur: Utilisateur, organisme: Organisme) -> bool:
    """L'administrateur, ses membres, et qui lit une de ses candidatures."""
    if any(h.role == Role.ADMINISTRATEUR or h.organisme_id == organisme.pk for h in habilitations(utilisateur)):
        return True
    return any(connait_la_candidature(utilisateur, c) for c in Candidature.objects.filter(organisme=organisme.pk))


def connait_la_personne(utilisateur: Utilisateur, personne: Utilisateur) -> bool:
    """Elle-même, et qui connaît un de ses organismes."""
    if utilisateur.pk == personne.pk or any(h.role == Role.ADMINISTRATEUR for h in habilitations(utilisateur)):
        return True
    return any(connait_l_organisme(utilisateur, o) for o in Organisme.objects.filter(habilitations__utilisateur=personne.pk))
