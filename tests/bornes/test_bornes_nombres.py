"""Les nombres écrits en lettres, un par un jusqu'à 999, et ce qui n'est pas un seul nombre."""

from __future__ import annotations

import pytest

from candidatures.coherence.nombres import Compte, comptes, en_chiffres, entier

UNITES = (
    *(
        "zéro",
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
        "dix",
        "onze",
        "douze",
        "treize",
        "quatorze",
    ),
    *("quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
DIZAINES = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}


def en_lettres(nombre: int) -> str:
    """L'orthographe de 1990 : des traits d'union partout."""
    if nombre < 20:
        return UNITES[nombre]
    if nombre < 100:
        return _dizaines(*divmod(nombre, 10))
    centaines, reste = divmod(nombre, 100)
    cent = "cent" if centaines == 1 else f"{UNITES[centaines]}-cent"
    return f"{cent}-{en_lettres(reste)}" if reste else cent + "s" * (centaines > 1)


def _dizaines(dizaine: int, unite: int) -> str:
    if dizaine == 8:
        return f"quatre-vingt-{UNITES[unite]}" if unite else "quatre-vingts"
    if dizaine in (7, 9):
        return (
            "soixante-et-onze" if (dizaine, unite) == (7, 1) else f"{_dizaines(dizaine - 1, 0).rstrip('s')}-{UNITES[10 + unite]}"
        )
    return DIZAINES[dizaine] + ("" if not unite else "-et-un" if unite == 1 else f"-{UNITES[unite]}")


def ecritures(nombre: int) -> set[str]:
    """Avec des traits d'union, sans, comme avant 1990 (« cent vingt et un »), en capitales."""
    neuve = en_lettres(nombre)
    ancienne = neuve.replace("-et-", " et ").replace("cents-", "cents ").replace("cent-", "cent ").replace("-cent", " cent")
    return {neuve, neuve.replace("-", " "), ancienne, neuve.upper()}


def test_de_un_a_neuf_cent_quatre_vingt_dix_neuf() -> None:
    faux = {
        dit: lu
        for nombre in range(1, 1000)
        for dit in ecritures(nombre)
        if (lu := en_chiffres(f"{dit} ménages")) != f"{nombre} ménages"
    }
    assert faux == {}


@pytest.mark.parametrize(
    ("lettres", "chiffres"),
    [
        ("soixante-dix-neuf, quatre-vingts, quatre-vingt-un", "79, 80, 81"),
        ("quatre-vingt-dix-neuf, cent, cent un", "99, 100, 101"),
        ("neuf cent quatre-vingt-dix-neuf ; mille ; mille un ; mille et un", "999 ; 1000 ; 1001 ; 1000 et un"),
        ("deux mille ménages ; mille deux cents familles", "2000 ménages ; 1200 familles"),
        ("neuf cent quatre-vingt-dix-neuf mille", "999000"),
        ("entre trente et quarante ménages", "entre 30 et 40 ménages"),
        ("vingt-quatre et trente-six mois", "24 et 36 mois"),
        ("entre vingt et deux cents ménages", "entre 20 et 200 ménages"),
        ("vingt et douze ménages", "20 et 12 ménages"),
        ("de dix à vingt ménages", "de 10 à 20 ménages"),
        ("deux ou trois ménages", "2 ou 3 ménages"),
        ("un projet neuf, une équipe", "un projet neuf, une équipe"),
        ("un ménage, neuf ménages, une famille", "1 ménage, 9 ménages, 1 famille"),
        ("un deux-pièces, la quatre-vingtaine", "un deux-pièces, la quatre-vingtaine"),
    ],
)
def test_ou_commence_et_ou_finit_un_nombre(lettres: str, chiffres: str) -> None:
    assert en_chiffres(lettres) == chiffres


def test_une_plage_en_lettres_est_une_plage() -> None:
    (compte,) = comptes(en_chiffres("entre trente et quarante ménages"))
    assert (compte.mini, compte.maxi) == (30, 40)


@pytest.mark.parametrize(("valeur", "dedans"), [(28, False), (29, False), (30, True), (35, True), (36, False), (37, False)])
def test_une_plage_se_tient_a_l_unite_pres_bornes_exclues(valeur: int, dedans: bool) -> None:
    assert Compte(30, 35, "", "").contient(valeur) is dedans


@pytest.mark.parametrize(
    ("chiffres", "lu"), [("9" * 17, 10**17 - 1), ("9" * 18, 10**18 - 1), ("9" * 19, 10**18 - 1), ("14.253", 14253)]
)
def test_au_dela_de_dix_huit_chiffres_ce_n_est_plus_un_nombre(chiffres: str, lu: int) -> None:
    assert entier(chiffres) == lu
