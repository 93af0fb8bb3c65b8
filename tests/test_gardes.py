"""Les gardes de `conftest.py` attrapent bien ce qu'elles disent attraper."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, RequestContext, Template
from django.template.base import Origin
from django.test import Client, RequestFactory
from django.urls import path
from pytest_socket import SocketConnectBlockedError

from candidatures.models import Candidature, Evenement, Version
from comptes.models import Acte, Service, Utilisateur
from hlm_projets.models import Courriel
from territoires.models import Departement
from tests import sentinelles
from tests.fabriques import Monde
from tests.gardes import NOS_GABARITS, Faute

PAGES = {
    "sans_jeton": '<form method="POST" action="/x"><input name="y"></form>',
    "jeton_d_un_autre": '<form method="post"><input name="csrfmiddlewaretoken" value="j"></form><form method=post></form>',
    "jeton_vide": '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value=""></form>',
    "avec_jeton": '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="j"></form><form></form>',
}


def servir(contenu: str) -> Callable[[HttpRequest], HttpResponse]:
    return login_not_required(lambda request: HttpResponse(contenu))


urlpatterns = [path(f"{nom}/", servir(contenu)) for nom, contenu in PAGES.items()]


def gabarit(texte: str, lieu: Path) -> Template:
    return Template(texte, Origin(str(lieu)), "essai", Engine.get_default())


class TestVariableInconnue:
    @pytest.mark.parametrize("texte", ["{{ rien }}", "{{ a.rien }}", "{{ rien|default:'x' }}", "{% url rien %}"])
    def test_dans_nos_gabarits_c_est_une_faute(self, texte: str) -> None:
        with pytest.raises(Faute, match="rien"):
            gabarit(texte, NOS_GABARITS / "essai.html").render(Context({"a": "a"}))

    def test_dans_un_gabarit_inclus_par_le_notre_ou_par_celui_d_autrui(self) -> None:
        dedans = gabarit("{{ rien }}", NOS_GABARITS / "essai.html")
        dehors = gabarit("{% include dedans %}", Path("/ailleurs/essai.html"))
        with pytest.raises(Faute, match="rien"):
            dehors.render(Context({"dedans": dedans}))

    @pytest.mark.parametrize(("texte", "rendu"), [("[{{ rien }}]", "[]"), ("{{ rien|default:'x' }}", "x")])
    def test_chez_autrui_rien_ne_change(self, texte: str, rendu: str) -> None:
        assert gabarit(texte, Path("/ailleurs/essai.html")).render(Context()) == rendu

    @pytest.mark.parametrize("texte", ["{% if rien %}x{% endif %}", "{{ vide }}{{ nul|default:'' }}"])
    def test_ce_qui_est_permis(self, texte: str) -> None:
        assert gabarit(texte, NOS_GABARITS / "essai.html").render(Context({"vide": "", "nul": None})) == ""

    def test_la_page_commune_ne_manque_de_rien(self, rf: RequestFactory) -> None:
        page = Engine.get_default().get_template("base.html")
        assert "<main" in page.render(RequestContext(rf.get("/")))


@pytest.mark.urls(__name__)
class TestReponses:
    @pytest.mark.parametrize("nom", PAGES)
    def test_un_formulaire_sans_jeton_est_une_faute(self, nom: str, client: Client) -> None:
        if nom == "avec_jeton":
            client.get(f"/{nom}/")
            return
        with pytest.raises(Faute, match="csrf_token"):
            client.get(f"/{nom}/")


class TestSentinelle:
    @pytest.fixture
    def lire(self, rf: RequestFactory) -> Callable[[str, Utilisateur | None], None]:
        def lire(contenu: str, personne: Utilisateur | None) -> None:
            reponse = HttpResponse(contenu)
            requete = rf.get("/")
            vars(requete)["user"] = personne  # None : personne n'est connecté
            vars(reponse)["wsgi_request"] = requete  # ce qu'ajoute le client de test
            sentinelles.chercher_une_fuite(reponse)

        return lire

    @pytest.mark.parametrize("role", [*Monde.ROLES, None])
    @pytest.mark.parametrize("objet", ["brouillon_a", "deposee_a", "deposee_b", "organisme_a"])
    def test_la_marque_d_autrui_est_une_fuite(
        self, objet: str, role: str | None, monde: Monde, lire: Callable[[str, Utilisateur | None], None]
    ) -> None:
        invites = {"invite_lire", "invite_ecrire", "invite_deposer"}
        connus = {
            "brouillon_a": {"redacteur", "deposant", "administrateur", *invites},
            "organisme_a": {"redacteur", "deposant", "administrateur"},
            "deposee_a": {
                *invites,
                "redacteur",
                "deposant",
                "agent_departemental",
                "agent_regional",
                "lecteur",
                "administrateur",
            },
            "deposee_b": {"autre_bailleur", "autre_agent", "lecteur", "administrateur"},
        }
        personne, contenu = monde.personne(role) if role else None, str(getattr(monde, objet))
        if role in connus[objet]:
            lire(contenu, personne)
        else:
            with pytest.raises(Faute, match="Fuite"):
                lire(contenu, personne)


def test_un_verrou_sans_of_est_une_faute() -> None:
    with pytest.raises(Faute, match="of"):
        Candidature.objects.select_for_update()
    with pytest.raises(Faute, match="of"):
        Candidature.objects.all().select_for_update(skip_locked=True)
    assert Candidature.objects.select_for_update(of=("self",)).query.select_for_update_of == ("self",)


@pytest.mark.django_db
def test_django_verrouille_comme_il_l_entend() -> None:
    Service.objects.update_or_create(departement_id="77", type="departement_social", defaults={"nom": "DDCS"})


def test_le_reseau_est_coupe() -> None:
    with socket.socket() as prise, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(SocketConnectBlockedError):
            prise.connect(("192.0.2.1", 80))


def test_un_avertissement_est_une_erreur() -> None:
    with pytest.raises(UserWarning, match="attention"):
        warnings.warn("attention", stacklevel=1)


@pytest.mark.django_db(transaction=True)
class TestVidage:
    def test_le_journal_se_vide_entre_deux_essais_et_reste_protege(self, monde: Monde) -> None:
        assert monde.deposee_a.version is not None
        call_command("flush", interactive=False, verbosity=0)
        comptes = {modele: modele._default_manager.count() for modele in (Evenement, Version, Candidature, Courriel)}
        assert set(comptes.values()) == {0}
        assert Departement.objects.count() == 101
        assert Service.objects.filter(departement="77").count() == 2
        acte = Acte.objects.create(acte="essai")
        with pytest.raises(DatabaseError, match="ajout seul"), transaction.atomic():
            Acte.objects.filter(pk=acte.pk).delete()

    def test_rien_ne_reste_de_l_essai_precedent(self) -> None:
        assert not Acte.objects.exists()
        assert not Candidature.objects.exists()
