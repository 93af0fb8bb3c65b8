"""Un mot de passe : long, pas connu de tous, pas fait des mots du site (V-34) ; aucune règle de composition."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from comptes.models import Utilisateur

LEA = Utilisateur(courriel="lea.martinez@exemple.fr", prenom="Léa", nom="Martinez")


@pytest.mark.parametrize(
    "mot_de_passe",
    [
        "quatre mots sans aucun rapport",
        "cheval agrafe pile correct",
        "aaaabbbbccccdd",
        "14 caractères!",
        "été à l'île d'Yeu",
        "🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊",
        "le bailleur mange une pomme verte",
        "x" * 128,
        "a b c d e f g h",
    ],
)
def test_ce_qui_convient(mot_de_passe: str) -> None:
    validate_password(mot_de_passe, LEA)


@pytest.mark.parametrize(
    "mot_de_passe",
    [
        "",
        "treize lettre",
        "hlmbailleurhlm",
        "HLM bailleur HLM 2026",
        "MotDePasse-Azerty",
        "passwordpassword",
        "leamartinez@exemple.fr",
        "lea.martinez@exemple",
    ],
)
def test_ce_qui_ne_convient_pas(mot_de_passe: str) -> None:
    with pytest.raises(ValidationError) as refus:
        validate_password(mot_de_passe, LEA)
    assert all(refus.value.messages)


@pytest.mark.parametrize("mot_de_passe", ["hlm 123456789 hlm", "azertyazerty123", "ddcs dreal ddcs", "password1234567"])
def test_les_mots_du_site_ne_comptent_pas(mot_de_passe: str) -> None:
    """Assez long, mais il n'en reste rien une fois ces mots ôtés."""
    with pytest.raises(ValidationError, match="mots attendus"):
        validate_password(mot_de_passe)


def test_les_consignes_sont_en_francais() -> None:
    textes = password_validators_help_texts()
    assert any("14" in texte for texte in textes)
    assert not any("password" in texte.lower() for texte in textes)
