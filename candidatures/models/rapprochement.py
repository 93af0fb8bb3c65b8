"""Ce qu'on garde d'un dossier déposé pour lui trouver ses semblables sans relire les textes des autres.

Deux textes se ressemblent par les suites de mots qu'ils partagent (`candidatures.coherence.rapprochements`) : chacune est gardée ici par sa
clé, un entier ; la base compte celles que deux dossiers ont en commun, et l'on ne lit que les dossiers qui en ont assez.
"""

from __future__ import annotations

import hashlib

from django.db import models

from territoires.models import cle_de_nom

MOTS_SUFFISANTS = 30
"""En dessous, deux textes se ressemblent par hasard."""
SUITE = 4
"""Mots d'affilée que deux textes doivent partager."""


def se_compare(texte: str) -> bool:
    """Faux d'un texte trop court."""
    return len(cle_de_nom(texte).split()) >= MOTS_SUFFISANTS


def suites(texte: str) -> set[tuple[str, ...]]:
    """Les suites de mots d'un texte, sans accents ni casse ; aucune s'il est trop court."""
    mots = cle_de_nom(texte).split()
    return {tuple(mots[rang : rang + SUITE]) for rang in range(len(mots) - SUITE + 1)} if len(mots) >= MOTS_SUFFISANTS else set()


def cle(texte: str) -> int:
    """Un entier de 64 bits, le même pour le même texte ; deux textes différents n'ont le même que par une chance infime."""
    return int.from_bytes(hashlib.blake2b(texte.encode(), digest_size=8).digest(), "big", signed=True)


def cle_du_projet(nom: str) -> int:
    """La clé d'un nom de projet, sans accents, ponctuation ni casse."""
    return cle(cle_de_nom(nom))


def cles_des_suites(texte: str) -> set[int]:
    """Les clés des suites de mots d'un texte."""
    return {cle(" ".join(suite)) for suite in suites(texte)}


class TexteCompare(models.Model):
    """Un dossier déposé, réduit à ce qui le compare : le nom du projet, et combien de suites de mots différentes a son texte."""

    candidature = models.OneToOneField(
        "candidatures.Candidature", models.CASCADE, primary_key=True, related_name="texte_compare", verbose_name="candidature"
    )
    nom = models.BigIntegerField("clé du nom du projet")
    nombre = models.PositiveIntegerField("nombre de suites de mots")

    class Meta:
        verbose_name = "texte comparé"
        indexes = (models.Index(fields=["nom"], name="texte_compare_nom"),)

    def __str__(self) -> str:
        return f"candidature {self.pk} : {self.nombre} suites de mots"


class SuiteDeMots(models.Model):
    """Une suite de mots d'un dossier déposé, par sa clé ; une ligne par suite différente."""

    pk = models.CompositePrimaryKey("texte", "cle")
    texte = models.ForeignKey(TexteCompare, models.CASCADE, db_index=False, related_name="suites", verbose_name="texte comparé")
    cle = models.BigIntegerField("clé")

    class Meta:
        verbose_name = "suite de mots"
        indexes = (models.Index(fields=["cle", "texte"], name="suite_de_mots_cle"),)

    def __str__(self) -> str:
        return f"{self.texte_id} : {self.cle}"
