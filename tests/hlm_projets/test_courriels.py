"""Inscrire un courriel : ses deux gabarits, ses saisies nettoyées, sa clé, la transaction de l'appelant (F-44)."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from hlm_projets.envoi.courriels import Lien, Valeur, inscrire, lien
from hlm_projets.models import Courriel

OBJET = "Candidature\n{{ projet }}\n"
CORPS = """{% if absent %}jamais{% endif %}


Le projet « {{ projet }} » est déposé.
{% for manque in manques %}
- {{ manque }}{% endfor %}

{{ adresse }}
{% include "courriels/_pied.txt" with site=site only %}
"""


@pytest.fixture(autouse=True)
def gabarits(settings: Settings, tmp_path: Path) -> None:
    """La paire de gabarits « essai », à côté de celles du projet."""
    (tmp_path / "courriels").mkdir()
    (tmp_path / "courriels" / "essai_objet.txt").write_text(OBJET)
    (tmp_path / "courriels" / "essai_corps.txt").write_text(CORPS)
    reglage: dict[str, Any] = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**reglage, "DIRS": [*reglage["DIRS"], tmp_path]}]


def inscrire_essai(projet: str = "L'Escale", *, cle: str = "depot:12", **reste: Valeur) -> Courriel:
    contexte: dict[str, Valeur] = {"projet": projet, "absent": "", "manques": [], "adresse": "", **reste}
    return inscrire("essai", "lea@exemple.fr", contexte, cle=cle)


@pytest.mark.django_db
def test_le_courriel_est_rendu_par_sa_paire_de_gabarits(settings: Settings) -> None:
    courriel = inscrire_essai(manques=["les publics", "la durée"], adresse=lien("/candidatures/12/"))
    assert courriel.objet == "Candidature L'Escale"
    assert courriel.corps.startswith("Le projet « L'Escale » est déposé.\n\n- les publics\n- la durée\n")
    assert f"\n\n{settings.SITE_URL}/candidatures/12/\n" in courriel.corps
    assert courriel.corps.endswith("merci de ne pas y répondre.\n")
    assert (courriel.envoye_le, courriel.reserve_le, courriel.essais) == (None, None, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("saisie", "ecrit"),
    [
        ("A\r\nBcc: pirate@exemple.fr", "A Bcc: pirate@exemple.fr"),
        ("A\u2028B\x0bC\x85D", "A B C D"),
        ("mot\u202eexe.fdp\x00", "motexe.fdp"),
        ("<b>Tom & Jerry</b>", "<b>Tom & Jerry</b>"),
        ("Cliquez https://pirate.example/x?y ici", "Cliquez [adresse retirée] ici"),
        ("HTTP://PIRATE www.pirate.example", "[adresse retirée] [adresse retirée]"),
        ("x" * 201, "x" * 199 + "…"),
        ("x" * 200, "x" * 200),
    ],
)
def test_une_saisie_hostile_reste_une_ligne_inoffensive(saisie: str, ecrit: str) -> None:
    courriel = inscrire_essai(saisie)
    assert f"« {ecrit} »" in courriel.corps
    assert "\n" not in courriel.objet
    assert len(courriel.objet) <= 200
    assert courriel.objet.startswith(f"Candidature {ecrit}"[:199])


@pytest.mark.django_db
def test_seul_un_lien_du_site_garde_son_adresse() -> None:
    assert "https://exemple.fr/a" in inscrire_essai(adresse=Lien("https://exemple.fr/a")).corps
    assert "https://" not in inscrire_essai(cle="autre", adresse="https://exemple.fr/a").corps.split("-- ")[0]


@pytest.mark.django_db
def test_une_liste_est_nettoyee_element_par_element() -> None:
    assert "- a b\n- [adresse retirée]\n" in inscrire_essai(manques=["a\nb", "http://x"]).corps


@pytest.mark.django_db
def test_un_objet_est_refuse_dans_le_contexte() -> None:
    with pytest.raises(TypeError, match="Courriel"):
        inscrire_essai(adresse=Courriel())  # type: ignore[arg-type]  # c'est le cas refusé


@pytest.mark.django_db
def test_un_courriel_sans_gabarit_est_une_faute() -> None:
    with pytest.raises(TemplateDoesNotExist):
        inscrire("inconnu", "lea@exemple.fr", {}, cle="1")


@pytest.mark.django_db
def test_le_meme_evenement_n_est_inscrit_qu_une_fois_par_destinataire() -> None:
    premier = inscrire_essai("Premier")
    assert inscrire_essai("Second") == premier
    assert inscrire_essai(cle="depot:13") != premier
    assert (
        inscrire("essai", "paul@exemple.fr", {"projet": "", "absent": "", "manques": [], "adresse": ""}, cle="depot:12")
        != premier
    )
    assert Courriel.objects.count() == 3


@pytest.mark.django_db
def test_rien_n_est_inscrit_quand_l_appelant_renonce() -> None:
    with transaction.atomic():
        inscrire_essai()
        transaction.set_rollback(True)
    assert not Courriel.objects.exists()


@pytest.mark.django_db
def test_inscrire_deux_fois_ne_casse_pas_la_transaction_de_l_appelant() -> None:
    inscrire_essai()
    with transaction.atomic():
        inscrire_essai()
        assert Courriel.objects.count() == 1
