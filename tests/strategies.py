"""Ce que hypothesis peut répondre à chaque rubrique, dans les bornes du formulaire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from candidatures.champs import Choix, Cout, Entier, OuiNon, Part, Texte, textes
from candidatures.champs import Montant as ChampMontant
from candidatures.champs.fourchettes import Fourchette, Unite
from candidatures.sections import CHAMPS

LETTRES = st.characters(codec="utf-8")


def un_texte(maximum: int = 60) -> st.SearchStrategy[str]:
    """Un texte déjà normalisé."""
    return st.text(LETTRES, max_size=maximum).map(textes.normaliser).filter(lambda texte: len(texte) <= maximum)


def un_montant(maximum: int = 5_000_000) -> st.SearchStrategy[Decimal]:
    """De 0 à `maximum`, à deux décimales."""
    return st.integers(0, maximum * 100).map(lambda centimes: Decimal(centimes).scaleb(-2))


@st.composite
def une_fourchette(tirer: st.DrawFn) -> Fourchette | None:
    """De … à …, dans l'ordre ; l'un, l'autre ou les deux peuvent manquer."""
    minimum, maximum = sorted([tirer(un_montant()), tirer(un_montant())])
    bornes = tirer(st.sampled_from([(None, None), (minimum, None), (None, maximum), (minimum, maximum)]))
    return Fourchette(*bornes, tirer(st.sampled_from([None, *Unite.values]))) or None


def une_reponse(champ: Any) -> st.SearchStrategy[Any]:
    """Une réponse à ce champ, ou rien."""
    if isinstance(champ, Texte):
        return un_texte()
    if isinstance(champ, Entier):
        return st.none() | st.integers(champ.mini, champ.maxi)
    if isinstance(champ, OuiNon):
        return st.sampled_from([True, False, None])
    if isinstance(champ, Choix):
        return st.sampled_from(["", *(code for code, _ in champ.cases)])
    if isinstance(champ, Cout):
        return une_fourchette()
    assert isinstance(champ, ChampMontant)
    return st.none() | un_montant(100 if isinstance(champ, Part) else 5_000_000)


def des_reponses() -> st.SearchStrategy[dict[str, Any]]:
    """Toute une fiche."""
    return st.fixed_dictionaries({nom: une_reponse(champ) for nom, champ in CHAMPS.items()})
