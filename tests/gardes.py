"""Les fautes attrapées pour tous les essais, sans que personne ait à y penser (branchées par `conftest.py`).

Chaque garde est elle-même essayée, sur une faute, par `test_gardes.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.base import Node

from avis.models import AvisFige
from candidatures.models import Evenement, Version
from comptes.models import Acte
from hlm_projets.journal import lever_declencheurs, poser_declencheurs

NOS_GABARITS = Path(settings.RACINE) / "templates"
NOS_APPLICATIONS = {"hlm_projets", "territoires", "comptes", "candidatures", "avis", "pilotage", "tests"}


class Faute(AssertionError):
    """Ce qu'une garde a trouvé."""


# --- Variable de gabarit inconnue ----------------------------------------------------------------------------------------
class VariableInconnue(str):
    """Mise à la place de `string_if_invalid` : vide pour les gabarits d'autrui, une faute pour les nôtres.

    Django demande d'abord si cette chaîne est vraie ; c'est là qu'on regarde de quel gabarit vient la variable.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        origine = next(_origines(sys._getframe(1)), None)
        if origine is not None and NOS_GABARITS in Path(origine).parents:
            raise Faute(f"Variable inconnue dans {origine} : {sys.exc_info()[1]}")
        return False


def _origines(cadre: FrameType | None) -> Iterator[str]:
    """Les gabarits en cours de rendu, du plus proche au plus lointain."""
    while cadre is not None:
        noeud = cadre.f_locals.get("self")
        if isinstance(noeud, Node) and getattr(noeud, "origin", None) is not None:
            yield noeud.origin.name
        cadre = cadre.f_back


# --- Jeton CSRF oublié ---------------------------------------------------------------------------------------------------
class FormulairesPost(HTMLParser):
    """Compte les formulaires POST d'une page, et ceux qui n'ont pas leur jeton."""

    def __init__(self) -> None:
        super().__init__()
        self.sans_jeton: list[str] = []
        self._ouvert: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Retient l'ouverture d'un formulaire, et son jeton."""
        valeurs = {nom: valeur or "" for nom, valeur in attrs}
        if tag == "form" and valeurs.get("method", "").lower() == "post":
            self._ouvert = valeurs.get("action", "")
        elif tag == "input" and valeurs.get("name") == "csrfmiddlewaretoken" and valeurs.get("value"):
            self._ouvert = None

    def handle_endtag(self, tag: str) -> None:
        """Un formulaire qui se ferme sans jeton est fautif."""
        if tag == "form" and self._ouvert is not None:
            self.sans_jeton.append(self._ouvert)
            self._ouvert = None


FORMULAIRE_POST = re.compile(r"<form\b[^>]*\bmethod=[\"']?post\b.*?</form\s*>", re.DOTALL | re.IGNORECASE)
"""Ce qu'il faut lire d'une page pour y chercher des jetons : la lire entière coûterait plus que la rendre."""


JETON = re.compile(r"<input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"\w+\">")
"""Tel que Django l'écrit : qui l'a n'est pas lu balise par balise."""


def exiger_les_jetons(reponse: Any) -> None:
    """Tout formulaire POST d'une page porte son jeton."""
    lecteur = FormulairesPost()
    lecteur.feed("".join(form for form in FORMULAIRE_POST.findall(texte_de(reponse)) if not JETON.search(form)))
    if lecteur.sans_jeton:
        raise Faute(f"Formulaire POST sans {{% csrf_token %}} : {lecteur.sans_jeton}")


def texte_de(reponse: Any) -> str:
    """Le texte d'une page ; vide pour un fichier ou un flux, qui n'ont pas de formulaire."""
    genre = reponse.get("Content-Type", "")
    lisible = any(mot in genre for mot in ("text/", "json", "xml")) and not reponse.streaming
    return reponse.content.decode(errors="replace") if lisible else ""


# --- Verrou sans « of » --------------------------------------------------------------------------------------------------
def exiger_of(of: tuple[str, ...], cadre: FrameType) -> None:
    """`select_for_update()` sans `of` verrouillerait aussi les lignes jointes ; Django lui-même en a le droit."""
    appelant: FrameType | None = cadre
    while appelant is not None and str(appelant.f_globals.get("__name__")) == "django.db.models.manager":
        appelant = appelant.f_back
    module = str(appelant.f_globals.get("__name__")) if appelant else ""
    if not of and module.partition(".")[0] in NOS_APPLICATIONS:
        raise Faute(f"select_for_update() sans « of » dans {module}")


# --- Vider la base -------------------------------------------------------------------------------------------------------
JOURNAUX = (Acte, AvisFige, Evenement, Version)


def tables_en_place() -> bool:
    """Faux quand un essai a défait les migrations."""
    return {m._meta.db_table for m in JOURNAUX} <= set(connection.introspection.table_names())


class JournauxOuverts:
    """Le temps d'un vidage de la base d'essai, les journaux en ajout seul se laissent effacer."""

    def __enter__(self) -> None:
        if tables_en_place():
            lever_declencheurs(*JOURNAUX)

    def __exit__(self, *_: object) -> None:
        if tables_en_place():
            poser_declencheurs(*JOURNAUX)
