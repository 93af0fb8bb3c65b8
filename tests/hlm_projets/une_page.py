"""Ce que toute page du site doit être, lue telle qu'elle est envoyée."""

from __future__ import annotations

import re

import html5lib
from django.urls import reverse

DU_PIED = ("plan_du_site", "accessibilite", "mentions_legales", "donnees_personnelles", "aide", "contact")
ANGLAIS = ("Sign", "Password", "Email", "Forgot", "Remember", "This field", "Log", "Required", "successfully")


def exiger_une_page(html: str) -> None:
    """HTML valide, en français, un titre, un seul h1, un contenu principal, le même pied partout, rien en ligne."""
    html5lib.HTMLParser(strict=True).parse(html)
    assert '<html lang="fr">' in html
    assert html.count("<h1") == 1
    assert html.count("<main ") == 1
    assert re.search(r"<title>[^<]+ – HLM Projets</title>", html)
    assert all(f'href="{reverse(nom)}"' in html for nom in DU_PIED)
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)|\son[a-z]+=|javascript:", html)
    assert not [mot for mot in ANGLAIS if re.search(rf">[^<]*\b{mot}\b", html)]
    exiger_les_references(html)


def exiger_les_references(html: str) -> None:
    """Identifiants uniques ; étiquettes, descriptions et liens internes mènent à des éléments qui existent."""
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    cites = re.findall(r'\sfor="([^"]+)"', html) + re.findall(r'href="#([^"]+)"', html)
    cites += [id_ for liste in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html) for id_ in liste.split()]
    assert set(cites) <= set(ids)
