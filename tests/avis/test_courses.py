"""Les courses des avis (F-13) : chaque verrou a son témoin, où on l'ôte et où la course se voit. Sur PostgreSQL seulement."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from avis import actions
from avis.actions import DejaRendu
from avis.models import AvisDepartemental, AvisFige, AvisRegional
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.etats import Etat
from candidatures.models import Candidature, Evenement
from candidatures.plusieurs_mains.empreintes import empreinte
from candidatures.plusieurs_mains.historique import PageDeSaisie
from candidatures.verrou import Refus
from comptes.ecriture import Conflit
from comptes.models import Utilisateur
from hlm_projets import composees
from tests.avis.fabriques import DEPARTEMENT, REGION, REPONSES, agent, ecrire, rendre, un_collegue, un_dossier
from tests.courses import VERROUS, ensemble, jusqu_au_bout, pendant
from tests.fabriques import relire, un_agent, un_bailleur, un_national

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
VIDE = {"champ_libre": empreinte("champ_libre", "")}
"""Ce que retient une page d'un avis encore vide."""


def signer(dossier: Candidature, niveau: Any, territoire: str, par: Utilisateur) -> Any:
    personne = Utilisateur.objects.get(pk=par.pk)
    return actions.rendre(dossier, niveau, territoire, par=personne, maintenant=timezone.now())


@VERROUS
def test_huit_collegues_commencent_le_meme_avis(verrou: bool) -> None:
    """Une seule ligne naît ; les autres voient le texte du premier. Sans verrou, seule la base arrête la seconde."""
    dossier, collegues = un_dossier(), [un_collegue("77") for _ in range(8)]

    def commencer(rang: int) -> object:
        par = Utilisateur.objects.get(pk=collegues[rang].pk)
        return actions.enregistrer(
            actions.Brouillon(dossier, DEPARTEMENT, "77"), {"champ_libre": f"Texte {rang}"}, lues=VIDE, par=par
        )

    genres = Counter(type(resultat) for resultat in ensemble((partial(commencer, rang) for rang in range(8)), verrou=verrou))
    assert AvisDepartemental.objects.count() == 1
    if verrou:
        assert genres == {AvisDepartemental: 1, Conflit: 7}
    else:
        assert genres == {AvisDepartemental: 1, IntegrityError: 7}, "sans verrou, la course doit se voir"


@VERROUS
def test_vingt_clics_un_seul_avis_rendu(verrou: bool) -> None:
    dossier, personnes = un_dossier(), [un_agent("77"), un_collegue("77")]
    ecrire(dossier, DEPARTEMENT, "77", personnes[0])
    resultats = ensemble(
        [partial(signer, dossier, DEPARTEMENT, "77", par) for par in personnes] * (10 if verrou else 4), verrou=verrou
    )
    genres = Counter(type(resultat) for resultat in resultats)
    if not verrou:
        assert genres[AvisDepartemental] > 1, "sans verrou, la course doit se voir"
        return
    assert genres == {AvisDepartemental: 1, DejaRendu: 19}
    assert AvisFige.objects.count() == Evenement.objects.filter(acte="rendre_avis_departement").count() == 1


@VERROUS
def test_les_deux_derniers_departements_ensemble_font_avancer(verrou: bool) -> None:
    """Chacun, sans verrou, croirait que l'autre n'a pas rendu : le dossier resterait en arrière."""
    dossier = un_dossier(["75", "77"])
    agents = {code: un_agent(code) for code in ("75", "77")}
    for code, par in agents.items():
        ecrire(dossier, DEPARTEMENT, code, par)
    jusqu_au_bout((partial(signer, dossier, DEPARTEMENT, code, par) for code, par in agents.items()), verrou=verrou)
    assert relire(dossier).etat == (Etat.AVIS_REGIONAUX if verrou else Etat.DEPOSEE)


def retirer(dossier: Candidature, par: Utilisateur) -> Evenement:
    personne = Utilisateur.objects.get(pk=par.pk)
    return franchir(dossier, PASSAGES["retirer"], par=personne, maintenant=timezone.now(), motif="Abandon.")


@VERROUS
def test_un_retrait_pendant_qu_on_rend_vient_apres(verrou: bool) -> None:
    """F-14 : l'avis est rendu, puis le dossier retiré. Sans verrou, un avis se rend sur un dossier retiré avant."""
    dossier, par = un_dossier(), un_agent("77")
    ecrire(dossier, DEPARTEMENT, "77", par)
    retrait = partial(retirer, dossier, un_bailleur(dossier.organisme))
    rendu, retire = pendant(partial(signer, dossier, DEPARTEMENT, "77", par), retrait, verrou=verrou)
    assert (type(rendu), type(retire)) == (AvisDepartemental, Evenement)
    actes = list(dossier.evenements.filter(acte__in=("rendre_avis_departement", "retirer")).order_by("pk"))
    assert [e.acte for e in actes] == (
        ["rendre_avis_departement", "retirer"] if verrou else ["retirer", "rendre_avis_departement"]
    )
    assert relire(dossier).etat == Etat.RETIREE


@VERROUS
def test_rendre_pendant_un_retrait_est_refuse(verrou: bool) -> None:
    """F-14 : qui rend apprend pourquoi il ne le peut plus, et rien n'est signé. Sans verrou, il signe ce qu'on retire."""
    dossier, par = un_dossier(), un_agent("77")
    ecrire(dossier, DEPARTEMENT, "77", par)
    retrait = partial(retirer, dossier, un_bailleur(dossier.organisme))
    retire, rendu = pendant(retrait, partial(signer, dossier, DEPARTEMENT, "77", par), verrou=verrou)
    assert isinstance(retire, Evenement)
    if not verrou:
        assert isinstance(rendu, AvisDepartemental), "sans verrou, la course doit se voir"
        return
    assert isinstance(rendu, Refus)
    assert "Retirée" in str(rendu)
    assert relire(dossier).etat == Etat.RETIREE
    assert not AvisDepartemental.objects.get().est_rendu


@VERROUS
def test_rouvrir_pendant_que_la_region_rend(verrou: bool) -> None:
    """Jamais un avis régional rendu sur un avis départemental rouvert sous ses pieds."""
    dossier, region, national = un_dossier(), agent(REGION, "11"), un_national()
    rendre(dossier, DEPARTEMENT, "77")
    ecrire(dossier, REGION, "11", region)

    def rouvrir() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return actions.rouvrir(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now(), motif="Erreur.")

    rendu, rouvert = ensemble([partial(signer, dossier, REGION, "11", region), rouvrir], verrou=verrou)
    if not verrou:
        assert (type(rendu), type(rouvert)) == (AvisRegional, AvisDepartemental), "sans verrou, la course doit se voir"
        return
    assert [isinstance(rendu, Refus), isinstance(rouvert, Refus)].count(True) == 1
    assert AvisRegional.objects.get().est_rendu is AvisDepartemental.objects.get().est_rendu
    assert relire(dossier).etat == (Etat.COMITE if isinstance(rouvert, Refus) else Etat.DEPOSEE)


@VERROUS
def test_rouvrir_pendant_une_decision(verrou: bool) -> None:
    """Jamais une décision qui s'appuie sur un avis rouvert sous ses pieds."""
    dossier, national = un_dossier(), un_national()
    rendre(dossier, DEPARTEMENT, "77")
    rendre(dossier, REGION, "11")

    def rouvrir() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return actions.rouvrir(dossier, REGION, "11", par=par, maintenant=timezone.now(), motif="Erreur.")

    def decider() -> object:
        par = Utilisateur.objects.get(pk=national.pk)
        return franchir(dossier, PASSAGES["ne_pas_retenir"], par=par, maintenant=timezone.now(), motif="Non.")

    rouvert, decide = ensemble([rouvrir, decider], verrou=verrou)
    if not verrou:
        assert (type(rouvert), type(decide)) == (AvisRegional, Evenement), "sans verrou, la course doit se voir"
        return
    assert [isinstance(r, Refus | DejaFranchi) for r in (rouvert, decide)].count(True) == 1
    assert AvisRegional.objects.get().est_rendu is (relire(dossier).etat == Etat.NON_RETENUE)


@VERROUS
def test_la_meme_reponse_au_fil_de_la_frappe(verrou: bool) -> None:
    """Deux collègues la changent depuis le même texte : un seul l'écrit, l'autre lit les deux. Sans verrou, un texte se perd."""
    dossier, collegues = un_dossier(), [un_agent("77"), un_collegue("77")]
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le départ")
    lues = {"champ_libre": empreinte("champ_libre", "Le départ")}

    def taper(rang: int) -> object:
        par = Utilisateur.objects.get(pk=collegues[rang].pk)
        textes = {"champ_libre": f"Texte {rang}"}
        return actions.enregistrer(
            actions.Brouillon(dossier, DEPARTEMENT, "77"), textes, lues=lues, par=par, page=str(uuid.uuid4())
        )

    genres = Counter(type(resultat) for resultat in ensemble((partial(taper, rang) for rang in range(2)), verrou=verrou))
    traces = dossier.changements_des_avis.filter(rubrique="champ_libre", page__gt="")
    if not verrou:
        assert genres == {AvisDepartemental: 2}, "sans verrou, la course doit se voir : chacun croit avoir écrit"
        return
    assert genres == {AvisDepartemental: 1, Conflit: 1}
    assert [trace.apres for trace in traces] == [AvisDepartemental.objects.get().champ_libre]


@pytest.mark.parametrize("recent", ["Le plus récent.", "Le départ"], ids=["qui écrit", "qui n'a rien à changer"])
def test_un_vieil_envoi_qui_a_attendu_le_verrou_ne_s_ecrit_plus(recent: str) -> None:
    """Une même page : ce qui a traîné en route arrive pendant que le plus récent s'écrit, et ne le sait qu'une fois le verrou pris."""
    dossier, par, cle = un_dossier(), un_agent("77"), str(uuid.uuid4())
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le départ")
    lues = {"champ_libre": empreinte("champ_libre", "Le départ")}

    def taper(texte: str, rang: int) -> object:
        brouillon, page = actions.Brouillon(dossier, DEPARTEMENT, "77"), PageDeSaisie.de(cle, str(rang))
        return actions.enregistrer(brouillon, {"champ_libre": texte}, lues=lues, par=par, page=page)

    rendus = pendant(partial(taper, recent, 2), partial(taper, "De longtemps.", 1))
    assert {type(rendu) for rendu in rendus} == {AvisDepartemental}
    assert AvisDepartemental.objects.get().champ_libre == recent


@pytest.mark.parametrize("garde", [True, False], ids=["avec le verrou", "témoin sans verrou, la ligne récrite entière"])
def test_deux_rubriques_differentes_restent_toutes_deux(garde: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le verrou, et n'écrire que ce qui change, gardent chacun les autres colonnes ; sans l'un ni l'autre, des textes se perdent."""
    if not garde:
        monkeypatch.setattr(composees, "enregistrer", lambda avis, noms: avis.save())
    dossier, par = un_dossier(), un_agent("77")
    ecrire(dossier, DEPARTEMENT, "77", par, **dict.fromkeys(("champ_libre", "pertinence", "conditions"), "Le départ"))

    def ecrire_une(nom: str) -> object:
        personne = Utilisateur.objects.get(pk=par.pk)
        lues = {nom: empreinte(nom, "" if nom == "reproductibilite" else "Le départ")}
        return actions.enregistrer(
            actions.Brouillon(dossier, DEPARTEMENT, "77"), {nom: REPONSES[DEPARTEMENT][nom]}, lues=lues, par=personne
        )

    ensemble((partial(ecrire_une, nom) for nom in REPONSES[DEPARTEMENT]), verrou=garde)
    avis = AvisDepartemental.objects.get()
    gardees = {nom: getattr(avis, nom) for nom in REPONSES[DEPARTEMENT]}
    assert (gardees == REPONSES[DEPARTEMENT]) is garde, "sans garde, la course doit se voir"


@VERROUS
def test_taper_pendant_qu_un_collegue_rend(verrou: bool) -> None:
    """La frappe est dans l'avis signé, ou refusée : jamais un avis rendu qui change après coup."""
    dossier, un, deux = un_dossier(), un_agent("77"), un_collegue("77")
    ecrire(dossier, DEPARTEMENT, "77", un)

    def taper() -> object:
        par = Utilisateur.objects.get(pk=deux.pk)
        return actions.enregistrer(actions.Brouillon(dossier, DEPARTEMENT, "77"), {"conditions": "Ajout"}, lues={}, par=par)

    _, tape = ensemble([partial(signer, dossier, DEPARTEMENT, "77", un), taper], verrou=verrou)
    avis, fige = AvisDepartemental.objects.get(), AvisFige.objects.get()
    if verrou:
        assert avis.est_rendu
        assert fige.contenu["conditions"] == avis.conditions
        assert isinstance(tape, DejaRendu) or avis.conditions == "Ajout"
    else:
        assert isinstance(tape, AvisDepartemental)  # on lui a dit que c'était écrit
        assert (fige.contenu["conditions"], avis.conditions) != ("Ajout", "Ajout"), "sans verrou, la course doit se voir"
