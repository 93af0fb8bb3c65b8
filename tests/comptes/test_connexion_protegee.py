"""La connexion ne se force pas, et ce qu'un client dit de lui-même (adresse, nom du site) ne la trompe pas (V-35, F-33, F-35)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.core.internal import ratelimit
from django.test import Client, RequestFactory
from django.urls import reverse

from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from tests.fabriques import MOT_DE_PASSE

pytestmark = pytest.mark.django_db

ESSAIS = 10
"""Mots de passe faux permis en un quart d'heure, par compte et par adresse."""
LEA = "lea.martinez@exemple.fr"
PIRATE = "203.0.113.9"
Entetes = dict[str, str]


@pytest.fixture(autouse=True)
def lea() -> Utilisateur:
    """Une personne, et son mot de passe."""
    return Utilisateur.objects.creer(LEA, prenom="Léa", nom="Martinez", mot_de_passe=MOT_DE_PASSE)


def essayer(courriel: str = LEA, mot: str = "faux", depuis: str = PIRATE, entetes: Entetes | None = None) -> str:
    """« connecté », « refusé » ou « trop d'essais », chaque fois depuis un navigateur neuf."""
    client = Client(REMOTE_ADDR=depuis, headers=entetes or {})
    reponse = client.post(reverse("account_login"), {"login": courriel, "password": mot})
    if reponse.status_code == 302:
        return "connecté" if "_auth_user_id" in client.session else "ailleurs"
    page = reponse.content.decode()
    assert "Martinez" not in page
    return "trop d'essais" if "Trop de tentatives" in page else "refusé"


def plusieurs(essai: Callable[[int], str], combien: int = ESSAIS + 1) -> list[str]:
    return [essai(rang) for rang in range(combien)]


ARRETE = ["refusé"] * ESSAIS + ["trop d'essais"]


# --- Les essais sont comptés -------------------------------------------------------------------------------------------
def test_un_compte_ne_s_essaie_pas_plus_de_dix_fois_meme_de_partout() -> None:
    assert plusieurs(lambda rang: essayer(depuis=f"198.51.100.{rang}")) == ARRETE
    assert essayer(mot=MOT_DE_PASSE, depuis="198.51.100.200") == "trop d'essais", "le bon mot de passe n'entre plus"
    assert essayer("autre@exemple.fr") == "refusé", "les autres comptes ne sont pas touchés"


def test_une_adresse_n_essaie_pas_plus_de_dix_comptes() -> None:
    assert plusieurs(lambda rang: essayer(f"compte{rang}@exemple.fr")) == ARRETE
    assert essayer(mot=MOT_DE_PASSE, depuis="198.51.100.1") == "connecté", "d'une autre adresse, chacun entre"


def test_le_dixieme_essai_peut_etre_le_bon() -> None:
    assert plusieurs(lambda rang: essayer(), ESSAIS - 1) == ["refusé"] * (ESSAIS - 1)
    assert essayer(mot=MOT_DE_PASSE) == "connecté"


def test_entrer_ne_compte_pas() -> None:
    assert plusieurs(lambda rang: essayer(mot=MOT_DE_PASSE)) == ["connecté"] * (ESSAIS + 1)


@pytest.mark.parametrize(("secondes", "obtenu"), [(15 * 60 - 1, "trop d'essais"), (15 * 60 + 1, "connecté")])
def test_un_quart_d_heure_plus_tard_on_peut_reessayer(secondes: int, obtenu: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """L'heure que lit le compteur est la nôtre : rien n'attend, rien ne dépend de la machine."""
    heure = [time.time()]
    horloge = SimpleNamespace(time=lambda: heure[0], monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(ratelimit, "time", horloge)
    assert plusieurs(lambda rang: essayer()) == ARRETE
    heure[0] += secondes
    assert essayer(mot=MOT_DE_PASSE) == obtenu


# --- Ce qu'un client dit de son adresse --------------------------------------------------------------------------------
EN_TETES = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP", "CF-Connecting-IP")


@pytest.mark.parametrize("nom", EN_TETES)
def test_une_adresse_inventee_ne_remet_pas_le_compte_a_zero(nom: str) -> None:
    """Sans mandataire déclaré, aucun en-tête ne dit d'où l'on vient."""

    def essai(rang: int) -> str:
        valeur = f"for=198.51.100.{rang}" if nom == "Forwarded" else f"198.51.100.{rang}"
        return essayer(f"compte{rang}@exemple.fr", entetes={nom: valeur})

    assert plusieurs(essai) == ARRETE


def test_derriere_un_mandataire_seule_compte_l_adresse_qu_il_a_ecrite(settings: Any) -> None:
    """Le mandataire ajoute la vraie à la fin de ce que le client avait écrit."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def essai(rang: int, vraie: str = PIRATE) -> str:
        suite = f"198.51.100.{rang}, {vraie}"
        return essayer(
            f"compte{rang}@exemple.fr", depuis="127.0.0.1", entetes={"X-Forwarded-For": suite, "X-Real-IP": f"192.0.2.{rang}"}
        )

    assert plusieurs(essai) == ARRETE
    assert essai(99, vraie="192.0.2.77") == "refusé", "un autre client du même mandataire n'est pas arrêté"


# --- Le lien de réinitialisation ---------------------------------------------------------------------------------------
SITE = "https://projets.exemple.fr"
TROMPEURS: dict[str, Entetes] = {
    "un autre nom permis": {"Host": "localhost:8000"},
    "X-Forwarded-Host": {"X-Forwarded-Host": "pirate.exemple"},
    "X-Forwarded-Host, permis": {"X-Forwarded-Host": "localhost"},
    "Forwarded": {"Forwarded": "host=pirate.exemple;proto=http"},
    "X-Forwarded-Port et Proto": {"X-Forwarded-Port": "8443", "X-Forwarded-Proto": "ftp"},
    "X-Original-URL": {"X-Original-URL": "http://pirate.exemple/", "X-Rewrite-URL": "/pirate"},
}


@pytest.mark.parametrize("entetes", TROMPEURS.values(), ids=list(TROMPEURS))
def test_le_lien_recu_est_celui_du_site_quoi_que_dise_la_requete(entetes: Entetes, settings: Any) -> None:
    settings.SITE_URL, settings.SITE = SITE, settings.SITE | {"url": SITE}
    reponse = Client(headers=entetes).post(reverse("account_reset_password"), {"email": LEA})
    assert reponse.status_code == 302
    (courriel,) = Courriel.objects.all()
    liens = adresses(courriel.corps)
    assert [f"{lien.scheme}://{lien.netloc}" for lien in liens] == [SITE] * len(liens)
    (reinitialiser,) = (lien for lien in liens if "reinit" in lien.path or "mot-de-passe" in lien.path)
    assert Client().get(reinitialiser.path, follow=True).status_code == 200, "et il s'ouvre"


def adresses(texte: str) -> list[Any]:
    return [urlsplit(mot.strip("<>.,")) for mot in texte.split() if "://" in mot]


@pytest.mark.parametrize("entetes", TROMPEURS.values(), ids=list(TROMPEURS))
def test_une_page_ne_repete_pas_l_hote_qu_on_lui_souffle(entetes: Entetes) -> None:
    """Le nom transmis n'est pas lu : ni refusé, ni écrit dans une page ou un renvoi."""
    reponse = Client(headers=entetes).get(reverse("accueil"), follow=True)
    assert reponse.status_code == 200
    assert "pirate" not in reponse.content.decode() + str(reponse.headers) + str(reponse.redirect_chain)


def test_la_requete_ne_croit_que_la_connexion(rf: RequestFactory) -> None:
    """Ni l'hôte, ni le port, ni le chiffrement qu'un client prétend avoir."""
    dits = {"X-Forwarded-Host": "localhost", "X-Forwarded-Port": "8443", "X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"}
    requete = rf.get("/", headers=dits)
    assert (requete.get_host(), requete.get_port(), requete.is_secure()) == ("testserver", "80", False)


def test_les_reinitialisations_sont_comptees_par_adresse_et_par_compte() -> None:
    def demander(courriel: str, depuis: str, entetes: Iterable[tuple[str, str]] = ()) -> int:
        client = Client(REMOTE_ADDR=depuis, headers=dict(entetes))
        return client.post(reverse("account_reset_password"), {"email": courriel}).status_code

    faux = [demander(f"p{rang}@exemple.fr", PIRATE, {"X-Forwarded-For": f"198.51.100.{rang}"}.items()) for rang in range(6)]
    assert faux == [302] * 5 + [429]
    assert [demander(LEA, f"198.51.100.{rang}") for rang in range(6)] == [302] * 5 + [429]
    assert Courriel.objects.count() <= 5
