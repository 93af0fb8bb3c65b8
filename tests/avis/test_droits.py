"""Qui écrit, qui rend, qui lit : chaque rôle × chaque territoire × chaque état, et trois façons de le dire qui s'accordent."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from avis import actions, regles
from avis.attendus import Niveau
from candidatures.etats import EN_INSTRUCTION, Etat
from candidatures.lecture.avis_lus import DEPARTEMENTAUX, REGIONAUX, visibles
from candidatures.models import Candidature
from comptes.models import Role, Service, Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, REPONSES, ecrire, mener_au_comite, un_collegue, un_contributeur, un_dossier
from tests.fabriques import habiliter, relire, un_agent, un_bailleur, un_national, un_organisme, une_personne

pytestmark = pytest.mark.django_db

PARTAGE = ("77", "75", "13")
"""Deux départements de la région 11, un de la région 93."""
D75, D77, D13, R11, R93 = (DEPARTEMENT, "75"), (DEPARTEMENT, "77"), (DEPARTEMENT, "13"), (REGION, "11"), (REGION, "93")
AVIS = (D75, D77, D13, R11, R93)
TOUT = set(AVIS)
Cles = set[tuple[Niveau, str]]


def drihl() -> Utilisateur:
    """Un service qui siège aux deux niveaux : Paris et l'Île-de-France."""
    paris = Service.objects.get(departement="75", type="departement_logement")
    return habiliter(un_agent("11", regional=True), Role.AGENT, paris)


def deux_departements() -> Utilisateur:
    return habiliter(un_agent("77"), Role.AGENT, Service.objects.get(departement="13", type="departement_social"))


# rôle : (écrit, rend, lit un brouillon, lit un avis rendu)
TABLE: dict[str, tuple[Callable[[], Utilisateur], Cles, Cles, Cles]] = {
    "DDT 77": (lambda: un_agent("77"), {D77}, {D77}, {D77}),
    "DDETS 77": (lambda: un_collegue("77"), {D77}, {D77}, {D77}),
    "DDT 13": (lambda: un_agent("13"), {D13}, {D13}, {D13}),
    "DDT 59, étrangère au dossier": (lambda: un_agent("59"), set(), set(), set()),
    "DREAL 11": (lambda: un_agent("11", regional=True), {R11}, {R11}, {R11, D75, D77}),
    "DRJSCS 11, contributeur": (lambda: un_contributeur("11"), {R11}, set(), {R11, D75, D77}),
    "DREAL 93": (lambda: un_agent("93", regional=True), {R93}, {R93}, {R93, D13}),
    "DRIHL, aux deux niveaux": (drihl, {D75, R11}, {D75, R11}, {D75, R11, D77}),
    "deux départements": (deux_departements, {D77, D13}, {D77, D13}, {D77, D13}),
    "administrateur": (un_national, set(), set(), TOUT),
    "comité": (lambda: un_national(Role.LECTEUR), set(), set(), TOUT),
    "bailleur d'ailleurs": (lambda: un_bailleur(un_organisme()), set(), set(), set()),
    "sans habilitation": (une_personne, set(), set(), set()),
}


@pytest.fixture
def partage() -> Candidature:
    return un_dossier(PARTAGE)


@pytest.mark.parametrize("role", TABLE)
def test_qui_ecrit_qui_rend(role: str, partage: Candidature) -> None:
    fabrique, ecrit, rend, _ = TABLE[role]
    personne, dossier = fabrique(), relire(partage)
    for etat in Etat:
        dossier.etat = etat
        ouvert = etat in EN_INSTRUCTION
        assert {a for a in AVIS if regles.peut_ecrire(personne, dossier, *a)} == (ecrit if ouvert else set()), etat
        assert {a for a in AVIS if regles.peut_rendre(personne, dossier, *a)} == (rend if ouvert else set()), etat


@pytest.mark.parametrize("role", TABLE)
def test_les_actions_disent_comme_les_regles(role: str, partage: Candidature) -> None:
    """Aucune porte de côté : l'action refuse tout ce que la règle ne permet pas."""
    fabrique, ecrit, rend, _ = TABLE[role]
    personne = fabrique()
    for niveau, territoire in AVIS:
        peut = (niveau, territoire) in ecrit
        assert _tenter(partial(ecrire, partage, niveau, territoire, personne)) is peut, (niveau, territoire)
        if not peut:
            assert not _tenter(partial(_rendre, partage, niveau, territoire, personne))
    for niveau, territoire in sorted(ecrit - rend):
        assert not _tenter(partial(_rendre, partage, niveau, territoire, personne))


def _tenter(acte: Callable[[], Any]) -> bool:
    try:
        acte()
    except PermissionDenied:
        return False
    return True


def _rendre(dossier: Candidature, niveau: Niveau, territoire: str, par: Utilisateur) -> Any:
    return actions.rendre(dossier, niveau, territoire, par=par, maintenant=timezone.now())


@pytest.mark.parametrize("role", TABLE)
def test_qui_lit_quoi(role: str, partage: Candidature) -> None:
    """Brouillons puis avis rendus : le prédicat, `visibles` et la table disent la même chose."""
    fabrique, ecrit, _, lit = TABLE[role]
    for niveau, territoire in AVIS:
        ecrire(partage, niveau, territoire)
    personne = fabrique()
    brouillons = _tous(relire(partage))
    assert {cle for cle, avis in brouillons.items() if regles.peut_lire(personne, avis)} == ecrit
    assert visibles(relire(partage), personne) == {DEPARTEMENTAUX: [], REGIONAUX: []}
    dossier = mener_au_comite(partage)
    rendus = _tous(dossier)
    assert {cle for cle, avis in rendus.items() if regles.peut_lire(personne, avis)} == lit
    assert _cles(visibles(dossier, personne)) == lit


@pytest.mark.parametrize("communiques", [False, True])
@pytest.mark.parametrize("publiee", [False, True])
def test_le_bailleur_ne_lit_qu_apres_la_publication_et_selon_la_campagne(
    communiques: bool, publiee: bool, partage: Candidature
) -> None:
    dossier = mener_au_comite(partage)
    type(dossier.campagne).objects.filter(pk=dossier.campagne.pk).update(
        avis_communiques=communiques, publiee_le=timezone.now() if publiee else None
    )
    personne = un_bailleur(dossier.organisme)
    attendus = TOUT if communiques and publiee else set()
    dossier = relire(dossier)
    assert _cles(visibles(dossier, personne)) == attendus
    assert {cle for cle, avis in _tous(dossier).items() if regles.peut_lire(personne, avis)} == attendus
    assert not regles.peut_ecrire(personne, dossier, *D77)


def _tous(dossier: Candidature) -> dict[tuple[Niveau, str], Any]:
    departementaux = {(DEPARTEMENT, a.departement_id): a for a in dossier.avis_departementaux.all()}
    return departementaux | {(REGION, a.region_id): a for a in dossier.avis_regionaux.all()}


def _cles(avis: dict[str, list[Any]]) -> Cles:
    return {(DEPARTEMENT, a.departement_id) for a in avis[DEPARTEMENTAUX]} | {(REGION, a.region_id) for a in avis[REGIONAUX]}


def test_les_predicats_rendent_un_vrai_booleen(partage: Candidature) -> None:
    """F-31 : jamais un tuple, jamais un objet qu'on prendrait pour vrai ; et ils le disent par leur annotation."""
    avis = ecrire(partage, DEPARTEMENT, "77")
    predicats = {n: f for n, f in vars(regles).items() if n.startswith(("peut_", "est_")) and inspect.isfunction(f)}
    assert set(predicats) == {"est_du_territoire", "peut_ecrire", "peut_rendre", "peut_lire"}
    personnes = [fabrique() for fabrique, *_ in TABLE.values()] + [un_bailleur(partage.organisme)]
    for nom, predicat in predicats.items():
        assert inspect.signature(predicat).return_annotation == "bool", nom
        for personne in personnes:
            arguments: dict[str, tuple[Any, ...]] = {
                "est_du_territoire": (personne, *D77),
                "peut_lire": (personne, avis),
            }
            assert type(predicat(*arguments.get(nom, (personne, partage, *D77)))) is bool, nom


def test_un_lecteur_qui_est_aussi_agent_garde_les_deux(partage: Candidature) -> None:
    personne = habiliter(un_agent("77"), Role.LECTEUR)
    dossier = mener_au_comite(partage)
    assert _cles(visibles(dossier, personne)) == TOUT
    assert regles.est_du_territoire(personne, *D77)
    assert not regles.est_du_territoire(personne, *D13)


@pytest.mark.parametrize("niveau", list(Niveau))
def test_avant_le_depot_aucun_avis(niveau: Niveau) -> None:
    """F-15 : une requête forgée sur un brouillon n'écrit rien, et n'apprend pas qu'il existe."""
    dossier = un_dossier()
    Candidature.objects.filter(pk=dossier.pk).update(etat=Etat.BROUILLON, numero=None, deposee_le=None)
    with pytest.raises(PermissionDenied):
        ecrire(dossier, niveau, "77" if niveau == DEPARTEMENT else "11")
    assert not dossier.avis_departementaux.exists()
    assert REPONSES[niveau]
