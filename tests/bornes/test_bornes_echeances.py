"""Chaque échéance, un instant avant, à l'instant même, un instant après ; l'horloge de la machine n'y est pour rien."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from avis.actions import reporter
from avis.attendus import Niveau, attendu_de
from avis.taches import prevenir
from candidatures import verrou
from candidatures.annexes import analyse
from candidatures.archives import actions as archives
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Archive, Campagne, Candidature, Evenement, Partage
from candidatures.models.partage import VALIDITE as VALIDITE_D_UN_PARTAGE
from candidatures.partages import actions as partages
from candidatures.plusieurs_mains import presence
from candidatures.saisie import actions
from comptes import invitations
from comptes.models import Habilitation, Invitation, Role
from comptes.models.invitation import VALIDITE as VALIDITE_D_UN_LIEN
from pilotage.decisions.dossiers import raisons_de_ne_pas_publier
from territoires.heures import dire_duree, reste
from tests.avis.fabriques import DEPARTEMENT, REGION, rendre, un_dossier
from tests.bornes.borne import INSTANT, Borne, a_trois_pas, une_fois
from tests.fabriques import (
    habiliter,
    relire,
    un_agent,
    un_bailleur,
    un_brouillon,
    un_national,
    une_annexe,
    une_campagne,
    une_personne,
)

pytestmark = pytest.mark.django_db
OUVERTURE, CLOTURE = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 6, 30, 21, 59, tzinfo=UTC)
MIDI = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""L'heure qu'il est, pour tout ce qui ne la reçoit pas."""
DEPARTEMENTS, REGIONS = datetime(2026, 9, 1, 21, 59, tzinfo=UTC), datetime(2026, 9, 15, 21, 59, tzinfo=UTC)
MINUTE, HEURE, JOUR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REFUSE, PERMIS = False, True
DATES: dict[str, Any] = {
    "ouverture": OUVERTURE,
    "cloture": CLOTURE,
    "echeance_departementale": DEPARTEMENTS,
    "echeance_regionale": REGIONS,
}


@pytest.fixture(autouse=True)
def _l_heure() -> Iterator[None]:
    with time_machine.travel(MIDI, tick=False):
        yield


@pytest.fixture(autouse=True)
def _fichiers(settings: Any, tmp_path: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = "/nulle/part"


def permis(action: Callable[[], object]) -> bool:
    """Vrai si l'action n'est pas refusée."""
    try:
        action()
    except (verrou.Refus, ValidationError):
        return False
    return True


# --- La campagne -----------------------------------------------------------------------------------------------------------
def creer(le: datetime) -> bool:
    campagne, par = une_campagne(**DATES), un_bailleur(un_brouillon().organisme)
    organisme = par.habilitations.get().organisme
    assert organisme
    return permis(lambda: actions.creer(campagne, organisme, par=par, maintenant=le))


def deposer(tolerance: int = 0) -> Callable[[datetime], bool]:
    def a(le: datetime) -> bool:
        brouillon = un_brouillon(une_campagne(**DATES, tolerance_minutes=tolerance))
        par = un_bailleur(brouillon.organisme)
        return permis(lambda: franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=le))

    return a


def se_publie(tolerance: int) -> Callable[[datetime], bool]:
    def a(le: datetime) -> bool:
        raisons = raisons_de_ne_pas_publier(une_campagne(**DATES, tolerance_minutes=tolerance), [], le)
        return not any("n'est pas close" in raison for raison in raisons)

    return a


def est_proposee(le: datetime) -> bool:
    une_campagne(**DATES)
    return Campagne.objects.ouvertes(le).exists()


def se_regle(**autres: Any) -> Callable[[datetime], bool]:
    """Vrai si la campagne admet cette date, à la place de celle que nomme `champ`."""
    champ = autres.pop("champ")
    return lambda le: permis(Campagne(code="C", titre="T", **(DATES | autres | {champ: le})).clean)


CAMPAGNE = (
    Borne("ouverture : commencer", OUVERTURE, OUVERTURE, creer, REFUSE, PERMIS, PERMIS, INSTANT),
    Borne("clôture : commencer", CLOTURE, CLOTURE, creer, PERMIS, PERMIS, REFUSE, INSTANT),
    Borne("ouverture : proposée", OUVERTURE, OUVERTURE, est_proposee, REFUSE, PERMIS, PERMIS, INSTANT),
    Borne("clôture : proposée", CLOTURE, CLOTURE, est_proposee, PERMIS, PERMIS, REFUSE, INSTANT),
    Borne("ouverture : déposer", OUVERTURE, OUVERTURE, deposer(), REFUSE, PERMIS, PERMIS, INSTANT),
    Borne("clôture : déposer", CLOTURE, CLOTURE, deposer(), PERMIS, PERMIS, REFUSE, INSTANT),
    Borne("quinze minutes de tolérance", CLOTURE + 15 * MINUTE, CLOTURE + 15 * MINUTE, deposer(15), PERMIS, PERMIS, REFUSE, INSTANT),
    Borne("clôture : publier", CLOTURE, CLOTURE, se_publie(0), REFUSE, REFUSE, PERMIS, INSTANT),
    Borne("tolérance : publier", CLOTURE + 15 * MINUTE, CLOTURE + 15 * MINUTE, se_publie(15), REFUSE, REFUSE, PERMIS, INSTANT),
    Borne("clôture après l'ouverture", OUVERTURE, OUVERTURE, se_regle(champ="cloture"), REFUSE, REFUSE, PERMIS, INSTANT),
    Borne(
        "régionale avec la départementale, ou après", DEPARTEMENTS, DEPARTEMENTS,
        se_regle(champ="echeance_regionale"), REFUSE, PERMIS, PERMIS, INSTANT,
    ),
    Borne("la clôture se dit passée", CLOTURE, CLOTURE, lambda le: reste(CLOTURE, le).startswith("close"), False, False, True, INSTANT),
)  # fmt: skip


# --- Les avis --------------------------------------------------------------------------------------------------------------
def un_depose() -> Candidature:
    return un_dossier(campagne=une_campagne(**DATES), le=MIDI)


def etape(niveau: Niveau, territoire: str) -> Callable[[datetime], str]:
    def a(le: datetime) -> str:
        dossier = un_depose()
        if niveau == REGION:
            rendre(dossier, DEPARTEMENT, "77", le=MIDI)
        return attendu_de(relire(dossier), niveau, territoire, le).etape.value

    return a


def passer_outre(le: datetime) -> bool:
    dossier = un_depose()
    return permis(lambda: rendre(dossier, REGION, "11", le=le, motif="Sans réponse."))


def previent_la_region(le: datetime) -> bool:
    un_agent("11", regional=True)
    un_depose()
    return prevenir(le)


def reporter_a(echeance: datetime) -> bool:
    dossier, par = un_depose(), un_national()
    return permis(lambda: reporter(dossier, DEPARTEMENT, "77", echeance, par=par, maintenant=MIDI, motif="Congés."))


def etape_reportee(le: datetime) -> str:
    dossier = un_depose()
    reporter(dossier, DEPARTEMENT, "77", REGIONS, par=un_national(), maintenant=MIDI, motif="Congés.")
    return attendu_de(relire(dossier), DEPARTEMENT, "77", le).etape.value


AVIS = (
    Borne(
        "avis départemental en retard",
        DEPARTEMENTS,
        DEPARTEMENTS,
        etape(DEPARTEMENT, "77"),
        "attendu",
        "attendu",
        "en_retard",
        INSTANT,
    ),
    Borne("avis régional en retard", REGIONS, REGIONS, etape(REGION, "11"), "attendu", "attendu", "en_retard", INSTANT),
    Borne("la région passe outre", DEPARTEMENTS, DEPARTEMENTS, passer_outre, REFUSE, REFUSE, PERMIS, INSTANT),
    Borne("la région est prévenue", DEPARTEMENTS, DEPARTEMENTS, previent_la_region, False, False, True, INSTANT),
    Borne("une échéance reportée est à venir", MIDI, MIDI, reporter_a, REFUSE, REFUSE, PERMIS, INSTANT),
    Borne("une échéance reportée vaut", REGIONS, REGIONS, etape_reportee, "attendu", "attendu", "en_retard", INSTANT),
)


# --- Les invitations et les habilitations ------------------------------------------------------------------------------------
def se_renvoie_a_un_membre(le: datetime) -> str:
    par, personne = un_national(), une_personne(mot_de_passe=None)
    habiliter(personne, Role.LECTEUR)
    invitations.reinviter(personne, par=par, le=MIDI)
    return invitations.reinviter(personne, par=par, le=le).value


def un_partage() -> tuple[Partage, Any]:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    return partages.inviter(brouillon, "invitee@exemple.fr", Partage.Droit.LIRE, par=par, le=MIDI), par


def ouvre_a_un_invite(le: datetime) -> bool:
    return un_partage()[0].est_valable(le)


def se_renvoie_a_un_invite(le: datetime) -> bool:
    partage, par = un_partage()
    return partages.renvoyer(partage, par=par, le=le)


def un_jour_apres_quarante_envois(le: datetime) -> bool:
    partage, par = un_partage()
    for _ in range(partages.ENVOIS_PAR_JOUR - 1):
        verrou.consigner(partage.candidature, "renvoyer_invitation", par=par, le=MIDI)
    return permis(lambda: partages.inviter(partage.candidature, "autre@exemple.fr", Partage.Droit.LIRE, par=par, le=le))


def est_habilitee(**dates: Any) -> Callable[[date], bool]:
    def a(jour: date) -> bool:
        habiliter(une_personne(), Role.LECTEUR, **dates)
        return Habilitation.objects.en_cours(jour).filter(role=Role.LECTEUR).exists()

    return a


MAI = date(2026, 5, 1)
INVITATIONS = (
    Borne("lien d'un compte", MIDI + VALIDITE_D_UN_LIEN, MIDI + 7 * JOUR,
          lambda le: Invitation(creee_le=MIDI).est_valable(le), True, False, False, INSTANT),
    Borne("lien d'un compte renvoyé", MIDI + invitations.DELAI_DE_RENVOI, MIDI + MINUTE,
          se_renvoie_a_un_membre, "deja", "invitee", "invitee", INSTANT),
    Borne("lien d'un invité", MIDI + VALIDITE_D_UN_PARTAGE, MIDI + 14 * JOUR,
          ouvre_a_un_invite, True, False, False, INSTANT),
    Borne("lien d'un invité renvoyé", MIDI + partages.DELAI_DE_RENVOI, MIDI + 5 * MINUTE, se_renvoie_a_un_invite, False, True, True, INSTANT),
    Borne("quarante envois s'oublient en un jour", MIDI + JOUR, MIDI + JOUR, un_jour_apres_quarante_envois, REFUSE, PERMIS, PERMIS, INSTANT),
    Borne("habilitation, premier jour", MAI, MAI, est_habilitee(debut=MAI), False, True, True, JOUR),
    Borne("habilitation, dernier jour", MAI, MAI, est_habilitee(fin=MAI), True, True, False, JOUR),
)  # fmt: skip


# --- Ce qui s'efface, ce qui se réessaie ---------------------------------------------------------------------------------------
def est_presente(le: datetime) -> bool:
    brouillon = un_brouillon()
    presence.signaler(brouillon, une_personne(), "projet", MIDI)
    return bool(presence.presents(brouillon, sauf=une_personne(), le=le))


def s_oublie(le: datetime) -> bool:
    presence.signaler(un_brouillon(), une_personne(), "projet", MIDI)
    return presence.effacer_les_anciennes(le)


def une_archive_s_efface(le: datetime) -> bool:
    Archive.objects.create(demandee_par=une_personne(), demandee_le=MIDI, prete_le=MIDI, fichier="archives/a.zip", etat="prete")
    return archives.effacer_les_perimees(le)


def une_annexe_avec(**colonnes: Any) -> None:
    une_annexe(un_brouillon(), maintenant=MIDI)
    Annexe.objects.update(**colonnes)


def l_antivirus_tarde(le: datetime) -> bool:
    une_annexe_avec()
    return analyse.alerter_si_l_antivirus_tarde(le)


def se_reessaie(le: datetime) -> bool:
    une_annexe_avec()
    assert analyse._reserver(MIDI)
    return analyse._reserver(le) is not None


def un_menage_recommence(le: datetime) -> bool:
    menage = analyse.Menage()
    menage.faire(MIDI)
    menage.faire(le)
    return menage.prochain == le + analyse.GARDE


def un_orphelin_s_efface(le: datetime) -> bool:
    chemin = default_storage.path(default_storage.save("pieces/1/perdu", BytesIO(b"x")))
    os.utime(chemin, (MIDI.timestamp(), MIDI.timestamp()))
    return analyse.effacer_les_orphelins(le)


MENAGE = (
    Borne("présence", MIDI + presence.FRAICHEUR, MIDI + timedelta(seconds=45), est_presente, True, False, False, INSTANT),
    Borne("présence oubliée", MIDI + presence.GARDE, MIDI + HEURE, s_oublie, False, False, True, INSTANT),
    Borne("archive", MIDI + archives.GARDE, MIDI + 32 * HEURE, une_archive_s_efface, False, False, True, INSTANT),
    Borne("antivirus en retard", MIDI + analyse.RETARD, MIDI + 15 * MINUTE, l_antivirus_tarde, False, False, True, INSTANT),
    Borne("antivirus réessayé", MIDI + analyse.REPRISE, MIDI + MINUTE, se_reessaie, False, True, True, INSTANT),
    Borne("ménage des fichiers", MIDI + analyse.GARDE, MIDI + HEURE, un_menage_recommence, False, True, True, INSTANT),
    Borne(
        "fichier sans annexe", MIDI + analyse.GARDE, MIDI + HEURE, un_orphelin_s_efface, False, False, True, timedelta(seconds=1)
    ),
)
DUREES = (
    Borne(
        "une minute", MINUTE, timedelta(seconds=60), dire_duree, "moins d'une minute", "1\u00a0minute", "1\u00a0minute", INSTANT
    ),
    Borne("une heure", HEURE, timedelta(minutes=60), dire_duree, "59\u00a0minutes", "1\u00a0heure", "1\u00a0heure", INSTANT),
    Borne("deux jours", 2 * JOUR, timedelta(hours=48), dire_duree, "47\u00a0heures", "2\u00a0jours", "2\u00a0jours", INSTANT),
)
TOUTES = (*CAMPAGNE, *AVIS, *INVITATIONS, *MENAGE, *DUREES)


@une_fois(TOUTES)
def test_la_valeur_officielle(borne: Borne) -> None:
    assert borne.lue == borne.officielle


@a_trois_pas(TOUTES)
def test_a_un_instant_pres(borne: Borne, ecart: int) -> None:
    assert borne.observe(ecart) == borne.attendu(ecart)


def test_le_hors_delai_tolere_est_note_des_l_instant_qui_suit_la_cloture() -> None:
    for ecart, note in ((timedelta(0), {}), (INSTANT, {"hors_delai_tolere": True})):
        deposer(15)(CLOTURE + ecart)
        assert Evenement.objects.filter(acte="deposer").latest("pk").detail == note
