"""`manage.py charger_fiche` : crée une candidature depuis une fiche au format d'échange."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from candidatures.demonstration import PREMIER_BAILLEUR
from candidatures.echange.lire import OCTETS_MAXIMUM, decoder, lire_fiche
from candidatures.imports.charger import auteur, charger
from candidatures.management.commun import Arret, Commande, fichier_nomme
from candidatures.models import Campagne
from comptes.models import Organisme
from hlm_projets.requete.middleware import maintenant


class Command(Commande):
    """Comme le ferait un membre de l'organisme : mêmes règles, tout ou rien."""

    help = "Crée une candidature depuis une fiche « hlm-fiche/1 » et imprime son numéro, ou ce qui ne va pas."

    def add_arguments(self, parser: CommandParser) -> None:
        """Sans campagne ni organisme : la campagne ouverte et le premier bailleur de la démonstration."""
        parser.add_argument("fichier", help="la fiche, en JSON et en UTF-8 ; « - » : l'entrée standard")
        parser.add_argument("--campagne", metavar="CODE", help="par exemple 2026")
        parser.add_argument("--organisme", metavar="ID_OU_SIREN", help="l'organisme pour lequel la candidature est créée")
        parser.add_argument("--deposer", action="store_true", help="la déposer aussitôt")
        parser.add_argument("--justification", metavar="TEXTE", default="", help="la réponse du porteur aux constats à justifier")

    def handle(self, *_: object, **options: Any) -> None:
        """Lit, crée, imprime le numéro seul ; ce que l'import n'a pas lu avec certitude est rappelé à part."""
        lue = lire_fiche(decoder(_octets(options["fichier"])))
        campagne, organisme = _campagne(options["campagne"]), _organisme(options["organisme"])
        par = auteur(organisme, deposer=options["deposer"])
        voulu = {"deposer": options["deposer"], "justification": options["justification"]}
        candidature = charger(lue, campagne, organisme, par=par, maintenant=maintenant(), **voulu)
        self.stdout.write(candidature.reference)
        for code, raison in lue.a_verifier.items():
            self.stderr.write(f"À vérifier – {code} : {raison}")


def _octets(fichier: str) -> bytes:
    """Le contenu, borné : un fichier sans fin est refusé, pas attendu."""
    if fichier == "-":
        return sys.stdin.buffer.read(OCTETS_MAXIMUM + 1)
    with fichier_nomme(Path(fichier)), Path(fichier).open("rb") as flux:
        return flux.read(OCTETS_MAXIMUM + 1)


def _campagne(code: str | None) -> Campagne:
    if code is None:
        _reserver_a_la_demonstration("--campagne CODE")
        trouvee = Campagne.objects.ouvertes(maintenant()).order_by("pk").first()
    else:
        trouvee = Campagne.objects.filter(code=_lisible(code)).first()
    if trouvee is None:
        raise Arret(f"Aucune campagne n'a le code « {code} »." if code else "Aucune campagne n'est ouverte.")
    return trouvee


def _organisme(designation: str | None) -> Organisme:
    """Par son SIREN (neuf chiffres), ou par son identifiant."""
    if designation is None:
        _reserver_a_la_demonstration("--organisme ID_OU_SIREN")
        designation = PREMIER_BAILLEUR
    trouve = Organisme.objects.filter(siren=_lisible(designation)).first()
    if trouve is None and re.fullmatch(r"\d{1,18}", designation, re.ASCII):
        trouve = Organisme.objects.filter(pk=int(designation)).first()
    if trouve is None:
        raise Arret(f"Aucun organisme n'a l'identifiant ou le SIREN « {designation} ».")
    return trouve


def _reserver_a_la_demonstration(option: str) -> None:
    if not settings.DEMONSTRATION:
        raise Arret(f"Précisez {option} : il n'y a de valeur par défaut que dans la démonstration.")


def _lisible(mot: str) -> str:
    """Un mot que la base peut chercher : un argument mal encodé ne désigne rien."""
    return mot if mot.isprintable() else ""
