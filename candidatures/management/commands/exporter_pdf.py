"""`manage.py exporter_pdf` : écrit le PDF officiel d'une candidature."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandParser

from candidatures.documents.pdf import PdfImpossible, produire_pdf
from candidatures.lecture.avis_lus import rendus
from candidatures.lecture.composition import document_de
from candidatures.management.commun import Arret, Commande, dossier, fichier_nomme


class Command(Commande):
    """Le fichier est entier, ou il n'est pas touché."""

    help = "Écrit le PDF « Présentation synthétique du projet » d'une candidature, avec tous les avis rendus."

    def add_arguments(self, parser: CommandParser) -> None:
        """Déclare le numéro et la sortie."""
        parser.add_argument("numero", help="« 2026-77-003 », ou « B-12 » pour un brouillon")
        parser.add_argument("--sortie", required=True, metavar="FICHIER", type=Path, help="le PDF à écrire")

    def handle(self, *_: object, **options: Any) -> None:
        """Produit le PDF, puis le met à sa place d'un coup."""
        candidature = dossier(options["numero"])
        try:
            pdf = produire_pdf(document_de(candidature, avis=rendus(candidature)))
        except PdfImpossible as erreur:
            raise Arret(erreur.phrase) from erreur
        ecrire_d_un_coup(options["sortie"], pdf)


def ecrire_d_un_coup(sortie: Path, octets: bytes) -> None:
    """Écrit à côté, puis renomme : personne ne lit jamais un fichier à moitié écrit."""
    if not sortie.parent.is_dir():
        raise Arret(f"Le dossier « {sortie.parent} » n'existe pas.")
    with fichier_nomme(sortie):
        if sortie.exists() and not sortie.is_file():
            sortie.write_bytes(octets)  # un tube ou /dev/stdout ne se remplacent pas ; un dossier est refusé
            return
        provisoire = sortie.parent / f".pdf-{uuid4().hex}"
        try:
            provisoire.write_bytes(octets)
            provisoire.replace(sortie)
        finally:
            provisoire.unlink(missing_ok=True)
