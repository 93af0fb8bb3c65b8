"""Des formulaires d'une même classe se partagent leurs champs, et rien d'autre."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from avis.forms import formulaire_d_avis
from avis.models import AvisDepartemental
from candidatures.saisie.forms.section import formulaire_de
from candidatures.saisie.forms.tableaux import CLASSES
from candidatures.sections import SECTION_PAR_CODE
from hlm_projets.ecran.champs_partages import partager

pytestmark = pytest.mark.django_db


class Un(forms.Form):
    texte = forms.CharField()
    autre = forms.CharField(required=False)


def test_un_champ_se_regle_une_fois_pour_tous() -> None:
    partager(Un, {"texte": {"required": False, "aide": "Ici."}})
    premier, second = Un(), Un({"texte": ""})
    assert premier.fields["texte"] is second.fields["texte"]
    assert vars(second.fields["texte"])["aide"] == "Ici."
    assert second.is_valid()


def test_ajouter_ou_oter_un_champ_ne_regarde_que_ce_formulaire() -> None:
    premier = partager(Un)()
    premier.fields["neuf"] = forms.CharField()
    del premier.fields["autre"]
    assert list(Un().fields) == ["texte", "autre"]


def test_un_champ_qui_lit_la_base_est_recopie() -> None:
    """Sa requête garderait ce qu'elle a lu la première fois."""
    classe = formulaire_de(SECTION_PAR_CODE["projet"])
    premier, second = (classe().fields["departements"] for _ in range(2))
    assert premier is not second


@pytest.mark.parametrize("code", SECTION_PAR_CODE)
def test_les_erreurs_d_un_envoi_ne_restent_pas(code: str) -> None:
    classe = formulaire_de(SECTION_PAR_CODE[code])
    vierge = {nom: _dit(champ) for nom, champ in classe().fields.items() if nom != "departements"}
    envoye = classe(dict.fromkeys(vierge, "?" * 30000))
    assert envoye.errors
    str(envoye)
    assert {nom: _dit(champ) for nom, champ in classe().fields.items() if nom != "departements"} == vierge
    assert not classe().errors


@pytest.mark.parametrize("nom", CLASSES)
def test_les_rangees_d_un_tableau_ne_se_melangent_pas(nom: str) -> None:
    [cellule, *_] = CLASSES[nom].form.base_fields
    envoi = f"{nom}-TOTAL_FORMS=3&{nom}-INITIAL_FORMS=0&{nom}-0-{cellule}=A&{nom}-1-{cellule}=B&{nom}-2-DELETE=on"
    tableau: Any = CLASSES[nom](QueryDict(envoi), prefix=nom)
    assert [rangee[cellule].value() for rangee in tableau.forms] == ["A", "B", None]
    assert [rangee.est_a_retirer() for rangee in tableau.forms if rangee.is_valid()][-1] is True
    assert [rangee[cellule].html_name for rangee in tableau.forms] == [f"{nom}-{rang}-{cellule}" for rang in range(3)]


def test_l_avis_dit_ce_qui_est_exige() -> None:
    champs = formulaire_d_avis(AvisDepartemental()).fields
    assert [nom for nom, champ in champs.items() if vars(champ)["exige"]] == ["reproductibilite"]
    assert not any(champ.required for champ in champs.values())


def _dit(champ: forms.Field) -> dict[str, Any]:
    return {nom: valeur for nom, valeur in vars(champ).items() if nom not in ("widget", "validators")} | {
        "widget": dict(champ.widget.attrs)
    }
