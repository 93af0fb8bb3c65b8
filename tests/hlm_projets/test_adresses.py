"""{% url %} écrit ce qu'écrirait `reverse`, quels que soient ses arguments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

UUIDE = UUID("12345678-1234-5678-1234-567812345678")
CAS: list[tuple[str, tuple[Any, ...]]] = [
    ("accueil", ()),
    ("candidatures:fiche", (12,)),
    ("candidatures:fiche", ("12",)),
    ("candidatures:section", (12, "montage-financier")),
    ("candidatures:annexe", (UUIDE,)),
    ("candidatures:annexe", (str(UUIDE),)),
    ("avis:avis", (12, "departement", "2A")),
    ("avis:avis", (12, "departement", "é/&")),
]


@pytest.mark.parametrize(("route", "arguments"), CAS)
def test_la_meme_adresse_que_reverse(route: str, arguments: tuple[Any, ...]) -> None:
    try:
        attendue = reverse(route, args=arguments)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            ecrire(route, arguments)
    else:
        assert ecrire(route, arguments) == ecrire(route, arguments) == attendue


def ecrire(route: str, arguments: tuple[Any, ...]) -> str:
    noms = {f"a{rang}": argument for rang, argument in enumerate(arguments)}
    gabarit = Template(f"{{% autoescape off %}}{{% url route {' '.join(noms)} %}}{{% endautoescape %}}")
    return gabarit.render(Context({"route": route, **noms}))


def test_dans_une_variable() -> None:
    gabarit = Template("{% url 'candidatures:fiche' cle as ici %}[{{ ici }}]")
    assert gabarit.render(Context({"cle": 12})) == f"[{reverse('candidatures:fiche', args=[12])}]"


def test_des_arguments_nommes() -> None:
    assert Template("{% url 'candidatures:fiche' pk=12 %}").render(Context()) == reverse("candidatures:fiche", args=[12])


def test_une_route_inconnue_dans_une_variable_se_tait() -> None:
    """Comme Django : {% url … as … %} ne lève rien."""
    assert Template("{% url 'inconnue' as ici %}[{{ ici }}]").render(Context()) == "[]"
