"""Verrouiller une candidature, consigner un acte, dire un refus : ce que font toutes les actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from candidatures.models import Candidature, Evenement
from comptes.models import Utilisateur

MOTIF_MAXIMUM = 2_000
"""Caractères d'un motif."""


class Refus(Exception):
    """Le passage n'est pas ouvert ; `raisons` : des phrases à montrer."""

    def __init__(self, raisons: list[str]) -> None:
        super().__init__(" ".join(raisons))
        self.raisons = raisons


class PlusModifiable(Exception):
    """La candidature a quitté le brouillon, ou a été supprimée, pendant la saisie."""


Retenir = Callable[[int], Candidature | None]
"""Lit et retient la candidature qui a cette clé ; None si elle n'est plus là."""


def verrouiller(candidature: Candidature, requete: QuerySet[Candidature] | Retenir | None = None) -> Candidature:
    """La candidature telle qu'elle est en base, retenue jusqu'à la fin de la transaction ; `requete` dit ce qu'on en lit.

    Lève PlusModifiable si un brouillon vient d'être supprimé.
    """
    requete = Candidature.objects.pour_lecture().avec_avis() if requete is None else requete
    retenir = _retenir(requete) if isinstance(requete, QuerySet) else requete
    gardee = retenir(candidature.pk)
    if gardee is None:
        raise PlusModifiable
    if "campagne" in gardee._state.fields_cache:
        # Une requête qui a attendu le verrou garde des tables jointes ce qu'elle en voyait avant : la publication y manquerait.
        gardee.campagne.refresh_from_db()
    return gardee


def _retenir(requete: QuerySet[Candidature]) -> Retenir:
    return lambda pk: requete.select_for_update(of=("self",)).filter(pk=pk).first()


def consigner(candidature: Candidature, acte: str, *, par: Utilisateur, le: datetime, **champs: Any) -> Evenement:
    """Ajoute une ligne au journal de la candidature, dans la transaction de l'appelant."""
    return Evenement.objects.create(
        candidature=candidature, acte=acte, objet=str(candidature)[:350], par=par, par_nom=str(par), le=le, **champs
    )
