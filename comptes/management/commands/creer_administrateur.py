"""Le premier administrateur national d'une base neuve ; il invite ensuite les autres depuis le site."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from comptes.invitations import amorcer
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import maintenant


class Command(BaseCommand):
    """`manage.py creer_administrateur COURRIEL` : ouvre le compte et envoie le lien où choisir son mot de passe."""

    help = "Invite un administrateur national (base neuve, ou dernier administrateur parti)."

    def add_arguments(self, parser: CommandParser) -> None:
        """L'adresse, et de quoi le nommer."""
        parser.add_argument("courriel")
        parser.add_argument("--prenom", default="")
        parser.add_argument("--nom", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse une adresse illisible ; fait deux fois, renvoie un lien."""
        try:
            validate_email(options["courriel"])
        except ValidationError as erreur:
            raise CommandError(f"« {options['courriel']} » n'est pas une adresse électronique.") from erreur
        personne = Utilisateur(courriel=options["courriel"].lower(), prenom=options["prenom"], nom=options["nom"])
        suite = amorcer(personne, le=maintenant())
        self.stdout.write(f"{personne.courriel} : administrateur national ({suite.value}). Le travailleur envoie le courriel.")
