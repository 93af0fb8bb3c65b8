"""Les courses de la décision et de la publication, chacune avec son témoin sans verrou (G2). Sur PostgreSQL seulement."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, Devance, dernier_passage, franchir
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature, Evenement
from candidatures.verrou import Refus
from comptes.models import Acte, Utilisateur
from hlm_projets.models import Courriel
from pilotage.decisions import actions
from pilotage.decisions.actions import DejaPubliee
from pilotage.decisions.dossiers import Bilan
from tests.courses import VERROUS, ensemble, pendant
from tests.fabriques import relire, un_bailleur, un_national, une_campagne
from tests.pilotage.fabriques import au_comite, clore, decider, relue

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def publier(campagne: Campagne, par: Utilisateur, empreinte: str) -> Bilan:
    return actions.publier(campagne, par=Utilisateur.objects.get(pk=par.pk), maintenant=timezone.now(), relue=empreinte)


def retenir(candidature: Candidature, par: Utilisateur, montant: int, lu: int | None) -> Evenement:
    return franchir(
        candidature,
        PASSAGES["retenir"],
        par=Utilisateur.objects.get(pk=par.pk),
        maintenant=timezone.now(),
        montant=Decimal(montant),
        lu=lu,
    )


@VERROUS
def test_huit_clics_une_seule_publication(verrou: bool) -> None:
    """Une ligne par dossier, une pour la campagne, un courriel par porteur ; les sept autres apprennent que c'est fait."""
    campagne, par = une_campagne(), un_national()
    decides = [au_comite(campagne, (code,)) for code in ("77", "13")]
    for dossier in decides:
        decider(dossier)
    campagne = clore(campagne)
    resultats = ensemble([partial(publier, campagne, par, relue(campagne))] * 8, verrou=verrou)
    publications = [r for r in resultats if isinstance(r, Bilan)]
    if not verrou:
        assert len(publications) > 1, "sans verrou, la course doit se voir"
        return
    assert len(publications) == 1
    assert sum(isinstance(r, DejaPubliee) for r in resultats) == 7
    assert Evenement.objects.filter(acte="publier_decision").count() == 2
    assert Acte.objects.filter(acte="publier_les_decisions").count() == 1
    assert Courriel.objects.filter(nom="decision").count() == sum(d.organisme.habilitations.count() for d in decides)


@VERROUS
def test_huit_clics_une_seule_decision(verrou: bool) -> None:
    dossier, par = au_comite(), un_national()
    resultats = ensemble([partial(retenir, dossier, par, 1_000, None)] * 8, verrou=verrou)
    faites = [r for r in resultats if isinstance(r, Evenement)]
    if not verrou:
        assert len(faites) > 1, "sans verrou, la course doit se voir"
        return
    assert len(faites) == 1
    assert sum(isinstance(r, DejaFranchi) for r in resultats) == 7


@VERROUS
def test_deux_administrateurs_le_second_voit_la_decision_du_premier(verrou: bool) -> None:
    dossier, par = au_comite(), un_national()
    dernier = dernier_passage(dossier)
    assert dernier
    resultats = ensemble((partial(retenir, dossier, par, montant, dernier.pk) for montant in (1_000, 2_000)), verrou=verrou)
    faites = [r for r in resultats if isinstance(r, Evenement)]
    if not verrou:
        assert len(faites) == 2, "sans verrou, la seconde écrase la première sans le savoir"
        return
    (devance,) = [r for r in resultats if isinstance(r, Devance)]
    assert devance.evenement == faites[0]
    assert relire(dossier).montant_accorde == Decimal(faites[0].detail["montant"])


@VERROUS
@pytest.mark.parametrize("acte", ["decider", "retirer"])
def test_pendant_la_publication_rien_ne_bouge(acte: str, verrou: bool) -> None:
    """La décision, ou le retrait, arrive pendant la publication : il attend, puis lit qu'elle a eu lieu.

    Le verrou de la candidature ne suffirait pas : la requête qui l'a attendu verrait encore la campagne d'avant.
    """
    campagne, par = une_campagne(), un_national()
    dossier = au_comite(campagne)
    bailleur = un_bailleur(dossier.organisme)
    decider(dossier, montant=Decimal(1_000))
    campagne = clore(campagne)
    empreinte = relue(campagne)

    def tenter() -> Evenement:
        if acte == "decider":
            return retenir(dossier, par, 2_000, None)
        personne = Utilisateur.objects.get(pk=bailleur.pk)
        return franchir(dossier, PASSAGES["retirer"], par=personne, maintenant=timezone.now(), motif="Motif.")

    publiee, tente = pendant(partial(publier, campagne, par, empreinte), tenter, verrou=verrou)
    assert isinstance(publiee, Bilan)
    if not verrou:
        assert isinstance(tente, Evenement), "sans verrou, la décision publiée se laisse changer"
        return
    assert isinstance(tente, Refus)
    assert "sont publiées depuis" in str(tente)
    assert (relire(dossier).etat, relire(dossier).montant_accorde) == (Etat.RETENUE.value, Decimal(1_000))


@VERROUS
def test_une_decision_prise_pendant_la_relecture_est_publiee_telle_quelle_ou_pas_du_tout(verrou: bool) -> None:
    """La décision tient le dossier : la publication l'attend, puis voit que ce n'est plus ce qui a été relu."""
    campagne, par = une_campagne(), un_national()
    dossier = au_comite(campagne)
    decider(dossier, montant=Decimal(1_000))
    campagne = clore(campagne)
    relire_et_publier = partial(publier, campagne, par, relue(campagne))
    decidee, publiee = pendant(partial(retenir, dossier, par, 2_000, None), relire_et_publier, verrou=verrou)
    assert isinstance(decidee, Evenement)
    if not verrou:
        assert isinstance(publiee, Bilan)
        assert relire(dossier).montant_accorde == Decimal(2_000), "sans verrou, ce qui est publié n'est pas ce qui est gardé"
        return
    assert isinstance(publiee, Refus)
    assert "a changé depuis votre relecture" in str(publiee)
    assert Campagne.objects.get(pk=campagne.pk).publiee_le is None
