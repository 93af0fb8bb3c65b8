"""Les composants : chaque état a son mot, chaque liste sait où l'on est."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import html5lib
import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from candidatures.etats import Etat


def rendre(source: str, **contexte: Any) -> str:
    """Un fragment valide."""
    html = Template("{% load composants %}" + source).render(Context(contexte))
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>t</title>{html}")
    return html


@dataclass
class Etape:
    """Une section, telle que la liste des étapes la lit."""

    numero: int
    titre: str
    niveau: str
    courante: bool = False
    url: str = "/s/"


def test_les_etapes_disent_leur_avancement_et_la_courante() -> None:
    etapes = [Etape(1, "Projet", "complete"), Etape(2, "Publics", "entamee", courante=True), Etape(3, "Durée", "vide")]
    html = rendre(
        "{% include 'composants/etapes.html' with titre='Les sections' etapes=etapes courante=courante only %}",
        etapes=etapes,
        courante=etapes[1],
    )
    assert "Étape 2 sur 3\N{NO-BREAK SPACE}: Publics" in html
    assert html.count('aria-current="step"') == 2  # la liste large, et la repliée
    html = re.sub(r"(?<=>)\s+|\s+(?=<)", "", html)  # l'espace contre une balise ne se voit pas ici
    for mot in ("complète", "entamée", "vide"):
        assert html.count(f'<span class="fr-sr-only">{mot}</span>') == 2


@pytest.mark.parametrize("etat", list(Etat))
def test_un_etat_a_son_mot(etat: Etat) -> None:
    html = rendre("{% include 'composants/etat.html' with etat=etat libelle=etat.label only %}", etat=etat)
    assert f">{etat.label}</span>" in html


@pytest.mark.parametrize(
    ("numero", "presents", "absents"),
    [(1, ["Suivante"], ["Précédente"]), (10, ["Précédente", "Suivante", "…"], []), (20, ["Précédente"], ["Suivante"])],
)
def test_la_pagination_garde_la_recherche(rf: RequestFactory, numero: int, presents: list[str], absents: list[str]) -> None:
    page = Paginator(range(400), 20).page(numero)
    requete = rf.get("/liste/", {"q": "été & co", "page": str(numero)})
    html = Template("{% include 'composants/pagination.html' with page=page only %}").render(
        RequestContext(requete, {"page": page})
    )
    assert all(mot in html for mot in presents)
    assert not any(mot in html for mot in absents)
    assert html.count('aria-current="page"') == 1
    assert html.count("q=%C3%A9t%C3%A9+%26+co&amp;page=") == html.count("href=")


def test_une_seule_page_n_a_pas_de_pagination() -> None:
    assert not rendre("{% include 'composants/pagination.html' with page=page only %}", page=Paginator([1], 20).page(1)).strip()


def test_le_fil_finit_par_la_page_courante() -> None:
    html = rendre("{% fil 'Mes candidatures' '/c/' nom '/c/1/' 'Publics' %}", nom="<i>Projet</i>")
    assert '<a href="/c/1/">&lt;i&gt;Projet&lt;/i&gt;</a>' in html
    assert '<li aria-current="page">Publics</li>' in html


@pytest.mark.parametrize("visible", [True, False])
def test_un_tableau_a_une_legende_et_defile_au_clavier(visible: bool) -> None:
    html = rendre(
        "{% tableau legende id='liste' visible=visible %}<tbody><tr><td>{{ texte }}</td></tr></tbody>{% endtableau %}",
        legende="Liste <1>",
        texte="<b>",
        visible=visible,
    )
    assert 'role="region" tabindex="0" aria-labelledby="liste-legende"' in html
    assert "Liste &lt;1&gt;</caption>" in html
    assert "<td>&lt;b&gt;</td>" in html
    assert ('class="fr-sr-only"' in html) is not visible


def test_un_message_d_echec_est_annonce() -> None:
    class Message:
        level_tag = "error"

        def __str__(self) -> str:
            return "<refusé>"

    html = rendre("{% include 'composants/messages.html' with messages=messages only %}", messages=[Message()])
    html = re.sub(r"\s+", " ", html)
    assert 'class="alerte alerte--erreur" role="alert"> <p>&lt;refusé&gt;</p>' in html
