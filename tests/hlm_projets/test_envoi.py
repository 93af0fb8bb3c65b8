"""L'envoi, face à un vrai serveur de courriel qui accepte, refuse, se tait ou disparaît (F-43)."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from pytest_django import Settings

from hlm_projets.envoi.envoi import DELAIS, envoyer_le_prochain, reserver
from hlm_projets.models import DELAI_D_INCERTITUDE, RECU_DEPOT, Courriel
from tests.hlm_projets.fabrique import un_courriel
from tests.hlm_projets.serveur_smtp import RACCROCHE, SE_TAIT, ServeurSmtp

pytestmark = pytest.mark.django_db

MIDI = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def reglages(settings: Settings, smtp: ServeurSmtp) -> None:
    """Les courriels partent par SMTP, vers le serveur de l'essai."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.EMAIL_TIMEOUT = 1


def envoyer(instant: datetime) -> bool:
    with time_machine.travel(instant, tick=False):
        return envoyer_le_prochain()


def test_le_courriel_arrive_entier_et_une_seule_fois(smtp: ServeurSmtp) -> None:
    courriel = un_courriel(MIDI, objet="Reçu de l'été", corps="Bonjour Zoë,\n€ ☐\n")
    assert envoyer(MIDI)
    assert not envoyer(MIDI + MINUTE)
    [recu] = smtp.recus
    assert (recu["Subject"], recu["To"]) == ("Reçu de l'été", courriel.destinataire)
    assert (recu["Message-ID"], recu["Auto-Submitted"]) == (courriel.message_id, "auto-generated")
    assert recu.get_content_type() == "text/plain"
    assert recu.get_content().replace("\r\n", "\n").strip() == "Bonjour Zoë,\n€ ☐"
    courriel.refresh_from_db()
    assert (courriel.envoye_le, courriel.essais) == (MIDI, 1)


def test_les_courriels_partent_dans_l_ordre_de_leur_inscription(smtp: ServeurSmtp) -> None:
    attendus = [un_courriel(MIDI).message_id for _ in range(3)]
    while envoyer(MIDI):
        pass
    assert smtp.identifiants == attendus


def test_un_courriel_a_venir_attend_son_heure(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI + MINUTE)
    assert not envoyer(MIDI)
    assert envoyer(MIDI + MINUTE)


def test_un_refus_passager_est_represente_de_plus_en_plus_tard(smtp: ServeurSmtp) -> None:
    courriel = un_courriel(MIDI)
    smtp.reponses = ["451 revenez plus tard", "452 encore"]
    assert envoyer(MIDI)
    assert not envoyer(MIDI + DELAIS[0] - timedelta(seconds=1))
    second = MIDI + DELAIS[0]
    assert envoyer(second)
    courriel.refresh_from_db()
    assert (courriel.a_partir_de, courriel.derniere_erreur) == (second + DELAIS[1], "452 encore")
    assert envoyer(second + DELAIS[1])
    courriel.refresh_from_db()
    assert (courriel.essais, courriel.derniere_erreur, courriel.envoye_le) == (3, "", second + DELAIS[1])
    assert smtp.identifiants == [courriel.message_id]


def test_les_attentes_sont_croissantes() -> None:
    assert list(DELAIS) == sorted(DELAIS)
    assert sum(DELAIS, timedelta()) > timedelta(days=2)


def test_apres_le_dernier_essai_le_courriel_est_en_echec(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI, essais=len(DELAIS))
    smtp.reponses = ["451 jamais"]
    assert envoyer(MIDI)
    [echec] = Courriel.objects.en_echec()
    assert (echec.derniere_erreur, echec.echoue_le) == ("451 jamais", MIDI)


def test_un_refus_definitif_n_est_jamais_represente(smtp: ServeurSmtp) -> None:
    courriel = un_courriel(MIDI)
    smtp.reponses = ["550 boite inconnue"]
    assert envoyer(MIDI)
    assert not envoyer(MIDI + timedelta(days=30))
    assert list(Courriel.objects.en_echec()) == [courriel]
    assert not Courriel.objects.incertains(MIDI + timedelta(days=30)).exists()
    assert Courriel.objects.get().derniere_erreur == "550 boite inconnue"


def test_une_adresse_impossible_est_un_echec_et_non_une_boucle(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI, destinataire="sans arobase\n@")
    assert envoyer(MIDI)
    assert Courriel.objects.en_echec().count() == 1
    assert smtp.recus == []


def test_sans_serveur_rien_n_est_perdu_ni_incertain(settings: Settings, smtp: ServeurSmtp) -> None:
    with socket.socket() as reserve:
        reserve.bind(("127.0.0.1", 0))  # un port pris, où personne n'écoute
        settings.EMAIL_PORT = reserve.getsockname()[1]
        un_courriel(MIDI)
        assert envoyer(MIDI)
    assert not Courriel.objects.incertains(MIDI + timedelta(days=1)).exists()
    settings.EMAIL_PORT = smtp.port
    assert envoyer(MIDI + DELAIS[0])
    assert len(smtp.recus) == 1


@pytest.mark.parametrize("panne", [RACCROCHE, SE_TAIT])
def test_une_coupure_en_plein_envoi_laisse_un_incertain_visible(smtp: ServeurSmtp, panne: str) -> None:
    courriel = un_courriel(MIDI)
    smtp.reponses = [panne]
    assert envoyer(MIDI)
    plus_tard = MIDI + DELAI_D_INCERTITUDE
    assert not envoyer(plus_tard + MINUTE)
    assert not Courriel.objects.incertains(plus_tard).exists()
    assert list(Courriel.objects.incertains(plus_tard + MINUTE)) == [courriel]
    assert Courriel.objects.get().derniere_erreur


def test_un_recu_de_depot_interrompu_est_represente_une_fois_avec_le_meme_identifiant(smtp: ServeurSmtp) -> None:
    courriel = un_courriel(MIDI, nom=RECU_DEPOT)
    smtp.reponses = [SE_TAIT, SE_TAIT]
    assert envoyer(MIDI)
    assert not envoyer(MIDI + DELAI_D_INCERTITUDE)
    reprise = MIDI + DELAI_D_INCERTITUDE + MINUTE
    assert envoyer(reprise)
    plus_tard = reprise + DELAI_D_INCERTITUDE + MINUTE
    assert not envoyer(plus_tard)
    assert smtp.identifiants == [courriel.message_id] * 2
    assert list(Courriel.objects.incertains(plus_tard)) == [courriel]


def test_un_recu_repris_puis_refuse_passagerement_n_est_pas_repris_deux_fois(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI, nom=RECU_DEPOT)
    smtp.reponses = [SE_TAIT, "451 plus tard", SE_TAIT]
    instants = [MIDI, MIDI + timedelta(hours=1), MIDI + timedelta(hours=2)]
    assert [envoyer(instant) for instant in instants] == [True] * 3
    assert not envoyer(MIDI + timedelta(hours=3))
    assert Courriel.objects.incertains(MIDI + timedelta(hours=3)).count() == 1


def test_un_corps_secret_quitte_la_base_des_la_reservation(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI, secret=True, corps="https://exemple.fr/jeton")
    reserve = reserver(MIDI)
    assert reserve is not None
    assert reserve.corps == "https://exemple.fr/jeton"
    assert Courriel.objects.get().corps == ""


def test_un_courriel_secret_refuse_passagerement_garde_son_corps(smtp: ServeurSmtp) -> None:
    un_courriel(MIDI, secret=True, corps="https://exemple.fr/jeton")
    smtp.reponses = ["451 plus tard"]
    assert envoyer(MIDI)
    assert envoyer(MIDI + DELAIS[0])
    assert [recu.get_content().strip() for recu in smtp.recus] == ["https://exemple.fr/jeton"]
    assert Courriel.objects.get().corps == ""


@pytest.mark.parametrize(
    "champs",
    [
        {"envoye_le": MIDI, "echoue_le": MIDI, "reserve_le": MIDI},
        {"envoye_le": MIDI},
        {"reserve_le": MIDI, "secret": True, "corps": "un secret"},
    ],
)
def test_la_base_refuse_une_vie_impossible(champs: dict[str, object]) -> None:
    courriel = un_courriel(MIDI)
    with pytest.raises(IntegrityError):
        Courriel.objects.filter(pk=courriel.pk).update(**champs)


def test_le_message_id_ne_depend_que_du_site_et_de_la_cle(settings: Settings) -> None:
    settings.SITE_URL = "https://projets.exemple.fr"
    ici, la = Courriel(cle="a:1:x@y"), Courriel(cle="a:2:x@y")
    assert ici.message_id == Courriel(cle="a:1:x@y", essais=4).message_id != la.message_id
    assert ici.message_id.endswith("@projets.exemple.fr>")
