"""La table des états : la requête et le prédicat disent le même état à chacun, et rien n'y manque."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from candidatures import regles
from candidatures.circuit import Ecran, depot_depuis, possibles
from candidatures.etats import DECIDES, EN_INSTRUCTION, TRAITS, TUS, Etat
from candidatures.models import Campagne, Candidature
from territoires.models import Departement
from tests.fabriques import Monde, partager

PORTEUR = {"redacteur", "deposant", "invite_lire", "invite_ecrire", "invite_deposer"}
CONNAISSENT_LES_DECISIONS = {"lecteur", "administrateur"}


def a_l_etat(etat: Etat, campagne: Campagne, monde: Monde) -> Candidature:
    """Une candidature à cet état, posée en base sans passer par le circuit."""
    deposee = {} if etat == Etat.BROUILLON else {"numero": f"E-{campagne.pk}-{etat}", "deposee_le": timezone.now()}
    candidature = Candidature.objects.create(campagne=campagne, organisme=monde.organisme_a, etat=etat, nom="Essai", **deposee)
    candidature.departements.set(Departement.objects.filter(pk="77"))
    for role, droit in Monde.INVITES.items():
        partager(candidature, monde.personne(role), droit)
    return candidature


@pytest.mark.django_db
@pytest.mark.parametrize("publiee", [False, True])
def test_la_requete_et_le_predicat_disent_le_meme_etat(publiee: bool, monde: Monde) -> None:
    """Chaque état × chaque rôle : `avec_etat_lu` (SQL), `etat_lu_par` (Python), et la règle écrite à part."""
    Campagne.objects.filter(pk=monde.campagne.pk).update(publiee_le=timezone.now() if publiee else None)
    campagne = Campagne.objects.get(pk=monde.campagne.pk)
    posees = {a_l_etat(etat, campagne, monde).pk: etat for etat in Etat}
    lus = 0
    for role in Monde.ROLES:
        personne = monde.personne(role)
        for candidature in Candidature.objects.visibles_par(personne).avec_etat_lu(personne).select_related("campagne"):
            etat = posees[candidature.pk]
            su = publiee or role in CONNAISSENT_LES_DECISIONS or TRAITS[etat].connu_du_bailleur
            attendu = etat if su else Etat.COMITE
            assert (vars(candidature)["etat_lu"], candidature.etat_lu_par(personne)) == (attendu, attendu), (etat, role)
            lus += 1
    brouillons_tus = 3  # à l'agent départemental, au régional, au lecteur
    assert lus == (len(PORTEUR) + 4) * len(Etat) - brouillons_tus


@pytest.mark.django_db
@pytest.mark.parametrize("etat", Etat)
def test_qui_ecrit_la_fiche_se_lit_dans_la_table(etat: Etat, monde: Monde) -> None:
    candidature = a_l_etat(etat, monde.campagne, monde)
    ecrivent = {role for role in Monde.ROLES if regles.peut(regles.peut_modifier, monde.personne(role), candidature)}
    assert ecrivent == (PORTEUR - {"invite_lire"} if TRAITS[etat].fiche_ouverte else set())
    assert regles.fiche_ouverte(candidature) is TRAITS[etat].fiche_ouverte
    supprime = {role for role in Monde.ROLES if regles.peut(regles.peut_supprimer, monde.personne(role), candidature)}
    assert supprime == ({"redacteur", "deposant"} if etat == Etat.BROUILLON else set()), "un dossier déposé ne se supprime pas"


def test_la_table_dit_tout_de_chaque_etat() -> None:
    assert set(TRAITS) == set(Etat)
    assert not set(EN_INSTRUCTION) & set(DECIDES), "les avis ne sont plus attendus d'un dossier décidé"
    assert set(TUS) == set(DECIDES), "avant la publication, une décision est tue, et elle seule"


def test_ce_qui_ouvre_la_fiche() -> None:
    """Retirer ne la rouvre pas ; un dossier que le comité a tranché non plus."""
    assert {etat for etat in Etat if TRAITS[etat].fiche_ouverte} & {Etat.RETIREE, Etat.DEPOSEE, Etat.COMITE, *DECIDES} == set()
    assert Etat.RETIREE not in EN_INSTRUCTION


@pytest.mark.parametrize("etat", Etat)
def test_une_fiche_ouverte_a_un_depot(etat: Etat) -> None:
    """« Vérifier et déposer » y propose un passage qui en part ; une fiche fermée n'en a pas."""
    depots = [passage for passage in possibles(etat) if passage.ecran is Ecran.DEPOT]
    assert len(depots) == TRAITS[etat].fiche_ouverte
    assert depot_depuis(etat).nom == (depots[0].nom if depots else "deposer")


@pytest.mark.parametrize("etat", Etat)
def test_la_pastille_a_son_style(etat: Etat) -> None:
    """`etat--<classe>` est dans les feuilles de style ; un brouillon, lui, a la pastille nue."""
    styles = "".join(feuille.read_text("utf-8") for feuille in Path(settings.RACINE, "static", "css").glob("*.css"))
    assert f".etat--{TRAITS[etat].classe_css}" in styles
