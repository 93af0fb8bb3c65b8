"""Lire un PDF par son propre lecteur (qpdf). À n'appeler que dans la liseuse."""

from __future__ import annotations

from typing import BinaryIO

import pikepdf

from candidatures.annexes.fichiers.refus import FichierRefuse

ABIME = FichierRefuse("abime", "Ce PDF est abîmé, il ne s'ouvre pas. Enregistrez-le de nouveau, ou imprimez-le en PDF.")
CHIFFRE = FichierRefuse("chiffre", "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe.")
ACTIF = FichierRefuse(
    "actif", "Ce PDF contient un programme qui s'exécute à l'ouverture. Imprimez-le en PDF, et joignez le résultat."
)
JOINTS = FichierRefuse("joints", "Ce PDF contient des fichiers joints. Joignez chaque document à part.")


def reconnaitre(fichier: BinaryIO) -> str:
    """Un PDF qui s'ouvre sans mot de passe, a une page, ne lance rien et n'emporte rien. Lève FichierRefuse."""
    try:
        with pikepdf.open(fichier) as pdf:
            _controler(pdf)
    except pikepdf.PasswordError as erreur:
        raise CHIFFRE from erreur
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as erreur:
        raise ABIME from erreur
    return "pdf"


def _controler(pdf: pikepdf.Pdf) -> None:
    racine = pdf.Root
    if not len(pdf.pages):
        raise ABIME
    noms = racine.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in noms or "/AA" in racine or _lance(racine.get("/OpenAction")):
        raise ACTIF
    if "/EmbeddedFiles" in noms or "/AF" in racine:
        raise JOINTS
    for page in pdf.pages:
        _controler_la_page(page.obj)


def _controler_la_page(page: pikepdf.Object) -> None:
    """Une page agit aussi à son ouverture, et emporte aussi des fichiers : par un trombone posé sur elle."""
    if "/AA" in page:
        raise ACTIF
    if any(note.get("/Subtype") == "/FileAttachment" for note in page.get("/Annots", ())):
        raise JOINTS


def _lance(action: object) -> bool:
    """Vrai d'une action d'ouverture qui fait autre chose qu'aller à une page, ou qui en enchaîne une autre."""
    return isinstance(action, pikepdf.Dictionary) and (action.get("/S") != "/GoTo" or "/Next" in action)
