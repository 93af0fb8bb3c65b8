"""Les réglages : sûrs en production (G8), et une valeur fausse refusée au démarrage par une phrase."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from comptes.models import Utilisateur

PRODUCTION = {
    "HLM_SANS_ENV": "1",
    "SECRET_KEY": "une-cle-de-production-assez-longue-pour-etre-refusee-nulle-part",
    "ALLOWED_HOSTS": "exemple.fr",
    "SITE_URL": "https://exemple.fr",
    "DATABASE_URL": "postgres://hlm@localhost/hlm",
    "EMAIL_URL": "smtp+tls://u:p@localhost:587",
}
LIRE = """
import json, hlm_projets.settings as reglages
print(json.dumps({nom: valeur for nom, valeur in vars(reglages).items() if nom.isupper()}, default=str))
"""


def demarrer(dossier: Path, *commande: str, **environnement: str) -> subprocess.CompletedProcess[str]:
    """Un autre processus, avec cet environnement et rien d'autre."""
    herite = {nom: os.environ[nom] for nom in ("PATH", "HOME", "LANG") if nom in os.environ}
    return subprocess.run(
        [sys.executable, *(commande or ("-c", LIRE))],
        cwd=settings.RACINE,
        env={**herite, "VAR_DIR": str(dossier), **environnement},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Les réglages tels qu'un serveur les lit."""
    essai = demarrer(tmp_path_factory.mktemp("var"), **PRODUCTION)
    assert essai.returncode == 0, essai.stderr
    reglages: dict[str, Any] = json.loads(essai.stdout)
    return reglages


class TestProduction:
    @pytest.mark.parametrize(
        ("nom", "valeur"),
        [
            ("DEBUG", False),
            ("DEMONSTRATION", False),
            ("SECURE_SSL_REDIRECT", True),
            ("SECURE_HSTS_SECONDS", 365 * 24 * 3600),
            ("SECURE_HSTS_INCLUDE_SUBDOMAINS", True),
            ("SECURE_CONTENT_TYPE_NOSNIFF", True),
            ("SECURE_REFERRER_POLICY", "same-origin"),
            ("X_FRAME_OPTIONS", "DENY"),
            ("SESSION_COOKIE_SECURE", True),
            ("CSRF_COOKIE_SECURE", True),
            ("SESSION_COOKIE_HTTPONLY", True),
            ("CSRF_COOKIE_HTTPONLY", True),
            ("SESSION_COOKIE_SAMESITE", "Lax"),
            ("SESSION_COOKIE_NAME", "__Host-sessionid"),
            ("CSRF_COOKIE_NAME", "__Host-csrftoken"),
            ("SESSION_SERIALIZER", "django.contrib.sessions.serializers.JSONSerializer"),
            ("CSRF_FAILURE_VIEW", "hlm_projets.site.erreurs.csrf"),
            ("CSRF_TRUSTED_ORIGINS", ["https://exemple.fr"]),
            ("FILE_UPLOAD_PERMISSIONS", 0o640),
            ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 1000),
            ("TIME_ZONE", "Europe/Paris"),
            ("USE_TZ", True),
            ("LANGUAGE_CODE", "fr-fr"),
            ("ALLAUTH_TRUSTED_PROXY_COUNT", 0),
            ("SECURE_PROXY_SSL_HEADER", None),
            ("EMAIL_USE_TLS", True),
        ],
    )
    def test_reglage_sur(self, nom: str, valeur: Any, production: dict[str, Any]) -> None:
        assert production[nom] == valeur

    def test_la_base(self, production: dict[str, Any]) -> None:
        """Un groupe de connexions, donc aucune gardée par Django ; des délais ; aucune transaction ouverte pendant le rendu."""
        base = production["DATABASES"]["default"]
        assert (base["CONN_MAX_AGE"], base["CONN_HEALTH_CHECKS"], base.get("ATOMIC_REQUESTS", False)) == (0, True, False)
        assert base["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 8, "timeout": 5}
        assert base["OPTIONS"]["connect_timeout"] == 5
        for delai in ("statement_timeout=10000", "lock_timeout=5000", "idle_in_transaction_session_timeout=30000"):
            assert f"-c {delai}" in base["OPTIONS"]["options"]

    def test_les_mots_de_passe(self, production: dict[str, Any]) -> None:
        assert production["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
        controles = {v["NAME"].rpartition(".")[2]: v.get("OPTIONS", {}) for v in production["AUTH_PASSWORD_VALIDATORS"]}
        assert controles["MinimumLengthValidator"]["min_length"] >= 14
        assert {"CommonPasswordValidator", "UserAttributeSimilarityValidator", "MotsDuContexte"} <= set(controles)

    def test_ferme_par_defaut(self, production: dict[str, Any]) -> None:
        couches = production["MIDDLEWARE"]
        connexion = "hlm_projets.requete.saisie_rendue.ConnexionExigee"
        assert couches.index("comptes.seance.Authentification") < couches.index(connexion)
        assert couches[0] == "hlm_projets.requete.middleware.instant_de_reception"
        assert "django.contrib.admin" not in production["INSTALLED_APPS"]
        politique = production["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
        assert politique["default-src"] == ["'self'"]
        assert "unsafe" not in json.dumps(politique)


@pytest.mark.parametrize(
    ("nom", "valeur", "phrase"),
    [
        ("DEBUG", "peut-être", "attendu : 1 ou 0"),
        ("SECRET_KEY", "courte", "au moins 32 caractères"),
        ("SECRET_KEY", "", "au moins 32 caractères"),
        ("ALLOWED_HOSTS", " , ", "la liste des noms du site est exigée"),
        ("SITE_URL", "exemple.fr", "attendu : une adresse"),
        ("DATABASE_URL", "mysql://x/y", "attendu : sqlite"),
        ("DATABASE_URL", "n'importe quoi", "attendu : sqlite"),
        ("CONNEXIONS_MAX", "0", "attendu : un entier de 1 à 200"),
        ("CONNEXIONS_MAX", "huit", "attendu : un entier de 1 à 200"),
        ("EMAIL_URL", "pigeon://x", "n'est pas comprise"),
        ("MANDATAIRES", "-1", "attendu : un entier de 0 à 5"),
        ("ACCESSIBILITE_ETAT", "parfaite", "choisir parmi"),
        ("NIVEAU_JOURNAL", "BAVARD", "choisir parmi"),
        ("VAR_DIR", "/dev/null/var", "ce dossier ne peut pas être créé"),
        ("DEMONSTRATION", "1", "elle est refusée quand DEBUG est éteint"),
    ],
)
def test_une_valeur_fausse_est_refusee_par_une_phrase(nom: str, valeur: str, phrase: str, tmp_path: Path) -> None:
    essai = demarrer(tmp_path, **{**PRODUCTION, nom: valeur})
    assert essai.returncode != 0
    derniere = essai.stderr.strip().splitlines()[-1]
    assert f"Réglage {nom} : " in derniere
    assert phrase in derniere


def test_la_demonstration_s_ouvre_en_developpement(tmp_path: Path) -> None:
    essai = demarrer(tmp_path, HLM_SANS_ENV="1", DEBUG="1", DEMONSTRATION="oui")
    assert essai.returncode == 0, essai.stderr
    assert json.loads(essai.stdout)["DEMONSTRATION"] is True


@pytest.mark.django_db
def test_une_base_neuve_n_a_aucun_compte() -> None:
    """Ni compte d'usine, ni mot de passe convenu (V-36)."""
    assert not Utilisateur.objects.exists()
