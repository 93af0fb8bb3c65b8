"""Les courses des avis (F-13) : chaque verrou a son témoin, où on l'ôte et où la course se voit. Sur PostgreSQL seulement."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from avis import actions
from avis.actions import Conflit, DejaRendu
from avis.models import AvisDepartemental, AvisFige, AvisRegional
from candidatures import verrou
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.circuit.franchir import avancer as avancer_
from candidatures.etats import Etat
from candidatures.models import Candidature, Evenement
from candidatures.plusieurs_mains.empreintes import empreinte
from candidatures.verrou import Refus
from comptes.models import Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, REPONSES, agent, ecrire, rendre, un_collegue, un_dossier
from tests.candidatures.circuit.test_courses import ensemble
from tests.fabriques import relire, un_agent, un_bailleur, un_national

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
VIDE = {"champ_libre": empreinte("champ_libre", "")}
"""Ce que retient une page d'un avis encore vide."""
VERROU = pytest.mark.parametrize("verrou", [True, False], ids=["avec le verrou", "témoin sans verrou"])


@pytest.fixture(autouse=True)
def _ralenti(monkeypatch: pytest.MonkeyPatch) -> None:
    """Élargit l'intervalle entre le contrôle et l'écriture."""
    monkeypatch.setattr(verrou, "entre_controle_et_ecriture", partial(time.sleep, 0.05))


def signer(dossier: Candidature, niveau: Any, territoire: str, par: Utilisateur) -> Any:
    personne = Utilisateur.objects.get(pk=par.pk)
    return actions.rendre(dossier, niveau, territoire, par=personne, maintenant=timezone.now())


@VERROU
def test_huit_collegues_commencent_le_meme_avis(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Une seule ligne naît ; les autres voient le texte du premier. Sans verrou, seule la base arrête la seconde."""
    monkeypatch.setattr(verrou, "VERROU", verrou)
    dossier, collegues = un_dossier(), [un_collegue("77") for _ in range(8)]

    def commencer(rang: int) -> object:
        par = Utilisateur.objects.get(pk=collegues[rang].pk)
        return actions.enregistrer(dossier, DEPARTEMENT, "77", {"champ_libre": f"Texte {rang}"}, lues=VIDE, par=par)

    genres = Counter(type(resultat) for resultat in ensemble(partial(commencer, rang) for rang in range(8)))
    assert AvisDepartemental.objects.count() == 1
    if verrou:
        assert genres == {AvisDepartemental: 1, Conflit: 7}
    else:
        assert genres[IntegrityError] > 0, "sans verrou, la course doit se voir"


@VERROU
def test_vingt_clics_un_seul_avis_rendu(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verrou, "VERROU", verrou)
    dossier, personnes = un_dossier(), [un_agent("77"), un_collegue("77")]
    ecrire(dossier, DEPARTEMENT, "77", personnes[0])
    resultats = ensemble([partial(signer, dossier, DEPARTEMENT, "77", par) for par in personnes] * 10)
    genres = Counter(type(resultat) for resultat in resultats)
    if not verrou:
        assert genres[AvisDepartemental] > 1, "sans verrou, la course doit se voir"
        return
    assert genres == {AvisDepartemental: 1, DejaRendu: 19}
    assert AvisFige.objects.count() == Evenement.objects.filter(acte="rendre_avis_departement").count() == 1


@VERROU
def test_les_deux_derniers_departements_ensemble_font_avancer(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chacun, sans verrou, croirait que l'autre n'a pas rendu : le dossier resterait en arrière."""
    monkeypatch.setattr(verrou, "VERROU", verrou)
    dossier = un_dossier(["75", "77"])
    agents = {code: un_agent(code) for code in ("75", "77")}
    for code, par in agents.items():
        ecrire(dossier, DEPARTEMENT, code, par)
    _ensemble_jusqu_au_bout(monkeypatch, verrou)
    ensemble(partial(signer, dossier, DEPARTEMENT, code, par) for code, par in agents.items())
    assert relire(dossier).etat == (Etat.AVIS_REGIONAUX if verrou else Etat.DEPOSEE)


def _ensemble_jusqu_au_bout(monkeypatch: pytest.MonkeyPatch, verrou: bool) -> None:
    """Sans verrou, retarde aussi la fin de chaque transaction, pour qu'aucune ne voie l'autre."""
    if not verrou:
        d_origine = avancer_

        def avancer(*args: Any, **kwargs: Any) -> Any:
            try:
                return d_origine(*args, **kwargs)
            finally:
                time.sleep(0.3)

        monkeypatch.setattr(actions, "avancer", avancer)


def test_rendre_pendant_un_retrait() -> None:
    """F-14 : l'un passe, l'autre apprend pourquoi il ne passe pas ; jamais un avis rendu sur un dossier retiré avant."""
    dossier, par, bailleur = un_dossier(), un_agent("77"), None
    ecrire(dossier, DEPARTEMENT, "77", par)
    bailleur = un_bailleur(dossier.organisme)

    def retirer() -> object:
        personne = Utilisateur.objects.get(pk=bailleur.pk)
        return franchir(dossier, PASSAGES["retirer"], par=personne, maintenant=timezone.now(), motif="Abandon.")

    rendu, retrait = ensemble([partial(signer, dossier, DEPARTEMENT, "77", par), retirer])
    assert isinstance(retrait, Evenement)
    assert relire(dossier).etat == Etat.RETIREE
    if isinstance(rendu, Refus):
        assert "Retirée" in str(rendu)
        assert not AvisDepartemental.objects.get().est_rendu
    else:
        assert AvisDepartemental.objects.get().est_rendu


def test_rouvrir_pendant_que_la_region_rend() -> None:
    """Jamais un avis régional rendu sur un avis départemental rouvert sous ses pieds."""
    dossier, region, national = un_dossier(), agent(REGION, "11"), un_national()
    rendre(dossier, DEPARTEMENT, "77")
    ecrire(dossier, REGION, "11", region)

    def rouvrir() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return actions.rouvrir(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now(), motif="Erreur.")

    rendu, rouvert = ensemble([partial(signer, dossier, REGION, "11", region), rouvrir])
    assert [isinstance(rendu, Refus), isinstance(rouvert, Refus)].count(True) == 1
    assert AvisRegional.objects.get().est_rendu is AvisDepartemental.objects.get().est_rendu
    assert relire(dossier).etat == (Etat.COMITE if isinstance(rouvert, Refus) else Etat.DEPOSEE)


def test_rouvrir_pendant_une_decision() -> None:
    dossier, national = un_dossier(), un_national()
    rendre(dossier, DEPARTEMENT, "77")
    rendre(dossier, REGION, "11")

    def rouvrir() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return actions.rouvrir(dossier, REGION, "11", par=par, maintenant=timezone.now(), motif="Erreur.")

    def decider() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return franchir(dossier, PASSAGES["ne_pas_retenir"], par=par, maintenant=timezone.now(), motif="Non.")

    rouvert, decide = ensemble([rouvrir, decider])
    assert [isinstance(r, Refus | DejaFranchi) for r in (rouvert, decide)].count(True) == 1
    assert AvisRegional.objects.get().est_rendu is (relire(dossier).etat == Etat.NON_RETENUE)


@VERROU
def test_la_meme_reponse_au_fil_de_la_frappe(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deux collègues la changent depuis le même texte : un seul l'écrit, l'autre lit les deux. Sans verrou, un texte se perd."""
    monkeypatch.setattr(verrou, "VERROU", verrou)
    dossier, collegues = un_dossier(), [un_agent("77"), un_collegue("77")]
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le départ")
    lues = {"champ_libre": empreinte("champ_libre", "Le départ")}
    if not verrou:
        _tous_lisent_avant_d_ecrire(monkeypatch, 2)

    def taper(rang: int) -> object:
        par = Utilisateur.objects.get(pk=collegues[rang].pk)
        textes = {"champ_libre": f"Texte {rang}"}
        return actions.enregistrer(dossier, DEPARTEMENT, "77", textes, lues=lues, par=par, page=str(uuid.uuid4()))

    genres = Counter(type(resultat) for resultat in ensemble(partial(taper, rang) for rang in range(2)))
    traces = dossier.changements_des_avis.filter(rubrique="champ_libre", page__gt="")
    if not verrou:
        assert genres == {AvisDepartemental: 2}, "sans verrou, la course doit se voir : chacun croit avoir écrit"
        return
    assert genres == {AvisDepartemental: 1, Conflit: 1}
    assert [trace.apres for trace in traces] == [AvisDepartemental.objects.get().champ_libre]


@pytest.mark.parametrize("garde", [True, False], ids=["avec le verrou", "témoin sans verrou, la ligne récrite entière"])
def test_deux_rubriques_differentes_restent_toutes_deux(garde: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le verrou et `update_fields` gardent chacun les autres colonnes ; sans l'un ni l'autre, des textes se perdent."""
    monkeypatch.setattr(verrou, "VERROU", garde)
    if not garde:
        entiere = AvisDepartemental.save
        monkeypatch.setattr(AvisDepartemental, "save", lambda self, **options: entiere(self))
    dossier, par = un_dossier(), un_agent("77")
    ecrire(dossier, DEPARTEMENT, "77", par, **dict.fromkeys(("champ_libre", "pertinence", "conditions"), "Le départ"))
    if not garde:
        _tous_lisent_avant_d_ecrire(monkeypatch, len(REPONSES[DEPARTEMENT]))

    def ecrire_une(nom: str) -> object:
        personne = Utilisateur.objects.get(pk=par.pk)
        lues = {nom: empreinte(nom, "" if nom == "reproductibilite" else "Le départ")}
        return actions.enregistrer(dossier, DEPARTEMENT, "77", {nom: REPONSES[DEPARTEMENT][nom]}, lues=lues, par=personne)

    ensemble(partial(ecrire_une, nom) for nom in REPONSES[DEPARTEMENT])
    avis = AvisDepartemental.objects.get()
    gardees = {nom: getattr(avis, nom) for nom in REPONSES[DEPARTEMENT]}
    assert (gardees == REPONSES[DEPARTEMENT]) is garde, "sans garde, la course doit se voir"


@VERROU
def test_taper_pendant_qu_un_collegue_rend(verrou: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """La frappe est dans l'avis signé, ou refusée : jamais un avis rendu qui change après coup."""
    monkeypatch.setattr(verrou, "VERROU", verrou)
    dossier, un, deux = un_dossier(), un_agent("77"), un_collegue("77")
    ecrire(dossier, DEPARTEMENT, "77", un)

    def taper() -> object:
        par = Utilisateur.objects.get(pk=deux.pk)
        return actions.enregistrer(dossier, DEPARTEMENT, "77", {"conditions": "Ajout"}, lues={}, par=par)

    if not verrou:
        _tous_lisent_avant_d_ecrire(monkeypatch, 2)
    _, tape = ensemble([partial(signer, dossier, DEPARTEMENT, "77", un), taper])
    avis, fige = AvisDepartemental.objects.get(), AvisFige.objects.get()
    if verrou:
        assert avis.est_rendu
        assert fige.contenu["conditions"] == avis.conditions
        assert isinstance(tape, DejaRendu) or avis.conditions == "Ajout"
    else:
        assert isinstance(tape, AvisDepartemental)  # on lui a dit que c'était écrit
        assert (fige.contenu["conditions"], avis.conditions) != ("Ajout", "Ajout"), "sans verrou, la course doit se voir"


def _tous_lisent_avant_d_ecrire(monkeypatch: pytest.MonkeyPatch, nombre: int) -> None:
    """Sans verrou, aucun n'écrit avant que tous aient lu : la course ne dépend pas de la machine."""
    monkeypatch.setattr(verrou, "entre_controle_et_ecriture", Barrier(nombre, timeout=300).wait)
