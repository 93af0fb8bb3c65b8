"""Les pages ouvertes à tous, les pages d'erreur, la sonde : ce que lit une personne qui n'a pas encore de compte."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from hlm_projets.requete import verifications
from hlm_projets.site import erreurs, pages
from tests.fabriques import MOT_DE_PASSE, une_personne
from tests.hlm_projets.une_page import exiger_une_page

OUVERTES = (
    "accueil",
    *("mentions_legales", "donnees_personnelles", "accessibilite", "plan_du_site", "aide", "contact"),
    *("account_login", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done"),
)


def texte(reponse: Any) -> str:
    """La page, espaces insécables comprises."""
    return str(reponse.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("nom", OUVERTES)
def test_une_page_ouverte_se_lit_sans_compte(client: Client, nom: str) -> None:
    reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    exiger_une_page(texte(reponse))


@pytest.mark.django_db
def test_chaque_page_a_son_titre(client: Client) -> None:
    titres = [re.findall(r"<title>(.*?)</title>", texte(client.get(reverse(nom))))[0] for nom in OUVERTES]
    assert len(set(titres)) == len(OUVERTES)


@pytest.mark.django_db
@pytest.mark.parametrize("nom", [nom for nom in OUVERTES if not nom.startswith("account")])
def test_une_page_ouverte_ne_s_ecrit_pas(client: Client, nom: str) -> None:
    assert client.post(reverse(nom)).status_code == 405


@pytest.mark.django_db
def test_rien_ne_vient_d_ailleurs(client: Client) -> None:
    ressources = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', texte(client.get(reverse("accueil"))))
    assert ressources
    assert all(adresse.startswith("/static/") for adresse in ressources)


@pytest.mark.django_db
@pytest.mark.parametrize("etat", [False, True])
def test_la_marque_de_l_etat_attend_son_reglage(client: Client, settings: LazySettings, etat: bool) -> None:
    settings.SITE = settings.SITE | {"etat": etat}
    html = texte(client.get(reverse("accueil")))
    assert ("fr-logo" in html) is etat
    assert ("css/fonte.css" in html) is not etat


# --- Mentions tirées des réglages -------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reglage", "nom"),
    [
        ("editeur", "mentions_legales"),
        ("directeur_publication", "mentions_legales"),
        ("hebergeur", "mentions_legales"),
        ("contact_courriel", "contact"),
        ("contact_telephone", "contact"),
        ("contact_adresse", "mentions_legales"),
        ("dpo_courriel", "donnees_personnelles"),
        ("accessibilite_audit", "accessibilite"),
    ],
)
def test_une_mention_vient_des_reglages(client: Client, settings: LazySettings, reglage: str, nom: str) -> None:
    settings.SITE = settings.SITE | {reglage: "mention <b>7</b>"}
    assert "mention &lt;b&gt;7&lt;/b&gt;" in texte(client.get(reverse(nom)))


@pytest.mark.django_db
def test_sans_reglage_les_mentions_le_disent(client: Client) -> None:
    assert texte(client.get(reverse("mentions_legales"))).count("par l’exploitant du site") == 4


@pytest.mark.django_db
def test_la_licence_du_code_est_dite_au_pied_de_page_et_dans_les_mentions(client: Client) -> None:
    assert texte(client.get(reverse("accueil"))).count("Code source sous licence EUPL 1.2") == 1
    assert texte(client.get(reverse("mentions_legales"))).count("Code source sous licence EUPL 1.2") == 2


def test_les_mentions_vides_sont_signalees_a_l_exploitant(settings: LazySettings) -> None:
    settings.SITE = settings.SITE | dict.fromkeys(verifications.MENTIONS, "renseigné") | {"hebergeur": ""}
    assert [avertissement.msg.split(" : ")[0] for avertissement in verifications.mentions_a_completer()] == ["Réglage HEBERGEUR"]


@pytest.mark.django_db
@pytest.mark.parametrize("etat", ["non conforme", "partiellement conforme"])
def test_l_accessibilite_est_dite_partout(client: Client, settings: LazySettings, etat: str) -> None:
    settings.SITE = settings.SITE | {"accessibilite_etat": etat}
    assert f"Accessibilité : {etat}".replace(" :", "\N{NO-BREAK SPACE}:") in texte(client.get(reverse("accueil")))


@pytest.mark.django_db
def test_la_declaration_d_accessibilite_a_ses_rubriques(client: Client) -> None:
    html = texte(client.get(reverse("accessibilite")))
    for rubrique in (
        "État de conformité",
        "Résultats des tests",
        "Non-conformités",
        "Dérogations",
        "Voies de recours",
        "Défenseur des droits",
    ):
        assert rubrique in html


# --- Connexion ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nom", "champs", "fautes"),
    [
        ("account_login", {"login": "x"}, ["n&#x27;est pas complète", "Indiquez votre mot de passe."]),
        ("account_login", {"login": "a@b.fr", "password": "faux"}, ["incorrects"]),
        ("account_reset_password", {"email": ""}, ["Indiquez votre adresse électronique."]),
    ],
)
def test_une_saisie_refusee_dit_pourquoi(client: Client, nom: str, champs: dict[str, str], fautes: list[str]) -> None:
    html = texte(client.post(reverse(nom), champs))
    exiger_une_page(html)
    assert "<title>Erreur : " in html
    assert 'id="erreurs"' in html
    assert all(faute in html for faute in fautes)


@pytest.mark.django_db
def test_les_champs_de_connexion_se_completent_seuls(client: Client) -> None:
    html = texte(client.get(reverse("account_login")))
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert "placeholder" not in html
    assert " required" not in html


@pytest.mark.django_db
def test_changer_de_mot_de_passe(client: Client) -> None:
    personne = une_personne()
    client.force_login(personne)
    url = reverse("account_change_password")
    assert texte(client.get(url)).count('autocomplete="new-password"') == 2
    refus = texte(client.post(url, {"oldpassword": "faux", "password1": "court", "password2": "autre"}))
    exiger_une_page(refus)
    assert "Ce mot de passe est trop court" in refus
    assert "<title>Erreur : " in refus
    nouveau = "encore quatre mots bien choisis"
    client.post(url, {"oldpassword": MOT_DE_PASSE, "password1": nouveau, "password2": nouveau})
    personne.refresh_from_db()
    assert personne.check_password(nouveau)


@pytest.mark.django_db
def test_une_personne_sans_habilitation_sait_quoi_faire(client: Client) -> None:
    client.force_login(une_personne())
    html = texte(client.get(reverse("accueil")))
    exiger_une_page(html)
    assert "Aucune habilitation" in html
    assert "Se déconnecter" in html


# --- Erreurs -----------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("vue", "statut"),
    [(erreurs.acces_refuse, 403), (erreurs.introuvable, 404), (erreurs.trop_de_requetes, 429), (erreurs.csrf, 403)],
)
def test_une_page_d_erreur_est_une_page(rf: RequestFactory, vue: Callable[[HttpRequest], HttpResponse], statut: int) -> None:
    reponse = vue(rf.get("/"))
    assert reponse.status_code == statut
    exiger_une_page(texte(reponse))


@pytest.mark.parametrize("panne", [None, ValueError("secret"), OperationalError("secret")])
def test_une_panne_s_affiche_sans_la_base(rf: RequestFactory, panne: Exception | None) -> None:
    """Sans la marque django_db, lire la base serait une faute."""
    try:
        raise panne or ValueError
    except Exception:
        reponse = erreurs.erreur_serveur(rf.get("/"))
    assert reponse.status_code == (503 if isinstance(panne, OperationalError) else 500)
    assert "secret" not in texte(reponse)
    exiger_une_page(texte(reponse))


@pytest.mark.django_db
def test_une_adresse_inconnue(client: Client) -> None:
    reponse = client.get("/nulle-part/")
    assert reponse.status_code == 404
    assert "Il n’y a rien à cette adresse" in texte(reponse)


def test_un_hote_inconnu_est_refuse_sans_la_base(client: Client) -> None:
    reponse = client.get("/", headers={"host": "mal.exemple"})
    assert reponse.status_code == 400
    exiger_une_page(texte(reponse))


@pytest.mark.django_db
def test_un_envoi_trop_gros_le_dit(client: Client) -> None:
    trop = {f"c{rang}": "" for rang in range((settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0) + 1)}
    reponse = client.post(reverse("account_login"), trop)
    assert reponse.status_code == 413
    exiger_une_page(texte(reponse))


@pytest.mark.django_db
def test_un_jeton_perime_rend_la_main() -> None:
    reponse = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a@b.fr"})
    assert reponse.status_code == 403
    assert "Votre envoi n’a pas été enregistré" in texte(reponse)


@pytest.mark.django_db
def test_trop_d_essais_est_dit(client: Client) -> None:
    statuts = [client.post(reverse("account_reset_password"), {"email": f"p{n}@exemple.fr"}).status_code for n in range(6)]
    assert statuts[-1] == 429
    assert 429 not in statuts[:5]


# --- Sonde, sécurité ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_la_sonde_dit_que_la_base_repond(client: Client) -> None:
    assert client.get(reverse("sante")).status_code == 200


def test_la_sonde_dit_que_la_base_ne_repond_pas(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def en_panne() -> None:
        raise OperationalError("mot de passe secret")

    monkeypatch.setattr(connection, "cursor", en_panne)
    reponse = pages.sante(rf.get("/"))
    assert reponse.status_code == 503
    assert texte(reponse) == "indisponible\n"


def test_security_txt_attend_un_contact(client: Client, settings: LazySettings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SITE = settings.SITE | {"contact_courriel": "securite@exemple.fr"}
    assert "Contact: mailto:securite@exemple.fr\n" in texte(client.get("/.well-known/security.txt"))
