"""Les réponses d'un serveur de courriel, les attentes de la boîte d'envoi, et tout ce qui borne l'historique d'une saisie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from candidatures.models import Candidature, Changement
from candidatures.models.historique import Trace
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.differences import ECARTS_MAXIMUM, differences
from candidatures.plusieurs_mains.historique import PageDeSaisie, Verdict
from candidatures.saisie import actions
from hlm_projets.envoi import envoi
from hlm_projets.envoi.courriels import LONGUEUR_VALEUR, inscrire, une_ligne
from hlm_projets.models import DELAI_D_INCERTITUDE, RECU_DEPOT, Courriel
from tests.bornes.borne import INSTANT, Borne, a_trois_pas, une_fois
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.hlm_projets.fabrique import un_courriel
from tests.hlm_projets.serveur_smtp import ServeurSmtp

pytestmark = pytest.mark.django_db
MIDI = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE, HEURE = timedelta(minutes=1), timedelta(hours=1)
PASSAGER, DEFINITIF = "représenté", "en échec"


@pytest.fixture(autouse=True)
def _l_heure() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(MIDI, tick=False):
        yield


# --- Le serveur de courriel ------------------------------------------------------------------------------------------------
class Difficile(ServeurSmtp):
    """Un serveur qui répond ce code à un mot du dialogue : « MAIL », « RCPT » ou « DATA »."""

    mot, reponse = "", ""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """L'expéditeur."""
        envelope.mail_from = address
        return self.reponse if self.mot == "MAIL" else "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Le destinataire."""
        if self.mot == "RCPT":
            return self.reponse
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def serveur(settings: Any) -> Iterator[Difficile]:
    with Difficile() as difficile:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", difficile.port, 5
        yield difficile


@pytest.mark.parametrize(
    ("mot", "code", "attendu"),
    [
        *[("DATA", code, PASSAGER) for code in (400, 421, 450, 451, 452, 499)],
        *[("DATA", code, DEFINITIF) for code in (500, 501, 550, 552, 554, 599)],
        *[("RCPT", code, PASSAGER) for code in (400, 421, 450, 499)],
        *[("RCPT", code, DEFINITIF) for code in (500, 501, 550, 599)],
        *[("MAIL", code, PASSAGER) for code in (421, 451, 499, 500, 550, 599)],  # un réglage à corriger, non un courriel perdu
    ],
)
def test_un_code_du_serveur(mot: str, code: int, attendu: str, serveur: Difficile) -> None:
    """4xx se représente, 5xx jamais ; rien n'est alors incertain."""
    courriel = un_courriel(MIDI)
    serveur.mot, serveur.reponse = mot, f"{code} essai"
    serveur.reponses = [f"{code} essai"] if mot == "DATA" else []
    assert envoi.envoyer_le_prochain()
    courriel.refresh_from_db()
    assert (PASSAGER if courriel.reserve_le is None else DEFINITIF) == attendu
    assert (courriel.a_partir_de, courriel.echoue_le) == ((MIDI + MINUTE, None) if attendu == PASSAGER else (MIDI, MIDI))
    assert str(code) in courriel.derniere_erreur
    assert serveur.recus == []


def test_les_delais_officiels() -> None:
    assert [delai / MINUTE for delai in envoi.DELAIS] == [1, 5, 15, 60, 240, 720, 1440, 1440]


def essais_faits(combien: int) -> str:
    """Ce que devient un courriel refusé pour un temps, après tant d'essais déjà faits."""
    courriel = un_courriel(MIDI, essais=combien)
    reserve = envoi.reserver(MIDI)
    assert reserve
    envoi._reporter(reserve, "450 plus tard")
    courriel.refresh_from_db()
    return DEFINITIF if courriel.echoue_le else str((courriel.a_partir_de - MIDI) / MINUTE)


def part(**champs: Any) -> Callable[[datetime], bool]:
    def a(le: datetime) -> bool:
        un_courriel(MIDI, **champs)
        return Courriel.objects.a_envoyer(le).exists()

    return a


def est_incertain(le: datetime) -> bool:
    un_courriel(MIDI, reserve_le=MIDI)
    return Courriel.objects.incertains(le).exists()


def objet_de(longueur: int) -> int:
    """La longueur de l'objet d'un courriel inscrit, pour un titre de cette longueur."""
    objet = inscrire("decision", "a@exemple.fr", {"titre": "x" * longueur, "numero": ""}, cle="essai").objet
    return objet.count("x")


COURRIELS = (
    Borne("essais", len(envoi.DELAIS) - 1, 7, essais_faits, "1440.0", "1440.0", DEFINITIF),
    Borne("l'heure de partir", MIDI, MIDI, part(), False, True, True, INSTANT),
    Borne("un reçu interrompu", MIDI + DELAI_D_INCERTITUDE, MIDI + 10 * MINUTE,
          part(nom=RECU_DEPOT, reserve_le=MIDI), False, False, True, INSTANT),
    Borne("un envoi incertain", MIDI + DELAI_D_INCERTITUDE, MIDI + 10 * MINUTE, est_incertain, False, False, True, INSTANT),
    Borne("une valeur d'un courriel", LONGUEUR_VALEUR, 200, lambda n: une_ligne("x" * n).count("x"), 199, 200, 199),
    Borne("une erreur du serveur", 500, 500, lambda n: une_ligne("x" * n, 500).count("x"), 499, 500, 499),
)  # fmt: skip


# --- L'historique ------------------------------------------------------------------------------------------------------------
def une_suite(brouillon: Candidature, textes: list[str], le: datetime = MIDI) -> None:
    """Un changement par texte, du plus ancien au plus récent, sans page : chacun sa ligne."""
    par = un_bailleur(brouillon.organisme)
    for rang, texte in enumerate(textes):
        instant = le - timedelta(seconds=len(textes) - 1 - rang)
        historique.noter(brouillon, {"nom": ""}, {"nom": texte}, par=par, page="", le=instant)


def gardes(textes: list[str], maintenant: datetime = MIDI) -> int:
    """Combien de ces changements restent après l'élagage."""
    brouillon = un_brouillon()
    Changement.objects.all().delete()
    une_suite(brouillon, textes)
    historique.elaguer(Changement, maintenant)
    return brouillon.changements.count()


VIDE = 4
"""Deux textes vides au format JSON : les guillemets comptent."""


def deux_textes(caracteres: int) -> int:
    """Deux changements, de tant de caractères à eux deux, avant et après confondus, guillemets compris."""
    moitie = caracteres // 2
    return gardes(["x" * (moitie - VIDE), "y" * (caracteres - moitie - VIDE)])


def un_autre_dossier_s_elague(le: datetime) -> bool:
    return gardes(["a"] * (historique.LIGNES + 1), le) == historique.LIGNES


def lignes_d_une_page(le: datetime) -> int:
    """Combien de lignes pour deux enregistrements de la même page, à MIDI puis à cet instant."""
    brouillon = un_brouillon()
    par, page = un_bailleur(brouillon.organisme), PageDeSaisie("p")
    brouillon.changements.all().delete()
    for instant, nom in ((MIDI, "un"), (le, "deux")):
        actions.enregistrer(brouillon, {"nom": nom}, par=par, page=page, le=instant)
    return brouillon.changements.count()


def un_envoi_de_rang(rang: int) -> str:
    """Le nom gardé, quand la même page envoie le rang 5 puis celui-ci."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    for nom, envoye in (("le cinquième", 5), ("celui-ci", rang)):
        actions.enregistrer(brouillon, {"nom": nom}, par=par, page=PageDeSaisie.de("p", str(envoye)), le=MIDI)
    return str(relire(brouillon).nom)


def verdict_au_rang(rang: int) -> Verdict:
    """À qui se dispute une réponse que cette page a écrite au rang 5."""
    brouillon = un_brouillon()
    brouillon.changements.all().delete()
    actions.enregistrer(brouillon, {"nom": "Neuf"}, par=un_bailleur(brouillon.organisme), page=PageDeSaisie.de("p", "5"), le=MIDI)
    return historique.verdict(brouillon.changements.all(), "nom", PageDeSaisie.de("p", str(rang)))


def rang_lu(rang: int) -> int | None:
    return PageDeSaisie.de("p", str(rang)).rang


def chiffres_lus(chiffres: int) -> int | None:
    return rang_lu(10 ** (chiffres - 1))


def l_elagage_recommence(le: datetime) -> bool:
    cache.clear()
    assert historique.est_l_heure_d_elaguer(Changement)
    with time_machine.travel(le, tick=False):
        return historique.est_l_heure_d_elaguer(Changement)


def mots_compares(ecarts: int) -> int:
    """Le nombre de morceaux communs entre deux textes qui diffèrent de tant de mots, en une seule phrase."""
    ajoutes = "début " + " ".join(f"mot{rang} commun" for rang in range(ecarts))
    communs = "début " + " ".join(["commun"] * ecarts)
    return min(2, sum(e.genre == "commun" for e in differences(communs, ajoutes)))


SECONDE = timedelta(seconds=1)
MAXIMUM = historique.RANG_MAXIMUM
HISTORIQUE = (
    Borne("changements par rubrique", historique.LIGNES, 50, lambda n: gardes(["a"] * n), 49, 50, 50),
    Borne("caractères par rubrique", historique.CARACTERES, 400_000, deux_textes, 2, 2, 1),
    Borne("le dernier changement reste, si long soit-il", historique.CARACTERES, 400_000, lambda n: gardes(["x" * n]), 1, 1, 1),
    Borne("les dossiers touchés depuis une heure", MIDI + HEURE, MIDI + HEURE, un_autre_dossier_s_elague, True, False, False, INSTANT),
    Borne("l'élagage, toutes les cinq minutes", MIDI + historique.INTERVALLE, MIDI + 5 * MINUTE,
          l_elagage_recommence, False, False, True, SECONDE),
    Borne("une tranche", MIDI + Trace.DUREE * SECONDE, MIDI + 15 * MINUTE, lignes_d_une_page, 1, 2, 2, INSTANT),
    Borne("un envoi dépassé", 5, 5, un_envoi_de_rang, "le cinquième", "celui-ci", "celui-ci"),
    Borne("un envoi dépassé ne se dispute pas", 5, 5, verdict_au_rang, Verdict.DEPASSEE, Verdict.SIENNE, Verdict.SIENNE),
    Borne("le plus grand rang", MAXIMUM, 2_147_483_647, rang_lu, MAXIMUM - 1, MAXIMUM, MAXIMUM),
    Borne("un rang a onze chiffres au plus", 11, 11, chiffres_lus, 10**9, MAXIMUM, None),
    Borne("mots comparés", ECARTS_MAXIMUM, 900, mots_compares, 2, 2, 0),
)  # fmt: skip
TOUTES = (*COURRIELS, *HISTORIQUE)


@une_fois(TOUTES)
def test_la_valeur_officielle(borne: Borne) -> None:
    assert borne.lue == borne.officielle


@a_trois_pas(TOUTES)
def test_a_un_pas_pres(borne: Borne, ecart: int) -> None:
    assert borne.observe(ecart) == borne.attendu(ecart)


@pytest.mark.parametrize("rang", ["", "-1", "1.5", "1 ", "x", "²", "٣", "9" * 12])
def test_un_rang_illisible_n_en_est_pas_un(rang: str) -> None:
    assert PageDeSaisie.de("p", rang).rang is None
