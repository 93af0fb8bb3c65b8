"""Un envoi sans session, ou au jeton périmé, est rendu à qui l'a tapé, puis s'enregistre (F-01, F-02, F-08, V-18)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from comptes.models import Seance, Utilisateur
from tests.fabriques import relire, un_bailleur, un_brouillon, un_organisme
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db

TEXTE = "Des ménages « fragiles »\n\n- isolés\n- <b>âgés</b> & endettés\n\tœuvre 👩‍👧 fin\N{NO-BREAK SPACE}!"
CHEZ_NOUS, AILLEURS = "http://testserver", "https://mechant.exemple"


class Formulaire(HTMLParser):
    """Ce que renverrait le bouton « Réessayer » : adresse et champs, comme le navigateur les lit."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.champs, self._dedans = "", list[tuple[str, str]](), False
        self.feed(html.replace("\r\n", "\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Le formulaire de la partie principale, et ses champs cachés."""
        valeurs = {nom: valeur or "" for nom, valeur in attrs}
        if tag == "form":
            self._dedans = "data-jeton" in valeurs
            self.action = valeurs.get("action", "") if self._dedans else self.action
        elif tag == "input" and self._dedans:
            self.champs.append((valeurs["name"], valeurs["value"]))

    def envoi(self) -> dict[str, list[str]]:
        """Les champs, retours à la ligne en CRLF, comme un navigateur."""
        return {nom: [v.replace("\n", "\r\n") for n, v in self.champs if n == nom] for nom, _ in self.champs}


@pytest.fixture
def brouillon() -> Candidature:
    return un_brouillon(organisme=un_organisme())


@pytest.fixture
def client(brouillon: Candidature) -> Client:
    """Un navigateur connecté, qui contrôle ses jetons et a ouvert la page."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(un_bailleur(brouillon.organisme))
    client.get(section(brouillon))
    return client


def section(brouillon: Candidature) -> str:
    return reverse("candidatures:section", args=[brouillon.pk, "publics"])


def poster(client: Client, url: str, donnees: Any, *, origine: str = CHEZ_NOUS, jeton: str = "", **entetes: str) -> Any:
    """Un envoi comme en fait la page : jeton du témoin, origine."""
    jeton = jeton or client.cookies["csrftoken"].value
    return client.post(url, {**donnees, "csrfmiddlewaretoken": jeton}, headers={"origin": origine, **entetes})


def finir_la_session() -> None:
    Seance.objects.all().delete()


def rendue(reponse: Any, statut: int) -> Formulaire:
    """La page qui rend la saisie ; elle n'est gardée par personne."""
    assert reponse.status_code == statut
    assert "no-store" in reponse["Cache-Control"]
    exiger_une_page(reponse.content.decode())
    return Formulaire(reponse.content.decode())


# --- Session finie (F-01) --------------------------------------------------------------------------------------------------
def test_session_finie_le_texte_revient_puis_s_enregistre(client: Client, brouillon: Candidature) -> None:
    """Sans JavaScript : l'envoi est rendu, « Réessayer » le rend encore tant qu'on n'est pas reconnecté, puis l'enregistre."""
    finir_la_session()
    envoi = {"caracteristiques_publics": TEXTE.replace("\n", "\r\n"), "nombre_menages": "31", "rester": "1"}
    formulaire = rendue(poster(client, section(brouillon), envoi), 401)
    formulaire = rendue(client.post(formulaire.action, formulaire.envoi(), headers={"origin": CHEZ_NOUS}), 401)
    assert relire(brouillon).nombre_menages == 24

    client.force_login(un_bailleur(brouillon.organisme))
    reponse = client.post(formulaire.action, formulaire.envoi(), headers={"origin": CHEZ_NOUS})
    assert (reponse.status_code, reponse["Location"]) == (302, section(brouillon))
    assert relire(brouillon).caracteristiques_publics == TEXTE
    assert relire(brouillon).nombre_menages == 31


def test_ce_qui_est_rendu_se_lit(client: Client, brouillon: Candidature) -> None:
    finir_la_session()
    envoi = {"nombre_menages": "31", "nombre_menages_precision": "environ", "lu": "nom:0123", "rester": "1", "dalo": ""}
    html = poster(client, section(brouillon), envoi | {"organismes-0-nom": "Habitat"}).content.decode()
    intitules = re.findall(r'<label class="champ__libelle" for="rendu-\d+">([^<]+)', html)
    assert intitules == [
        "Nombre de ménages accompagnés",
        "Nombre de ménages accompagnés : précision",
        "Organismes, ligne 1, nom",
    ]
    assert 'target="_blank"' in html
    assert {nom for nom, _ in Formulaire(html).champs} == {*envoi, "organismes-0-nom", "csrfmiddlewaretoken"}


def test_plusieurs_valeurs_d_un_nom_repartent_toutes(client: Client, brouillon: Candidature) -> None:
    finir_la_session()
    formulaire = rendue(poster(client, section(brouillon), {"departements": ["77", "2A"]}), 401)
    assert [v for nom, v in formulaire.champs if nom == "departements"] == ["77", "2A"]


def test_un_envoi_au_fil_de_la_frappe_recoit_401(client: Client, brouillon: Candidature) -> None:
    finir_la_session()
    reponse = poster(client, section(brouillon), {"nombre_menages": "31"}, **{"X-Saisie": "1"})
    assert (reponse.status_code, reponse.json()) == (401, {"erreur": "session"})


def test_les_fichiers_ne_sont_pas_gardes_et_c_est_dit(client: Client, brouillon: Candidature) -> None:
    finir_la_session()
    reponse = poster(client, section(brouillon), {"piece": SimpleUploadedFile("rapport <1>.pdf", b"%PDF-octets-du-fichier")})
    assert reponse.status_code == 401
    html = reponse.content.decode()
    assert "« rapport &lt;1&gt;.pdf »" in html
    assert "octets-du-fichier" not in html


def test_ni_mot_de_passe_ni_jeton_ne_sont_rendus(client: Client) -> None:
    """Un envoi qui en porte mène à la connexion, comme avant ; un jeton n'est jamais repris de l'envoi."""
    finir_la_session()
    reponse = poster(client, reverse("account_change_password"), {"oldpassword": "secret1", "password1": "secret2"})
    assert reponse.status_code == 302
    jeton = client.cookies["csrftoken"].value
    html = poster(client, reverse("candidatures:creer"), {"campagne": "7"}).content.decode()
    assert jeton not in html
    assert html.count("csrfmiddlewaretoken") == 1


def test_rien_a_rendre_mene_a_la_connexion(client: Client, brouillon: Candidature) -> None:
    finir_la_session()
    reponse = poster(client, section(brouillon), {})
    assert (reponse.status_code, reponse["Location"]) == (302, f"{reverse('account_login')}?next={section(brouillon)}")


# --- Jeton périmé (F-02) ---------------------------------------------------------------------------------------------------
def reconnecter(client: Client, personne: Utilisateur) -> str:
    """Se reconnecter dans un autre onglet change le jeton ; rend celui que la page ouverte porte encore."""
    perime = client.cookies["csrftoken"].value
    client.cookies.pop("csrftoken")
    client.force_login(personne)
    client.get(reverse("accueil"), follow=True)
    assert client.cookies["csrftoken"].value != perime
    return perime


def test_un_jeton_perime_de_chez_nous_rend_la_saisie_qui_s_enregistre(client: Client, brouillon: Candidature) -> None:
    perime = reconnecter(client, un_bailleur(brouillon.organisme))
    reponse = poster(client, section(brouillon), {"caracteristiques_publics": TEXTE, "rester": "1"}, jeton=perime)
    formulaire = rendue(reponse, 403)
    reponse = client.post(formulaire.action, formulaire.envoi(), headers={"origin": CHEZ_NOUS})
    assert (reponse.status_code, reponse["Location"]) == (302, section(brouillon))
    assert relire(brouillon).caracteristiques_publics == TEXTE


def test_le_referent_vaut_origine(client: Client, brouillon: Candidature) -> None:
    perime = reconnecter(client, un_bailleur(brouillon.organisme))
    donnees = {"nombre_menages": "31", "csrfmiddlewaretoken": perime}
    assert "Réessayer" in client.post(section(brouillon), donnees, headers={"referer": f"{CHEZ_NOUS}/x/"}).content.decode()
    assert "Réessayer" not in client.post(section(brouillon), donnees).content.decode()


def test_au_fil_de_la_frappe_le_jeton_neuf_suffit(client: Client, brouillon: Candidature) -> None:
    perime = reconnecter(client, un_bailleur(brouillon.organisme))
    adresse = reverse("candidatures:saisie", args=[brouillon.pk, "publics"])
    donnees, entete = {"champs": "nombre_menages", "nombre_menages": "31"}, {"X-Saisie": "1"}
    reponse = poster(client, adresse, donnees, jeton=perime, **entete)
    assert (reponse.status_code, reponse.json()["erreur"]) == (403, "jeton")
    assert poster(client, adresse, donnees, jeton=reponse.json()["jeton"], **entete).status_code == 200
    assert relire(brouillon).nombre_menages == 31


@pytest.mark.parametrize("origine", [AILLEURS, "null", "http://testserver.mechant.exemple", "https://testserver"])
@pytest.mark.parametrize("entete", [{}, {"X-Saisie": "1"}])
def test_d_ailleurs_rien_n_est_repris(client: Client, brouillon: Candidature, origine: str, entete: dict[str, str]) -> None:
    """Même avec un jeton juste : un envoi d'une autre origine n'obtient ni son texte, ni un jeton, et n'écrit rien."""
    donnees = {"nombre_menages": "31", "caracteristiques_publics": "repris"}
    reponse = poster(client, section(brouillon), donnees, origine=origine, **entete)
    html = reponse.content.decode()
    assert reponse.status_code == 403
    assert "repris" not in html
    assert "Réessayer" not in html
    assert "jeton" not in html
    assert relire(brouillon).nombre_menages == 24


def test_un_mot_de_passe_au_jeton_perime_n_est_pas_rendu(client: Client) -> None:
    reponse = poster(Client(enforce_csrf_checks=True), reverse("account_login"), {"login": "a@b.fr", "password": "x"}, jeton="f")
    assert reponse.status_code == 403
    assert "a@b.fr" not in reponse.content.decode()


# --- Reprendre le jeton ----------------------------------------------------------------------------------------------------
def test_le_jeton_dit_si_l_on_est_connecte(client: Client, brouillon: Candidature) -> None:
    reponse = client.get(reverse("jeton"))
    assert reponse.json()["connecte"] is True
    assert "no-store" in reponse["Cache-Control"]
    assert poster(client, section(brouillon), {"rester": "1"}, jeton=reponse.json()["jeton"]).status_code == 302
    finir_la_session()
    assert client.get(reverse("jeton")).json()["connecte"] is False


# --- Trop de champs (F-08) ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("connecte", [True, False], ids=["connecté", "session finie"])
def test_mille_et_un_champs_sont_refuses_et_le_brouillon_reste(client: Client, brouillon: Candidature, connecte: bool) -> None:
    if not connecte:
        finir_la_session()
    trop = {"nombre_menages": "31"} | {f"c{rang}": "" for rang in range(1_000)}
    reponse = poster(client, section(brouillon), trop)
    assert reponse.status_code == 413
    exiger_une_page(reponse.content.decode())
    assert relire(brouillon).nombre_menages == 24


def test_trop_d_octets_sont_refuses_et_le_brouillon_reste(client: Client, brouillon: Candidature) -> None:
    jeton = client.cookies["csrftoken"].value
    corps = f"csrfmiddlewaretoken={jeton}&nombre_menages=31&caracteristiques_publics={'a' * 2_621_440}"
    reponse = client.post(section(brouillon), corps, "application/x-www-form-urlencoded", headers={"origin": CHEZ_NOUS})
    assert reponse.status_code == 413
    exiger_une_page(reponse.content.decode())
    assert relire(brouillon).nombre_menages == 24
