"""Les courses autour des annexes que `test_courses` ne dit pas : les travailleurs entre eux, les types d'une campagne (G2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from candidatures.annexes import actions, analyse
from candidatures.annexes import types as actions_types
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.annexes.types import TypesVoulus
from candidatures.models import Annexe, Campagne, Candidature, Evenement, TypeDAnnexe
from comptes.ecriture import Changement, Conflit, EcritureRefusee
from comptes.models import Acte, Utilisateur
from tests.candidatures.annexes import fichiers
from tests.candidatures.annexes.clamd import faux_clamd
from tests.courses import VERROUS, ensemble, pendant
from tests.fabriques import un_bailleur, un_national, une_annexe

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stockage")]


# --- L'analyse -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def antivirus(stockage: Path, settings: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Un antivirus qui ne trouve rien, ou ce que dit le paramètre."""
    with faux_clamd(getattr(request, "param", b"stream: OK\0")) as prise:
        settings.CLAMD_SOCKET = prise
        yield


@VERROUS
@pytest.mark.usefixtures("antivirus")
def test_quatre_travailleurs_quatre_annexes(verrou: bool, brouillon: Candidature) -> None:
    """Chacun en prend une autre ; sans verrou, tous visent la même, et trois s'en vont en croyant n'avoir rien à faire."""
    for nom in "abcd":
        une_annexe(brouillon, f"{nom}.pdf")
    resultats = ensemble([partial(analyse.analyser_la_prochaine, timezone.now())] * 4, verrou=verrou)
    analysees = Annexe.objects.filter(etat=Annexe.Etat.SAINE, essais=1).count()
    if verrou:
        assert (resultats, analysees) == ([True] * 4, 4)
    else:
        assert (resultats.count(False), analysees) == (3, 1), "sans verrou, la course doit se voir"


@VERROUS
@pytest.mark.parametrize("antivirus", [b"stream: Eicar FOUND\0"], indirect=True)
@pytest.mark.usefixtures("antivirus")
def test_une_annexe_retiree_pendant_qu_on_conclut(verrou: bool, brouillon: Candidature) -> None:
    """Le retrait attend le verdict ; sans verrou, le verdict s'écrit sur une ligne qui n'est plus, et le travailleur tombe."""
    par = un_bailleur(brouillon.organisme)
    annexe = une_annexe(brouillon, par=par)

    def retirer() -> None:
        actions.retirer(brouillon, annexe.pk, par=Utilisateur.objects.get(pk=par.pk), maintenant=timezone.now())

    conclu, retrait = pendant(partial(analyse._conclure, annexe, "Eicar", timezone.now()), retirer, verrou=verrou)
    assert retrait is None
    ecartees = Evenement.objects.filter(acte="ecarter_annexe").count()
    if verrou:
        assert (conclu, ecartees) == (None, 1)
    else:
        assert isinstance(conclu, DatabaseError), "sans verrou, la course doit se voir"
    assert not Annexe.objects.exists()


# --- Les types d'une campagne ------------------------------------------------------------------------------------------------
def regler(campagne: Campagne, voulus: TypesVoulus, par: Utilisateur) -> None:
    actions_types.regler_les_types(campagne, voulus, par=Utilisateur.objects.get(pk=par.pk), le=timezone.now())


@VERROUS
def test_le_meme_type_renomme_par_deux_administrateurs(verrou: bool, brouillon: Candidature) -> None:
    campagne, pars = brouillon.campagne, [un_national() for _ in range(2)]
    avant = campagne.types_d_annexe.earliest("rang").libelle

    def renommer(rang: int) -> None:
        type_ = campagne.types_d_annexe.earliest("rang")
        regler(campagne, TypesVoulus(changes=[(type_, {"libelle": Changement(avant, f"De {rang}")})]), pars[rang])

    resultats = ensemble((partial(renommer, rang) for rang in range(2)), verrou=verrou)
    dits = Acte.objects.filter(acte="regler_les_annexes").count()
    if not verrou:
        assert (resultats, dits) == ([None, None], 2), "sans verrou, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {type(None): 1, Conflit: 1}
    assert (campagne.types_d_annexe.earliest("rang").libelle, dits) == (f"De {resultats.index(None)}", 1)


@VERROUS
@pytest.mark.parametrize("premier", ["retire", "joint"])
def test_un_type_retire_pendant_qu_on_joint_sous_ce_type(
    verrou: bool, premier: str, brouillon: Candidature, stockage: Path
) -> None:
    """Le type s'en va et le fichier est refusé, ou l'inverse ; sans verrou, la base refuse l'un des deux, sans un mot."""
    par, national = un_bailleur(brouillon.organisme), un_national()
    type_, contenu = TypeDAnnexe.objects.create(campagne=brouillon.campagne, libelle="Plan", rang=9), fichiers.un_pdf()

    def joindre() -> Annexe:
        personne, recu = Utilisateur.objects.get(pk=par.pk), BytesIO(contenu)
        return actions.joindre(brouillon, type_, recu, "a.pdf", par=personne, maintenant=timezone.now())

    actes: dict[str, Callable[[], object]] = {
        "retire": partial(regler, brouillon.campagne, TypesVoulus(retires=[type_]), national),
        "joint": joindre,
    }
    second = next(nom for nom in actes if nom != premier)
    avant = "candidatures_typedepiece" if premier == "retire" else "candidatures_evenement"
    resultats = pendant(actes[premier], actes[second], verrou=verrou, avant=avant)
    genres = {premier: type(resultats[0]), second: type(resultats[1])}
    if not verrou:
        assert IntegrityError in genres.values(), f"sans verrou, la course doit se voir : {genres}"
    elif premier == "retire":
        assert genres == {"retire": type(None), "joint": FichierRefuse}
        assert not any(chemin.is_file() for chemin in stockage.rglob("*"))
    else:
        assert genres == {"retire": EcritureRefusee, "joint": Annexe}
        assert TypeDAnnexe.objects.filter(pk=type_.pk).exists()
