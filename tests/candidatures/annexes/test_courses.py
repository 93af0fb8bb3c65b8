"""Les courses des annexes : deux envois du même fichier, un envoi pendant le dépôt, le même retrait fait par quatre (F-12, G2)."""

from __future__ import annotations

from collections import Counter
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.utils import timezone

from candidatures.annexes import actions
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Candidature, Evenement, Version
from candidatures.verrou import PlusModifiable
from comptes.models import Utilisateur
from tests.candidatures.annexes import fichiers
from tests.courses import VERROUS, ensemble, pendant
from tests.fabriques import un_bailleur, une_annexe

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stockage")]


def joindre(candidature: Candidature, par: Utilisateur, contenu: bytes) -> Annexe:
    personne, type_ = Utilisateur.objects.get(pk=par.pk), candidature.campagne.types_d_annexe.earliest("rang")
    return actions.joindre(candidature, type_, BytesIO(contenu), "a.pdf", par=personne, maintenant=timezone.now())


def fichiers_gardes(stockage: Path) -> int:
    return sum(chemin.is_file() for chemin in stockage.rglob("*"))


@VERROUS
def test_le_meme_fichier_envoye_quatre_fois_ensemble(verrou: bool, brouillon: Candidature, stockage: Path) -> None:
    """Une annexe, un fichier, une ligne au journal ; sans verrou, la contrainte de la base refuse les autres."""
    par, contenu = un_bailleur(brouillon.organisme), fichiers.un_pdf()
    resultats = ensemble([partial(joindre, brouillon, par, contenu)] * 4, verrou=verrou)
    if verrou:
        assert Counter(type(r) for r in resultats) == {Annexe: 4}
        assert len(set(resultats)) == 1
    else:
        assert IntegrityError in {type(r) for r in resultats}, "sans verrou, la course doit se voir"
    assert Annexe.objects.count() == Evenement.objects.filter(acte="joindre_annexe").count() == fichiers_gardes(stockage) == 1


@VERROUS
def test_un_envoi_pendant_le_depot_est_inclus_ou_refuse(verrou: bool, brouillon: Candidature, stockage: Path) -> None:
    """Il arrive entre le contrôle du dépôt et son écriture. Sans verrou, il entre dans un dossier dont la version figée l'ignore."""
    par, contenu = un_bailleur(brouillon.organisme), fichiers.un_pdf()

    def deposer() -> object:
        personne = Utilisateur.objects.get(pk=par.pk)
        return franchir(brouillon, PASSAGES["deposer"], par=personne, maintenant=timezone.now())

    depot, envoi = pendant(deposer, partial(joindre, brouillon, par, contenu), verrou=verrou)
    assert isinstance(depot, Evenement), depot
    listees = Version.objects.get().document["annexes"]["lignes"]
    assert len(listees) == 0
    if verrou:
        assert isinstance(envoi, PlusModifiable)
        assert (Annexe.objects.count(), fichiers_gardes(stockage)) == (0, 0)
    else:
        assert isinstance(envoi, Annexe)
        assert Annexe.objects.count() == 1, "sans verrou, la course doit se voir"


@VERROUS
def test_le_retrait_de_deux_personnes_n_en_fait_qu_un(verrou: bool, brouillon: Candidature, stockage: Path) -> None:
    """Refait, il ne change rien ; sans verrou, chacun croit l'avoir fait, et le journal le dit quatre fois."""
    par = un_bailleur(brouillon.organisme)
    annexe = une_annexe(brouillon, par=par)

    def retirer() -> None:
        actions.retirer(brouillon, annexe.pk, par=Utilisateur.objects.get(pk=par.pk), maintenant=timezone.now())

    assert ensemble([retirer] * 4, verrou=verrou) == [None] * 4
    retraits = Evenement.objects.filter(acte="retirer_annexe").count()
    assert retraits == (1 if verrou else 4), "sans verrou, la course doit se voir"
    assert fichiers_gardes(stockage) == 0
