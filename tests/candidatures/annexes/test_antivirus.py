"""L'antivirus : le vrai clamd quand la machine l'a, et ce que devient une annexe selon qu'il répond, se tait ou meurt (F-36, A-8)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures import taches
from candidatures.annexes import actions, analyse
from candidatures.annexes.fichiers.antivirus import Injoignable, analyser
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Candidature, Evenement
from hlm_projets.envoi.travailleur import besognes
from hlm_projets.models import Courriel
from hlm_projets.requete import verifications
from tests.candidatures.annexes import clamd as demons
from tests.candidatures.annexes import fichiers
from tests.fabriques import relire, un_agent, un_bailleur, un_brouillon, un_invite, un_national, une_annexe

pytestmark = pytest.mark.django_db

avec_clamd = pytest.mark.skipif(demons.BINAIRE is None, reason=demons.ABSENT)
INFECTE = fichiers.un_docx(**{"word/media/essai.bin": fichiers.EICAR})


@pytest.fixture(autouse=True)
def stockage(settings: Any, tmp_path: Path) -> None:
    """Le dossier des fichiers, neuf ; un antivirus est réglé, qui ne répond pas encore."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = str(tmp_path / "personne.ctl")
    cache.clear()


@pytest.fixture(scope="module")
def demon() -> Iterator[demons.Clamd]:
    """Le vrai clamd."""
    with demons.clamd() as demon:
        yield demon


def tout_analyser(apres: timedelta = timedelta()) -> None:
    """Le travailleur, jusqu'à ce qu'il n'ait plus rien à faire."""
    for _ in range(10):
        if not analyse.analyser_la_prochaine(timezone.now() + apres):
            return


def etats(candidature: Candidature) -> list[str]:
    return list(candidature.annexes.values_list("etat", flat=True))


# --- Le vrai démon ---------------------------------------------------------------------------------------------------------
@avec_clamd
class TestVraiClamd:
    """De bout en bout, avec EICAR."""

    def test_il_trouve_eicar_et_rien_d_autre(self, demon: demons.Clamd) -> None:
        assert analyser([fichiers.EICAR], demon.prise).startswith(demons.SIGNATURE)
        assert analyser([INFECTE[:100], INFECTE[100:]], demon.prise).startswith(demons.SIGNATURE)
        assert analyser([fichiers.un_pdf()], demon.prise) == ""
        assert analyser([], demon.prise) == ""

    def test_vingt_megaoctets_passent(self, demon: demons.Clamd) -> None:
        assert analyser([b"x" * fichiers.MEGA] * 20, demon.prise) == ""

    def test_une_annexe_saine_est_servie_une_infectee_ne_l_est_a_personne(self, demon: demons.Clamd, settings: Any) -> None:
        settings.CLAMD_SOCKET = demon.prise
        brouillon = un_brouillon()
        par, national = un_bailleur(brouillon.organisme), un_national()
        saine, infectee = une_annexe(brouillon, par=par), une_annexe(brouillon, "lettre.docx", INFECTE, par=par)
        avant = {p.nom: telecharger(qui, p) for qui in (par, national) for p in (saine, infectee)}
        assert set(avant.values()) == {404}, "le national ne télécharge rien avant le verdict"
        tout_analyser()
        assert etats(brouillon) == ["saine", "infectee"]
        assert [telecharger(qui, saine) for qui in (par, national)] == [200, 200]
        assert [telecharger(qui, infectee) for qui in (par, national)] == [404, 404]
        page = Client()
        page.force_login(par)
        html = page.get(reverse("candidatures:annexes", args=[brouillon.pk])).content.decode()
        assert "L’antivirus a trouvé « EssaiHLM.Eicar" in html
        courriel = Courriel.objects.get(nom="annexe_ecartee")
        assert courriel.destinataire == par.courriel
        assert "lettre.docx" in courriel.corps
        evenement = Evenement.objects.get(acte="ecarter_annexe")
        assert (evenement.par, evenement.par_nom) == (None, "antivirus")

    def test_suspendu_il_ne_retient_pas_le_travailleur(
        self, demon: demons.Clamd, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(analyse, "analyser", partial(analyser, delai=0.5))
        settings.CLAMD_SOCKET = demon.prise
        brouillon = un_brouillon()
        une_annexe(brouillon, par=un_bailleur(brouillon.organisme))
        with demon.suspendu():
            debut = time.monotonic()
            tout_analyser()
            assert time.monotonic() - debut < 5
        assert etats(brouillon) == ["en_analyse"]
        tout_analyser(analyse.REPRISE)
        assert etats(brouillon) == ["saine"]


def test_un_fichier_que_l_antivirus_ne_sait_pas_lire_n_arrete_pas_les_autres(monkeypatch: pytest.MonkeyPatch) -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    mauvaise, bonne = une_annexe(brouillon, par=par), une_annexe(brouillon, "lettre.docx", fichiers.un_docx(), par=par)
    Annexe.objects.filter(pk=mauvaise.pk).update(jointe_le=bonne.jointe_le - timedelta(days=1))

    def lire(morceaux: Iterator[bytes], prise: str) -> str:
        if b"".join(morceaux).startswith(b"%PDF"):
            raise Injoignable("stream: Can't allocate memory ERROR")
        return ""

    monkeypatch.setattr(analyse, "analyser", lire)
    for minutes in range(0, 6, 2):
        tout_analyser(timedelta(minutes=minutes))
    bonne.refresh_from_db()
    assert bonne.etat == "saine"


def test_un_invite_qui_n_a_plus_acces_n_est_pas_prevenu_de_son_fichier(monkeypatch: pytest.MonkeyPatch) -> None:
    brouillon = un_brouillon()
    membre, invite = un_bailleur(brouillon.organisme), un_invite(brouillon)
    une_annexe(brouillon, par=invite)
    brouillon.partages.update(revoque_le=timezone.now())
    monkeypatch.setattr(analyse, "analyser", lambda *_: "Eicar")
    tout_analyser()
    destinataires = set(Courriel.objects.filter(nom="annexe_ecartee").values_list("destinataire", flat=True))
    assert membre.courriel in destinataires
    assert invite.courriel not in destinataires


def test_les_essais_sans_fin_restent_dans_leur_colonne() -> None:
    brouillon = un_brouillon()
    annexe = une_annexe(brouillon, par=un_bailleur(brouillon.organisme))
    Annexe.objects.filter(pk=annexe.pk).update(essais=analyse.ESSAIS_COMPTES)
    tout_analyser()
    annexe.refresh_from_db()
    assert (annexe.etat, annexe.essais) == ("en_analyse", analyse.ESSAIS_COMPTES)


def telecharger(personne: Any, annexe: Annexe) -> int:
    client = Client()
    client.force_login(personne)
    reponse = client.get(reverse("candidatures:annexe", args=[annexe.candidature_id, annexe.pk]))
    b"".join(reponse)  # un fichier servi se referme une fois lu
    return int(reponse.status_code)


# --- Le dialogue --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reponse", "trouve"),
    [
        (b"stream: OK\0", ""),
        (b"stream: Eicar-Signature FOUND\0", "Eicar-Signature"),
        (b"stream: Un nom FOUND FOUND\0", "Un nom FOUND"),
    ],
)
def test_un_verdict(reponse: bytes, trouve: str) -> None:
    with demons.faux_clamd(reponse) as prise:
        assert analyser([b"contenu"], prise) == trouve


@pytest.mark.parametrize(
    "reponse",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"",
        b"n'importe quoi\0",
        b"stream: OKAY\0",
    ],
)
def test_ce_qui_n_est_pas_un_verdict(reponse: bytes) -> None:
    with demons.faux_clamd(reponse) as prise, pytest.raises(Injoignable):
        analyser([b"contenu"], prise)


def test_un_antivirus_muet_est_abandonne_a_l_heure_dite() -> None:
    debut = time.monotonic()
    with demons.faux_clamd(None) as prise, pytest.raises(Injoignable, match="TimeoutError"):
        analyser([b"x" * fichiers.MEGA] * 20, prise, delai=0.5)
    assert time.monotonic() - debut < 3


def test_un_antivirus_arrete_se_dit_aussitot(tmp_path: Path) -> None:
    with pytest.raises(Injoignable, match="FileNotFoundError"):
        analyser([b"x"], str(tmp_path / "personne"))


# --- Ce que deviennent les annexes ---------------------------------------------------------------------------------------------
def test_arrete_elles_attendent_et_le_depot_se_fait() -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    annexe = une_annexe(brouillon, par=par)
    tout_analyser()
    assert etats(brouillon) == ["en_analyse"]
    franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=timezone.now())
    agent = un_agent("77")
    assert telecharger(agent, annexe) == 404, "pas encore analysée"
    assert telecharger(par, annexe) == 200, "à qui la remplit, si"
    with demons.faux_clamd(b"stream: OK\0") as prise, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.CLAMD_SOCKET", prise)
        tout_analyser(analyse.REPRISE)
    assert telecharger(agent, annexe) == 200


def test_un_essai_manque_repousse_toutes_celles_qui_attendent(settings: Any) -> None:
    """Un antivirus muet ne coûte qu'une attente par minute au travailleur, pas une par fichier."""
    brouillon = un_brouillon()
    for nom in "abc":
        une_annexe(brouillon, f"{nom}.pdf")
    instant = timezone.now()
    assert analyse.analyser_la_prochaine(instant)
    assert not analyse.analyser_la_prochaine(instant)
    assert sorted(Annexe.objects.values_list("essais", flat=True)) == [0, 0, 1]
    assert analyse.analyser_la_prochaine(instant + analyse.REPRISE)


def test_un_fichier_perdu_ne_bloque_pas_les_autres(settings: Any) -> None:
    brouillon = un_brouillon()
    perdue, autre = une_annexe(brouillon, "a.pdf"), une_annexe(brouillon, "b.pdf")
    perdue.fichier.delete(save=False)
    with demons.faux_clamd(b"stream: OK\0") as prise:
        settings.CLAMD_SOCKET = prise
        tout_analyser()
    assert Annexe.objects.get(pk=perdue.pk).etat == "en_analyse"
    assert Annexe.objects.get(pk=autre.pk).etat == "saine"


def test_celles_d_avant_l_antivirus_sont_analysees_aussi(settings: Any) -> None:
    settings.CLAMD_SOCKET = ""
    brouillon = un_brouillon()
    une_annexe(brouillon)
    assert etats(brouillon) == ["non_analysee"]
    with demons.faux_clamd(b"stream: X FOUND\0") as prise:
        settings.CLAMD_SOCKET = prise
        tout_analyser()
    assert etats(brouillon) == ["infectee"]


def test_sans_antivirus_plus_rien_n_attend(settings: Any) -> None:
    brouillon = un_brouillon()
    une_annexe(brouillon)
    settings.CLAMD_SOCKET = ""
    assert analyse.analyser_la_prochaine(timezone.now())
    assert not analyse.analyser_la_prochaine(timezone.now())
    assert etats(brouillon) == ["non_analysee"]


def test_une_annexe_retiree_pendant_l_analyse(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    annexe = une_annexe(brouillon, par=par)

    def retirer_puis_trouver(*_: object) -> str:
        actions.retirer(brouillon, annexe.pk, par=par, maintenant=timezone.now())
        return "X"

    monkeypatch.setattr(analyse, "analyser", retirer_puis_trouver)
    assert analyse.analyser_la_prochaine(timezone.now())
    assert not Annexe.objects.exists()
    assert not Courriel.objects.filter(nom="annexe_ecartee").exists()


def test_apres_le_depot_le_courriel_ne_demande_pas_de_la_remplacer(settings: Any) -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    une_annexe(brouillon, par=par)
    franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=timezone.now())
    with demons.faux_clamd(b"stream: X FOUND\0") as prise:
        settings.CLAMD_SOCKET = prise
        tout_analyser()
    courriel = Courriel.objects.get(nom="annexe_ecartee")
    assert relire(brouillon).reference in courriel.objet
    assert "avant le dépôt" not in courriel.corps
    assert reverse("candidatures:fiche", args=[brouillon.pk]) in courriel.corps


# --- L'alerte -----------------------------------------------------------------------------------------------------------------
def test_au_dela_de_quinze_minutes_une_ligne_par_quart_d_heure(caplog: pytest.LogCaptureFixture) -> None:
    une_annexe(un_brouillon())
    instant = timezone.now()
    with caplog.at_level(logging.ERROR, "candidatures.annexes.analyse"):
        assert not analyse.alerter_si_l_antivirus_tarde(instant + timedelta(minutes=14))
        assert analyse.alerter_si_l_antivirus_tarde(instant + timedelta(minutes=16))
        assert not analyse.alerter_si_l_antivirus_tarde(instant + timedelta(minutes=17)), "déjà dite"
        cache.clear()
        assert analyse.alerter_si_l_antivirus_tarde(instant + timedelta(minutes=32))
    assert [r.getMessage() for r in caplog.records] == [
        "L'antivirus tarde : 1 annexes attendent, la plus ancienne depuis 16 minutes",
        "L'antivirus tarde : 1 annexes attendent, la plus ancienne depuis 32 minutes",
    ]


def test_le_travailleur_a_ses_besognes() -> None:
    noms = {taches.analyser_une_annexe, taches.alerter_si_l_antivirus_tarde, taches.effacer_les_fichiers_sans_annexe}
    assert noms <= set(besognes)


# --- Le réglage ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("prise", "voulu", "avertit"), [("", False, True), ("", True, False), ("/run/clamd.ctl", False, False)])
def test_l_absence_d_antivirus_se_decide(prise: str, voulu: bool, avertit: bool, settings: Any) -> None:
    settings.CLAMD_SOCKET, settings.SANS_ANTIVIRUS = prise, voulu
    assert bool(verifications.antivirus_a_choisir()) is avertit
