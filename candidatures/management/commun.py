"""Ce que partagent les commandes : retrouver un dossier, et finir par une phrase, jamais par une trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from candidatures.champs.textes import en_une_ligne, normaliser
from candidatures.echange.lire import FicheRefusee
from candidatures.models import Candidature

ERREURS_MONTREES = 200


class Arret(Exception):
    """Ce qui ne va pas : des phrases, une par ligne."""

    def __init__(self, *phrases: str) -> None:
        super().__init__(*phrases)
        self.phrases = phrases


class Commande(BaseCommand):
    """Une commande dont les échecs sont des phrases sur l'erreur standard, et le code de sortie 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Joue la commande ; traduit tout échec prévu."""
        try:
            return super().execute(*args, **options)
        except FicheRefusee as refus:
            self._finir(refus.erreurs)
        except Arret as arret:
            self._finir(arret.phrases)
        except DatabaseError as erreur:
            self._finir([f"La base ne répond pas, ou n'est pas prête (manage.py migrate) : {erreur}"])

    def _finir(self, phrases: Iterable[str]) -> NoReturn:
        for phrase in list(phrases)[:ERREURS_MONTREES]:
            self.stderr.write(en_une_ligne(normaliser(phrase), 400))
        raise SystemExit(1)


def dossier(reference: str) -> Candidature:
    """La candidature de ce numéro, prête à lire."""
    try:
        return Candidature.objects.pour_lecture().avec_avis().par_reference(reference)
    except Candidature.DoesNotExist as erreur:
        raise Arret(f"Aucune candidature ne porte le numéro « {reference[:60]} ».") from erreur


@contextmanager
def fichier_nomme(chemin: Path) -> Iterator[None]:
    """Dit en français pourquoi ce fichier ne se lit pas ou ne s'écrit pas."""
    try:
        yield
    except FileNotFoundError as erreur:
        raise Arret(f"« {chemin} » n'existe pas.") from erreur
    except (IsADirectoryError, NotADirectoryError) as erreur:
        raise Arret(f"« {chemin} » n'est pas un fichier, ou passe par autre chose qu'un dossier.") from erreur
    except PermissionError as erreur:
        raise Arret(f"« {chemin} » n'est pas accessible : les droits manquent.") from erreur
    except OSError as erreur:
        raise Arret(f"« {chemin} » n'est pas utilisable ({erreur.strerror}).") from erreur
