"""Le travailleur, dans de vrais processus : tué, doublé, arrêté, coupé de sa base (F-43, F-45)."""

import signal
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from hlm_projets.envoi import travailleur
from hlm_projets.envoi.travailleur import Arret, besogne, faire_un_tour, travailler
from hlm_projets.models import DELAI_D_INCERTITUDE, RECU_DEPOT, Courriel
from tests.hlm_projets.conftest import Travailleurs
from tests.hlm_projets.fabrique import un_courriel
from tests.hlm_projets.serveur_smtp import SE_TAIT, TRAINE, ServeurSmtp


@pytest.mark.lent
def test_deux_travailleurs_envoient_vingt_courriels_distincts(travailleurs: Travailleurs, smtp: ServeurSmtp) -> None:
    attendus = {un_courriel(timezone.now()).message_id for _ in range(20)}
    smtp.reponses = [TRAINE] * 20  # pour que les deux travaillent en même temps
    travailleurs.lancer("--une-fois")
    travailleurs.lancer("--une-fois")
    travailleurs.finir()
    assert (len(smtp.recus), set(smtp.identifiants)) == (20, attendus)
    assert Courriel.objects.exclude(envoye_le=None).count() == 20


RESERVER_TOUT = """
from django.utils import timezone
from hlm_projets.envoi.envoi import reserver
from hlm_projets.models import Courriel
while Courriel.objects.a_envoyer(timezone.now()).exists():
    if courriel := reserver(timezone.now()):
        print("pris", courriel.pk)
"""


@pytest.mark.lent
def test_trois_processus_ne_reservent_jamais_le_meme_courriel(travailleurs: Travailleurs) -> None:
    """La réservation seule, au plus serré : sans son verrou, plusieurs prennent la même ligne."""
    attendus = [str(un_courriel(timezone.now()).pk) for _ in range(300)]
    for _ in range(3):
        travailleurs.lancer("-c", RESERVER_TOUT, commande="shell")
    mots = [ligne.split() for ligne in travailleurs.finir().splitlines() if ligne.startswith("pris")]
    assert sorted(pk for _, pk in mots) == sorted(attendus)


@pytest.mark.lent
def test_un_travailleur_tue_en_plein_envoi_ne_fait_ni_doublon_ni_perte(travailleurs: Travailleurs, smtp: ServeurSmtp) -> None:
    """Le serveur a accepté le courriel, le travailleur meurt avant de l'apprendre : le pire moment."""
    autre, recu, suivant = (un_courriel(timezone.now(), nom=nom) for nom in ("essai", RECU_DEPOT, "essai"))
    for _ in (autre, recu):
        smtp.reponses = [SE_TAIT]
        processus = travailleurs.lancer()
        smtp.attendre()
        processus.kill()
        travailleurs.finir(code=-signal.SIGKILL)
    travailleurs.lancer("--une-fois")
    travailleurs.finir()
    assert smtp.identifiants == [autre.message_id, recu.message_id, suivant.message_id]

    Courriel.objects.filter(envoye_le=None).update(reserve_le=timezone.now() - DELAI_D_INCERTITUDE - timedelta(seconds=1))
    travailleurs.lancer("--une-fois")
    travailleurs.finir()
    assert smtp.identifiants[3:] == [recu.message_id]
    assert list(Courriel.objects.incertains(timezone.now())) == [autre]


@pytest.mark.lent
def test_sigterm_laisse_finir_l_envoi_commence(travailleurs: Travailleurs, smtp: ServeurSmtp) -> None:
    un_courriel(timezone.now())
    smtp.reponses = [TRAINE]
    processus = travailleurs.lancer()
    smtp.attendre()
    processus.send_signal(signal.SIGTERM)
    travailleurs.finir()
    assert Courriel.objects.exclude(envoye_le=None).count() == 1


@pytest.mark.lent
@pytest.mark.postgresql
def test_le_travailleur_survit_a_la_coupure_de_sa_base(travailleurs: Travailleurs, smtp: ServeurSmtp) -> None:
    un_courriel(timezone.now())
    processus = travailleurs.lancer()
    smtp.attendre()
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert curseur.fetchone()[0] >= 1
    un_courriel(timezone.now())
    smtp.attendre()
    processus.send_signal(signal.SIGTERM)
    travailleurs.finir()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_une_connexion_rompue_par_une_besogne_est_reprise_au_tour_suivant(besognes: list[travailleur.Besogne]) -> None:
    comptes: list[int] = []

    @besogne
    def couper_puis_compter() -> bool:
        if not comptes:
            comptes.append(-1)
            connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
        comptes.append(Courriel.objects.count())
        return False

    faire_un_tour()
    faire_un_tour()
    assert comptes == [-1, 0]


@pytest.fixture
def besognes(monkeypatch: pytest.MonkeyPatch) -> list[travailleur.Besogne]:
    """Un registre vide, le temps de l'essai ; aucun repos entre les tours."""
    registre: list[travailleur.Besogne] = []
    monkeypatch.setattr(travailleur, "besognes", registre)
    monkeypatch.setattr(travailleur, "PAUSE", 0)
    return registre


@pytest.mark.django_db
def test_une_besogne_s_inscrit_une_fois_et_tourne_jusqu_au_repos(besognes: list[travailleur.Besogne]) -> None:
    restes = [1, 2, 3]

    @besogne
    def vider() -> bool:
        return bool(restes and restes.pop())

    assert besogne(vider) is vider
    assert besognes == [vider]
    travailler(Arret(), une_fois=True)
    assert restes == []


@pytest.mark.django_db
@pytest.mark.parametrize("faute", [OperationalError("la base est coupée"), ZeroDivisionError("un bogue")])
def test_une_besogne_en_faute_n_arrete_pas_les_autres(
    besognes: list[travailleur.Besogne], caplog: pytest.LogCaptureFixture, faute: Exception
) -> None:
    faites = []

    @besogne
    def fautive() -> bool:
        raise faute

    @besogne
    def suivante() -> bool:
        faites.append(time.monotonic())
        return False

    assert not faire_un_tour()
    assert len(faites) == 1
    assert str(faute) in caplog.text


@pytest.mark.django_db
def test_le_travailleur_s_arrete_entre_deux_besognes(besognes: list[travailleur.Besogne]) -> None:
    arret = Arret()

    @besogne
    def sans_fin() -> bool:
        arret.demande = True
        return True

    travailler(arret)
    assert arret.demande
