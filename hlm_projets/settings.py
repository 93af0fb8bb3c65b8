"""Les réglages, en un seul fichier : tout vient de l'environnement, une valeur fausse est refusée au démarrage.

Les variables sont décrites dans `docs/installation.md`.
"""

from __future__ import annotations

import os
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hlm_projets.environnement import Environnement

django_stubs_ext.monkeypatch()  # les classes génériques de Django s'écrivent avec leurs types

RACINE = Path(__file__).resolve().parent.parent

if not os.environ.get("HLM_SANS_ENV"):
    environ.Env.read_env(RACINE / ".env")
env = Environnement(dict(os.environ))

# --- Le lieu ---------------------------------------------------------------------------------------------------------
DEBUG = env.booleen("DEBUG")
DEMONSTRATION = env.booleen("DEMONSTRATION")
if DEMONSTRATION and not DEBUG:
    raise ImproperlyConfigured(
        "Réglage DEMONSTRATION : la démonstration ouvre des comptes sans mot de passe ; elle est refusée quand DEBUG est éteint."
    )
SECRET_KEY = env.texte("SECRET_KEY", "cle-de-developpement-sans-valeur" if DEBUG else "")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("Réglage SECRET_KEY : une clé secrète d'au moins 32 caractères est exigée quand DEBUG est éteint.")
SECRET_KEY_FALLBACKS = env.liste("SECRET_KEY_FALLBACKS")
SITE_URL = env.url("SITE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.liste("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEBUG else "")
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Réglage ALLOWED_HOSTS : la liste des noms du site est exigée quand DEBUG est éteint.")
VAR_DIR = env.dossier("VAR_DIR", RACINE / "var")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Ce qui est dit du site (pages légales, pied de page) --------------------------------------------------------------
SITE = {
    "nom": "HLM Projets",
    "url": SITE_URL,
    "etat": env.booleen("SITE_ETAT"),
    "editeur": env.texte("EDITEUR"),
    "directeur_publication": env.texte("DIRECTEUR_PUBLICATION"),
    "hebergeur": env.texte("HEBERGEUR"),
    "contact_courriel": env.texte("CONTACT_COURRIEL"),
    "contact_telephone": env.texte("CONTACT_TELEPHONE"),
    "contact_adresse": env.texte("CONTACT_ADRESSE"),
    "dpo_courriel": env.texte("DPO_COURRIEL"),
    "accessibilite_etat": env.texte(
        "ACCESSIBILITE_ETAT", "non conforme", parmi=("non conforme", "partiellement conforme", "totalement conforme")
    ),
    "accessibilite_audit": env.texte("ACCESSIBILITE_AUDIT"),
    "demonstration": DEMONSTRATION,
}

# --- Applications ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "widget_tweaks",
    "dsfr",
    "crispy_forms",
    "django_filters",
    "csp",
    "rules",
    "hlm_projets.apps.HlmProjetsConfig",
    "territoires.apps.TerritoiresConfig",
    "comptes.apps.ComptesConfig",
    "candidatures.apps.CandidaturesConfig",
    "avis.apps.AvisConfig",
    "pilotage.apps.PilotageConfig",
]

MIDDLEWARE = [
    "hlm_projets.requete.middleware.instant_de_reception",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "comptes.seance.Authentification",
    "hlm_projets.requete.saisie_rendue.ConnexionExigee",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hlm_projets.requete.middleware.jamais_en_cache",
]

ROOT_URLCONF = "hlm_projets.urls"
WSGI_APPLICATION = "hlm_projets.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "hlm_projets.site.context_processors.site",
            ],
            "builtins": ["hlm_projets.templatetags.adresses"],
        },
    }
]
FORM_RENDERER = "hlm_projets.ecran.rendu.Rendu"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["dsfrcrispy"]
CRISPY_TEMPLATE_PACK = "dsfrcrispy"
CRISPY_FAIL_SILENTLY = False
DSFR_MARK_OPTIONAL_FIELDS = True

# --- Bases -------------------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_base = env.base("DATABASE_URL", f"sqlite:///{VAR_DIR / 'hlm.sqlite3'}")
if _base["ENGINE"].endswith("sqlite3"):
    if _base["NAME"] != ":memory:":
        _base["NAME"] = str(RACINE / _base["NAME"])  # un chemin relatif part de la racine, d'où qu'on lance la commande
    # IMMEDIATE : deux écritures simultanées s'attendent au lieu d'échouer à la promotion du verrou.
    _base["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL",
    }
else:
    _base["CONN_HEALTH_CHECKS"] = True
    _base["CONN_MAX_AGE"] = 0  # exigé avec un groupe de connexions
    _base["OPTIONS"] = {
        **_base.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.entier("CONNEXIONS_MAX", 8, mini=1, maxi=200), "timeout": 5},
        "connect_timeout": 5,
        "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
    }
DATABASES = {"default": _base}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_hlm"},
    # Ce que chaque processus garde des fiches scellées qu'il a montrées : 25 Ko l'une, 10 Mo au plus (décision 14).
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}

# --- Comptes -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("prenom", "nom", "courriel")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "comptes.connexion.mots_de_passe.MotsDuContexte"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil"
LOGOUT_REDIRECT_URL = "accueil"
ACCOUNT_ADAPTER = "comptes.connexion.adapter.Adaptateur"
ACCOUNT_FORMS = {
    "login": "comptes.connexion.forms.FormulaireDeConnexion",
    "reset_password": "comptes.connexion.forms.FormulaireDOubli",
    "change_password": "comptes.connexion.forms.FormulaireDeChangement",
    "reset_password_from_key": "comptes.connexion.forms.FormulaireDeRemplacement",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "courriel"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/ip,10/15m/key", "reset_password": "5/h/ip,5/h/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.entier("MANDATAIRES", 0, maxi=5)

# --- Langue et heure ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr-fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# --- Fichiers et statiques ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [RACINE / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "fichiers"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "hlm_projets.statiques.Statiques"
    },
}
FILE_UPLOAD_HANDLERS = [
    "hlm_projets.requete.televersement.EnvoiBorne",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
CLAMD_SOCKET = env.texte("CLAMD_SOCKET")  # la prise locale de clamd ; vide : les annexes ne sont pas analysées, le site le dit
SANS_ANTIVIRUS = env.booleen("SANS_ANTIVIRUS")
if CLAMD_SOCKET and not CLAMD_SOCKET.startswith("/"):
    raise ImproperlyConfigured(
        "Réglage CLAMD_SOCKET : le chemin complet de la prise de clamd est attendu, comme /run/clamav/clamd.ctl."
    )
if CLAMD_SOCKET and SANS_ANTIVIRUS:
    raise ImproperlyConfigured("Réglages CLAMD_SOCKET et SANS_ANTIVIRUS : l'un ou l'autre.")

# --- Courriels ---------------------------------------------------------------------------------------------------------
_courriel = env.courriel("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = _courriel["EMAIL_BACKEND"]
EMAIL_HOST = _courriel.get("EMAIL_HOST") or ""
EMAIL_PORT = _courriel.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _courriel.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _courriel.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_courriel.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_courriel.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = "/" + _courriel["EMAIL_FILE_PATH"].lstrip("/") if _courriel.get("EMAIL_FILE_PATH") else None
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.texte("COURRIEL_EXPEDITEUR", "HLM Projets <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Sécurité ----------------------------------------------------------------------------------------------------------
SECURISE = env.booleen("SECURISE", not DEBUG)
SECURE_SSL_REDIRECT = SECURISE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURISE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURISE
SECURE_HSTS_PRELOAD = SECURISE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.booleen("DERRIERE_MANDATAIRE_TLS") else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURISE
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURISE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURISE else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "comptes.seance"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_FAILURE_VIEW = "hlm_projets.site.erreurs.csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Journal technique -------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {
        "handlers": ["console"],
        "level": env.texte("NIVEAU_JOURNAL", "WARNING", parmi=("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
