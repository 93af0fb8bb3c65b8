"""La session lue avec son compte et ses habilitations : une requête, et tout ce qui la refuse vaut dès la page suivante."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as MagasinDAvant
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from comptes.models import Habilitation, Role, Seance, Service, Utilisateur
from comptes.portees import portee_de
from comptes.seance import COLONNES, SessionStore, personne_de
from tests.fabriques import Monde, un_agent, une_personne

pytestmark = pytest.mark.django_db
MOT_DE_PASSE = "une phrase assez longue"
PAGE = "/mot-de-passe/"
"""Une page qui n'existe que connecté, et ne lit rien d'autre que la personne."""


@pytest.fixture
def personne() -> Utilisateur:
    """Sans habilitation."""
    return une_personne("claire.martin@exemple.fr")


@pytest.fixture
def navigateur(personne: Utilisateur) -> Client:
    """Un navigateur où elle est connectée."""
    client = Client()
    client.force_login(personne)
    return client


def est_connecte(navigateur: Client) -> bool:
    return navigateur.get(PAGE).status_code == 200


def requete_de(navigateur: Client, rf: RequestFactory) -> Any:
    """Une requête qui arrive avec le cookie de ce navigateur."""
    requete: Any = rf.get("/")
    requete.session = SessionStore(navigateur.session.session_key)
    return requete


# --- Une requête -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nombre", [0, 1, 3])
def test_la_session_le_compte_et_les_habilitations_se_lisent_en_une_requete(
    nombre: int, navigateur: Client, personne: Utilisateur, rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services = list(Service.objects.filter(departement__isnull=False)[:nombre])
    for service in services:
        Habilitation.objects.create(utilisateur=personne, role=Role.AGENT, service=service)
    requete = requete_de(navigateur, rf)
    with django_assert_num_queries(1):
        lue = personne_de(requete)
        portee = portee_de(lue)
    assert lue == personne
    assert portee.departements_instruits == {s.departement_id for s in services}


@pytest.mark.parametrize("role", ["agent_departemental", "redacteur", "administrateur"])
def test_une_page_ne_relit_ni_le_compte_ni_les_habilitations(role: str, monde: Monde, client_de: Callable[[str], Client]) -> None:
    """Une page entière, sa navigation comprise, et par `request.user`, qui est paresseux."""
    client = client_de(role)
    with CaptureQueriesContext(connection) as lues:
        assert client.get(PAGE).status_code == 200
    assert [lue["sql"] for lue in lues if "comptes_" in lue["sql"] and "comptes_seance" not in lue["sql"]] == []
    assert sum("comptes_seance" in lue["sql"] for lue in lues) == 1


@pytest.mark.parametrize("role", ["agent_regional", "agent_departemental", "redacteur", "deposant", "lecteur", "administrateur"])
def test_la_portee_lue_avec_la_session_est_celle_des_habilitations(role: str, monde: Monde, rf: RequestFactory) -> None:
    personne, client = monde.personne(role), Client()
    client.force_login(personne)
    assert portee_de(personne_de(requete_de(client, rf))) == portee_de(Utilisateur.objects.get(pk=personne.pk))


def test_le_compte_lu_est_celui_de_la_base(navigateur: Client, personne: Utilisateur, rf: RequestFactory) -> None:
    lue = personne_de(requete_de(navigateur, rf))
    assert {nom: getattr(lue, nom) for nom in COLONNES} == {nom: getattr(personne, nom) for nom in COLONNES}
    assert lue.cree_le == personne.cree_le, "ce qui n'est pas lu d'avance se lit encore"


# --- Ce qui la refuse, dès la page suivante ------------------------------------------------------------------------------------
def test_un_compte_ferme_l_est_a_la_page_suivante(navigateur: Client, personne: Utilisateur) -> None:
    assert est_connecte(navigateur)
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    assert not est_connecte(navigateur)


def test_un_compte_efface_n_ouvre_plus_rien(navigateur: Client, personne: Utilisateur) -> None:
    personne.delete()
    assert not est_connecte(navigateur)
    assert not Seance.objects.exists()


def test_un_mot_de_passe_change_finit_les_autres_sessions(navigateur: Client, personne: Utilisateur) -> None:
    """La session restée ouverte ailleurs est effacée, et pas seulement refusée."""
    assert est_connecte(navigateur)
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    assert not est_connecte(navigateur)
    assert not Seance.objects.filter(utilisateur=personne).exists()


def test_une_session_sans_empreinte_du_mot_de_passe_est_refusee(navigateur: Client) -> None:
    session = navigateur.session
    del session[HASH_SESSION_KEY]
    session.save()
    assert not est_connecte(navigateur)


def test_une_session_ouverte_par_une_voie_qui_n_est_plus_permise_est_refusee(navigateur: Client, settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert not est_connecte(navigateur)


def test_une_cle_secrete_remplacee_garde_les_sessions(navigateur: Client, settings: Any) -> None:
    """Par la voie de Django : la session change de clé, et la personne reste connectée."""
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "une autre clé secrète, d'au moins 32 caractères"
    assert est_connecte(navigateur)
    settings.SECRET_KEY_FALLBACKS = []
    assert est_connecte(navigateur), "l'empreinte a été refaite avec la nouvelle clé"


@pytest.mark.parametrize(("secondes", "ouverte"), [(-1, False), (0, False), (1, True)])
def test_une_session_finie_n_ouvre_rien(
    secondes: int, ouverte: bool, navigateur: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    instant = timezone.now()
    Seance.objects.update(expire_date=instant + timedelta(seconds=secondes))
    monkeypatch.setattr("comptes.seance.timezone.now", lambda: instant)
    assert bool(SessionStore(navigateur.session.session_key).load()) == ouverte


def test_une_session_qui_dit_une_personne_et_en_designe_une_autre_ne_donne_jamais_l_autre(
    navigateur: Client, personne: Utilisateur, rf: RequestFactory
) -> None:
    """Le contenu signé l'emporte sur la colonne, jusque pour deux comptes au même mot de passe haché."""
    autre = une_personne("autre@exemple.fr")
    Utilisateur.objects.filter(pk=autre.pk).update(password=personne.password)
    Seance.objects.update(utilisateur=autre)
    assert personne_de(requete_de(navigateur, rf)) == personne


@pytest.mark.parametrize("cle", ["", "inconnue", "0" * 32, "x" * 200])
def test_une_cle_inconnue_est_un_anonyme(cle: str, rf: RequestFactory) -> None:
    requete: Any = rf.get("/")
    requete.session = SessionStore(cle)
    assert not personne_de(requete).is_authenticated


def test_se_deconnecter_efface_la_session(navigateur: Client) -> None:
    navigateur.post("/deconnexion/")
    assert not est_connecte(navigateur)
    assert not Seance.objects.filter(utilisateur__isnull=False).exists()


@pytest.mark.parametrize("fin", [-1, 0, 1])
def test_une_habilitation_retiree_ne_vaut_plus_a_la_page_suivante(fin: int, rf: RequestFactory) -> None:
    """Retirée, ou finie hier, aujourd'hui, demain."""
    agent, client = un_agent("77"), Client()
    client.force_login(agent)
    assert portee_de(personne_de(requete_de(client, rf))).departements_instruits == {"77"}
    agent.habilitations.update(fin=timezone.localdate() + timedelta(days=fin))
    assert bool(portee_de(personne_de(requete_de(client, rf))).departements_instruits) == (fin >= 0)
    agent.habilitations.all().delete()
    assert not portee_de(personne_de(requete_de(client, rf))).est_agent


@pytest.mark.parametrize("debut", [-1, 0, 1])
def test_une_habilitation_ne_vaut_qu_a_partir_de_son_debut(debut: int, rf: RequestFactory) -> None:
    agent, client = un_agent("77"), Client()
    client.force_login(agent)
    agent.habilitations.update(debut=timezone.localdate() + timedelta(days=debut), fin=date(2100, 1, 1))
    assert portee_de(personne_de(requete_de(client, rf))).est_agent == (debut <= 0)


def test_le_jour_est_celui_de_paris(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """À 22 h UTC le 30 juin, il est déjà le 1er juillet à Paris : une habilitation qui finit le 30 ne vaut plus."""
    agent, client = un_agent("77"), Client()
    client.force_login(agent)
    agent.habilitations.update(fin=date(2026, 6, 30))
    Seance.objects.update(expire_date=datetime(2100, 1, 1, tzinfo=UTC))
    for heure, vaut in (("2026-06-30T21:59:59+00:00", True), ("2026-06-30T22:00:00+00:00", False)):
        monkeypatch.setattr("django.utils.timezone.now", partial(datetime.fromisoformat, heure))
        assert portee_de(personne_de(requete_de(client, rf))).est_agent == vaut


# --- Deux connexions ---------------------------------------------------------------------------------------------------------
def test_une_autre_personne_se_connecte_dans_le_meme_navigateur(navigateur: Client, rf: RequestFactory) -> None:
    autre = une_personne("autre@exemple.fr")
    navigateur.force_login(autre)
    assert personne_de(requete_de(navigateur, rf)) == autre
    assert Seance.objects.get(utilisateur__isnull=False).utilisateur == autre


def test_changer_son_mot_de_passe_garde_sa_session(navigateur: Client, personne: Utilisateur) -> None:
    """Celle où on le change, et elle seule."""
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    navigateur.force_login(personne)
    ailleurs = Client()
    ailleurs.force_login(personne)
    nouveau = "encore une autre phrase assez longue"
    reponse = navigateur.post(PAGE, {"oldpassword": MOT_DE_PASSE, "password1": nouveau, "password2": nouveau})
    assert reponse.status_code == 302
    assert est_connecte(navigateur)
    assert not est_connecte(ailleurs)


@pytest.mark.parametrize("ecrite", ["session", "suite"])
def test_chaque_ecriture_garde_le_nom_de_la_personne(ecrite: str, navigateur: Client, personne: Utilisateur) -> None:
    session = navigateur.session
    session[ecrite] = 1
    session.save()
    assert Seance.objects.get().utilisateur == personne
    assert Seance.objects.get().get_decoded()[ecrite] == 1


# --- La migration --------------------------------------------------------------------------------------------------------------
def test_les_sessions_d_avant_restent_ouvertes(navigateur: Client, personne: Utilisateur) -> None:
    """Celles d'une personne effacée depuis aussi, sans nom ; les finies n'y passent pas."""
    ouverte = navigateur.session
    for cle, contenu, jours in (("a" * 32, dict(ouverte), 1), ("b" * 32, {SESSION_KEY: "999999"}, 1), ("c" * 32, {}, -1)):
        fin = timezone.now() + timedelta(days=jours)
        Session.objects.create(session_key=cle, session_data=MagasinDAvant().encode(contenu), expire_date=fin)
    Seance.objects.all().delete()
    migration = import_module("comptes.migrations.0004_sessions_nommees")
    migration.nommer(apps, SimpleNamespace(connection=connection))
    assert {s.session_key[0]: s.utilisateur for s in Seance.objects.all()} == {"a": personne, "b": None}
    navigateur.cookies["sessionid"] = "a" * 32
    assert est_connecte(navigateur)
