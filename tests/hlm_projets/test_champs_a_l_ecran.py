"""Le pack de formulaires : chaque champ a son étiquette, ses textes, ses erreurs, et n'empêche jamais d'enregistrer."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from hlm_projets.templatetags import champs
from tests.hlm_projets.une_page import exiger_les_references


class Fourchette(forms.MultiWidget):
    """De, à, unité."""

    libelles = ("De", "À", "Unité")

    def __init__(self) -> None:
        super().__init__(
            [forms.TextInput(), forms.TextInput({"maxlength": 9}), forms.Select(choices=[("", "Choisir"), ("an", "par an")])]
        )

    def decompress(self, value: Any) -> list[Any]:
        """Jamais de valeur initiale ici."""
        return [None, None, None]


class Cout(forms.MultiValueField):
    """Un montant, un autre, une unité."""

    widget = Fourchette

    def __init__(self, **options: Any) -> None:
        entier = forms.IntegerField(required=False)
        super().__init__(fields=(entier, entier, forms.CharField(required=False)), **options)

    def compress(self, data_list: list[Any]) -> list[Any]:
        """La liste telle quelle."""
        return data_list


class Fiche(forms.Form):
    """Un champ de chaque genre."""

    menages = forms.IntegerField(
        label="Nombre de ménages", help_text="consigne <officielle>", error_messages={"invalid": "Écrivez un nombre."}
    )
    menages_precision = forms.CharField(label="Précision", required=False, max_length=1000)
    dalo = forms.ChoiceField(label="DALO", choices=[("oui", "oui"), ("non", "non")], widget=forms.RadioSelect)
    offre = forms.BooleanField(label="Offre nouvelle", required=False)
    departements = forms.MultipleChoiceField(
        label="Départements", choices=[("77", "Seine-et-Marne")], widget=forms.CheckboxSelectMultiple
    )
    texte = forms.CharField(label="Méthodologie", required=False, max_length=20_000, widget=forms.Textarea)
    gestion = forms.ChoiceField(label="Gestion", required=False, choices=[("", "Choisir"), ("c", "classique")])
    piece = forms.FileField(label="Pièce", required=False)
    cout = Cout(label="Coût", required=False)
    jeton = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["texte"]
        champ.exige, champ.aide, champ.unite = True, "notre aide <ici>", "mots"


FAUTIVE = {"menages": "trente", "dalo": "peut-être", "cout_0": "abc"}


def rendre(formulaire: forms.Form) -> str:
    """Le formulaire, comme dans une page."""
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": formulaire}))
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>t</title><form>{html}</form>")
    exiger_les_references(html)
    return html


def balise(html: str, id_: str) -> str:
    """La balise ouvrante qui porte cet identifiant."""
    trouvee = re.search(rf'<[a-z]+ [^>]*\bid="{id_}"[^>]*>', html)
    assert trouvee, f"{id_} absent"
    return trouvee[0]


@pytest.mark.parametrize("donnees", [None, FAUTIVE])
def test_rien_n_empeche_d_enregistrer(donnees: dict[str, str] | None) -> None:
    html = rendre(Fiche(donnees))
    assert not re.search(r"\s(required|maxlength|minlength)\b", html)


def test_chaque_saisie_visible_a_une_etiquette() -> None:
    html = rendre(Fiche())
    saisies = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', html)
    assert len(saisies) == 12
    assert set(saisies) == set(re.findall(r'<label[^>]* for="([^"]+)"', html))


def test_les_groupes_ont_une_legende() -> None:
    html = rendre(Fiche())
    assert html.count("<fieldset") == html.count("<legend") == 3
    assert 'role="radiogroup" aria-required="true"' in balise(html, "id_dalo_groupe")
    assert "role=" not in balise(html, "id_departements_groupe")


@pytest.mark.parametrize(
    ("donnees", "id_", "descriptions"),
    [
        (None, "id_menages", "id_menages_helptext"),
        (FAUTIVE, "id_menages", "id_menages_helptext id_menages_error"),
        (None, "id_texte", "id_texte_aide id_texte_unite id_texte_compteur"),
        (FAUTIVE, "id_dalo_groupe", "id_dalo_error"),
        (FAUTIVE, "id_cout_0", "id_cout_error"),
    ],
)
def test_une_saisie_est_decrite(donnees: dict[str, str] | None, id_: str, descriptions: str) -> None:
    assert f'aria-describedby="{descriptions}"' in balise(rendre(Fiche(donnees)), id_)


def test_un_champ_sans_texte_n_est_pas_decrit() -> None:
    assert "aria-describedby" not in balise(rendre(Fiche()), "id_gestion")


def test_l_etoile_est_expliquee_et_dite() -> None:
    html = rendre(Fiche())
    assert "étoile (*)" in html
    assert html.count("champ__exige") == 4
    assert 'aria-required="true"' in balise(html, "id_texte")
    assert "aria-required" not in balise(html, "id_gestion")


def test_sans_rien_d_exige_l_etoile_n_est_pas_expliquee() -> None:
    class Libre(forms.Form):
        mot = forms.CharField(label="Mot", required=False)

    assert "étoile" not in rendre(Libre())


def test_la_consigne_et_l_aide_ne_se_confondent_pas() -> None:
    html = rendre(Fiche())
    assert '<div class="champ__consigne" id="id_menages_helptext">consigne &lt;officielle&gt;</div>' in html
    assert '<div class="champ__aide" id="id_texte_aide">notre aide &lt;ici&gt;</div>' in html


def test_une_precision_est_rattachee_a_son_champ() -> None:
    html = rendre(Fiche())
    assert "champ--precise" in html
    assert 'Précision<span class="fr-sr-only">\N{NO-BREAK SPACE}: Nombre de ménages</span>' in html


def test_le_compteur_ne_vient_qu_aux_textes_longs() -> None:
    assert "20\N{NO-BREAK SPACE}000 caractères au plus" in rendre(Fiche())
    assert re.findall(r'data-compteur="(\w+)"\s+data-maximum="(\d+)"', rendre(Fiche())) == [("id_texte", "20000")]


def test_un_champ_multiple_a_une_etiquette_par_partie() -> None:
    html = rendre(Fiche({"cout_0": "12", "cout_2": "an"}))
    for rang, libelle in enumerate(Fourchette.libelles):
        assert f'for="id_cout_{rang}">{libelle}</label>' in html
    assert 'value="12"' in balise(html, "id_cout_0")
    assert '<option value="an" selected>' in html


def test_le_resume_mene_a_chaque_faute() -> None:
    html = rendre(Fiche(FAUTIVE))
    resume = html[html.index('id="erreurs"') : html.index("legende-exige")]
    assert re.findall(r'href="#(\w+)"', resume) == ["id_menages", "id_dalo_0", "id_departements_0", "id_cout_0"]
    assert "4 réponses à corriger" in resume
    assert "Écrivez un nombre." in resume


def test_ce_qui_est_tape_revient_tel_quel() -> None:
    html = rendre(Fiche(FAUTIVE | {"texte": "<b>a</b>"}))
    assert 'value="trente"' in balise(html, "id_menages")
    assert "&lt;b&gt;a&lt;/b&gt;" in html


def test_un_jeu_se_remplit_en_tableau_et_dit_ses_fautes_par_ligne() -> None:
    jeu: Any = forms.formset_factory(Fiche, extra=0)(
        {"l-TOTAL_FORMS": "2", "l-INITIAL_FORMS": "2", "l-1-menages": "x"}, prefix="l"
    )
    jeu.is_valid()
    gabarit = Template(
        "{% load composants %}{% resume_erreurs jeu %}{% include 'composants/jeu.html' with jeu=jeu legende='Dépenses' id='d' only %}"
    )
    html = gabarit.render(Context({"jeu": jeu}))
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>t</title><form>{html}</form>")
    assert 'href="#id_l-1-menages">Ligne 2, Nombre de ménages</a>' in html
    assert 'name="l-TOTAL_FORMS"' in html
    assert '<label class="fr-sr-only" for="id_l-0-menages">Nombre de ménages, ligne 1</label>' in html


def test_une_mise_en_page_crispy_complete() -> None:
    formulaire = Fiche(FAUTIVE)
    assistant = FormHelper(formulaire)
    assistant.form_error_title = "Tout n’est pas enregistré"
    assistant.layout = Layout(
        Fieldset("Publics", "menages", "menages_precision", Row(Column("dalo"), Column("offre")), css_id="publics"),
        Submit("suite", "Enregistrer et continuer"),
    )
    assistant.add_input(Submit("rester", "Enregistrer"))
    assistant.render_unmentioned_fields = True
    html = render_crispy_form(formulaire, assistant, {"csrf_token": "jeton"})
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>t</title>{html}")
    exiger_les_references(html)
    assert " novalidate" in html
    assert "Tout n’est pas enregistré" in html
    assert '<legend class="groupe__titre">Publics</legend>' in html
    assert html.count('name="csrfmiddlewaretoken"') == 1
    assert html.count('<button type="submit"') == 2


# --- Le cadre gardé d'un champ -------------------------------------------------------------------------------------------------
CHAMP = Template("{% load champs %}{% champ field %}")
GABARIT = Template('{% include "dsfrcrispy/field.html" with field=field only %}')


class Cadre(forms.Form):
    """Un champ de chaque genre."""

    nom = forms.CharField(label="Nom", help_text="La consigne", max_length=2_500, widget=forms.Textarea)
    nom_precision = forms.CharField(label="Précision", required=False)
    sorte = forms.ChoiceField(label="Sorte", choices=[("a", "A"), ("b", "B")])
    options = forms.MultipleChoiceField(
        label="Options", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, required=False
    )
    case = forms.BooleanField(label="Case", required=False)
    cout = Cout(label="Coût", required=False)
    cache = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    "donnees",
    [
        None,
        {},
        {"nom": "Un nom", "sorte": "b", "case": "on"},
        {"nom": "Nom", "nom_precision": "La consigne"},
        {"nom": "</textarea><script>", "nom_precision": '"><b>', "options": ["a"]},
        {"nom": "x" * 2_501, "sorte": "z", "options": ["z"]},
    ],
    ids=["vierge", "vide", "rempli", "dit comme le cadre", "à échapper", "faux"],
)
@pytest.mark.parametrize("nom", list(Cadre.base_fields))
def test_un_champ_dans_son_cadre_est_celui_du_gabarit(nom: str, donnees: dict[str, Any] | None) -> None:
    """Le premier rendu, et les suivants, où le cadre est déjà gardé par une autre réponse."""
    for essai in (donnees, {"nom": "Autre", "sorte": "a"}, donnees):
        contexte = {"field": Cadre(essai)[nom]}
        assert CHAMP.render(Context(contexte)) == GABARIT.render(Context(contexte))


@pytest.mark.parametrize(
    "change",
    [
        {"label": "Autre"},
        {"help_text": "Une autre"},
        {"aide": "Par exemple"},
        {"unite": "€"},
        {"compteur": 40},
        {"maximum": 300},
        {"lignes_maximum": 3},
        {"exige": False},
    ],
    ids=str,
)
def test_un_champ_presente_autrement_a_un_autre_cadre(change: dict[str, Any]) -> None:
    for essai in ({}, change, {}):
        form = Cadre()
        if "maximum" in change:  # l'un ou l'autre compteur
            vars(form.fields["nom"]).update(max_length=None)
        for attribut, valeur in essai.items():
            setattr(form.fields["nom"], attribut, valeur)
        assert CHAMP.render(Context({"field": form["nom"]})) == GABARIT.render(Context({"field": form["nom"]}))


def test_les_cadres_gardes_sont_bornes() -> None:
    for rang in range(champs.CADRES_MAXIMUM + 3):
        CHAMP.render(Context({"field": Cadre(prefix=f"p{rang}")["nom"]}))
    assert len(champs._cadres) <= champs.CADRES_MAXIMUM
    assert not any("Un nom" in morceau for cadre in champs._cadres.values() for morceau in cadre)
