"""Un champ rempli dans son moule est celui qu'écrirait son gabarit, et un moule ne retient aucun texte."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import Context

from hlm_projets.ecran import moules
from hlm_projets.ecran.champs_partages import partager
from hlm_projets.templatetags import champs
from tests.hlm_projets.test_champs_a_l_ecran import CHAMP, GABARIT, Cadre, Cout, Fourchette

HOSTILE = "</textarea><script>\"' & \ue000valeur\ue000 \ue000nom\ue000 \ue000rang\ue000"


class Remplie(Fourchette):
    """Une fourchette qui sait se lire : trois parties, séparées par des barres."""

    def decompress(self, value: Any) -> list[Any]:
        """« 43210|98765|an »."""
        return str(value).split("|") if value else [None, None, None]


@partager
class Moule(Cadre):
    """Les mêmes champs, partagés."""

    cout = Cout(label="Coût", required=False, widget=Remplie())
    courriel = forms.EmailField(label="Courriel", required=False)


REPONSES: list[dict[str, Any]] = [
    {},
    {"nom": "Un nom", "nom_precision": "dite", "sorte": "b", "case": True, "cout": "43210|98765|an", "courriel": "a@exemple.fr"},
    {"nom": "", "nom_precision": 0, "sorte": "", "case": False, "cout": "|15|", "courriel": None},
    {"nom": HOSTILE, "nom_precision": HOSTILE, "sorte": "a", "cout": f"{HOSTILE}|{HOSTILE}|", "courriel": HOSTILE},
    {"nom": "Un autre", "nom_precision": "0", "sorte": "inconnue", "cout": "||an", "options": ["a"]},
]


@pytest.mark.parametrize("nom", [nom for nom in Moule.base_fields if nom != "cache"])
def test_un_champ_rempli_est_celui_du_gabarit(nom: str) -> None:
    """Chaque réponse, deux fois, après toutes les autres."""
    for reponses in (*REPONSES, *reversed(REPONSES)):
        for prefixe in (None, "p"):
            form = Moule(initial=reponses, prefix=prefixe)
            assert moules.se_moule(form)
            assert CHAMP.render(Context({"field": form[nom]})) == GABARIT.render(Context({"field": form[nom]}))


def test_une_cellule_remplie_est_celle_qui_s_ecrit() -> None:
    for rang, reponses in enumerate((*REPONSES, *reversed(REPONSES)), start=1):
        form = Moule(initial=reponses, prefix=f"depenses-{rang}")
        ecrites = [champs._cellule(champ, rang) for champ in form.visible_fields()]
        assert list(champs.cellules(form, rang)) == ecrites


def test_un_formulaire_envoye_ne_se_moule_pas() -> None:
    form = Moule({"nom": "Tapé", "sorte": "z"})
    assert not moules.se_moule(form)
    assert "Tapé" in CHAMP.render(Context({"field": form["nom"]}))
    assert "champ--erreur" in CHAMP.render(Context({"field": form["sorte"]}))


def test_un_formulaire_aux_champs_a_lui_ne_se_moule_pas() -> None:
    assert not moules.se_moule(Cadre())


def test_un_champ_cache_garde_son_gabarit() -> None:
    assert 'type="hidden"' in CHAMP.render(Context({"field": Moule(initial={"cache": "x"})["cache"]}))


def test_un_moule_ne_retient_aucun_texte() -> None:
    moules._moules.clear()
    list(champs.cellules(Moule(initial=REPONSES[1]), 1))
    assert moules._moules
    gardes = "".join(f"{cle}{moule}" for cle, moule in moules._moules.items())
    assert not [texte for texte in ("Un nom", "dite", "43210", "98765", "a@exemple.fr") if texte in gardes]


def test_les_moules_gardes_sont_bornes() -> None:
    for rang in range(moules.MAXIMUM + 3):
        CHAMP.render(Context({"field": Moule(initial={"sorte": str(rang)})["sorte"]}))
    assert len(moules._moules) <= moules.MAXIMUM
