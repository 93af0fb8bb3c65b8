"""L'unique chemin d'un courriel : inscrit dans la transaction de l'appelant, envoyé plus tard par le travailleur.

Chaque application écrit son `courriels.py` : un courriel est une fonction, et une paire de gabarits du même nom.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.template import Context, Engine
from django.utils.text import Truncator

from hlm_projets.models import Courriel
from hlm_projets.requete.middleware import maintenant

LONGUEUR_VALEUR = 200
ADRESSE_WEB = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
LIGNES_VIDES = re.compile(r"\n\s*\n\s*\n")

Valeur = str | int | Sequence[str]


class Lien(str):
    """Une adresse du site, écrite telle quelle ; toute autre chaîne est tenue pour une saisie d'utilisateur."""

    __slots__ = ()


def lien(chemin: str) -> Lien:
    """L'adresse complète d'un chemin du site (« /candidatures/12/ »)."""
    return Lien(settings.SITE_URL + chemin)


def inscrire(nom: str, destinataire: str, contexte: Mapping[str, Valeur], *, cle: str, secret: bool = False) -> Courriel:
    """Inscrit un courriel rendu par `courriels/<nom>_objet.txt` et `courriels/<nom>_corps.txt`.

    `cle` nomme l'évènement (« candidature:12:depot ») : pour un même nom, évènement et destinataire, la première inscription est
    rendue telle quelle. Le contexte ne porte que des textes, des nombres et des listes de textes ; chaque texte y devient une
    ligne d'au plus 200 caractères sans adresse web, sauf un `Lien`. `secret` efface le corps de la base dès l'envoi commencé.
    Lève TypeError pour une autre valeur : un objet donnerait au gabarit des champs non nettoyés.
    """
    propre = {"site": settings.SITE} | {clef: _nettoyer(valeur) for clef, valeur in contexte.items()}
    instant = maintenant()
    champs = {
        "nom": nom,
        "destinataire": destinataire,
        "objet": une_ligne(_rendre(f"{nom}_objet", propre), 200),
        "corps": _aerer(_rendre(f"{nom}_corps", propre)),
        "secret": secret,
        "cree_le": instant,
        "a_partir_de": instant,
    }
    return Courriel.objects.get_or_create(cle=f"{nom}:{cle}:{destinataire}", defaults=champs)[0]


def une_ligne(texte: str, longueur: int = LONGUEUR_VALEUR) -> str:
    """Le texte sur une ligne, sans caractère invisible, coupé par « … » à `longueur` caractères."""
    ligne = " ".join(texte.split())
    visible = "".join(c for c in ligne if not unicodedata.category(c).startswith("C"))
    return Truncator(visible).chars(longueur, truncate="…")


def _nettoyer(valeur: Valeur) -> Valeur:
    """Une saisie ne peut ni ajouter d'en-tête ni glisser une adresse que la messagerie rendrait cliquable (F-44)."""
    if isinstance(valeur, Lien | int):
        return valeur
    if isinstance(valeur, str):
        return une_ligne(ADRESSE_WEB.sub("[adresse retirée]", valeur))
    if isinstance(valeur, list | tuple):
        return [str(_nettoyer(element)) for element in valeur]
    raise TypeError(f"Un courriel ne reçoit que des textes, des nombres et des listes de textes, pas {type(valeur)}.")


def _rendre(nom: str, contexte: Mapping[str, object]) -> str:
    """Le gabarit en texte brut : rien n'est échappé, les apostrophes restent des apostrophes."""
    gabarit = Engine.get_default().get_template(f"courriels/{nom}.txt")
    return gabarit.render(Context(dict(contexte), autoescape=False))


def _aerer(corps: str) -> str:
    return LIGNES_VIDES.sub("\n\n", corps.replace("\r\n", "\n")).strip() + "\n"
