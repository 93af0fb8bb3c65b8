"""Les courses des administrateurs entre eux : chaque verrou a son témoin, où on l'ôte et où la course se voit (G2)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comptes import actions
from comptes.actions import ConflitDeServices, Habilitations
from comptes.ecriture import Changement, Conflit, EcritureRefusee
from comptes.models import Acte, Habilitation, Organisme, Role, Service, Utilisateur
from tests.courses import VERROUS, ensemble
from tests.fabriques import un_agent, un_national, un_organisme

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def administrateurs() -> int:
    return Habilitation.objects.en_cours(timezone.localdate()).filter(role=Role.ADMINISTRATEUR).count()


def modifier(personne: Utilisateur, habilitations: Habilitations, par: Utilisateur) -> None:
    fraiche, auteur = Utilisateur.objects.get(pk=personne.pk), Utilisateur.objects.get(pk=par.pk)
    actions.modifier_personne(fraiche, {}, habilitations, par=auteur, le=timezone.now())


@VERROUS
def test_deux_administrateurs_qui_se_retirent_l_un_l_autre(verrou: bool) -> None:
    """Il en reste un, et le second apprend qu'il ne l'est plus ; sans verrou, la maison n'a plus d'administrateur."""
    un, autre = un_national(), un_national()
    actes = [
        partial(modifier, vise, Habilitations(retirees=list(vise.habilitations.all())), par)
        for par, vise in ((un, autre), (autre, un))
    ]
    resultats = ensemble(actes, verrou=verrou, avant="comptes_acte")
    if not verrou:
        assert (resultats, administrateurs()) == ([None, None], 0), "sans verrou, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {type(None): 1, PermissionDenied: 1}
    assert administrateurs() == Acte.objects.filter(acte="modifier_personne").count() == 1


@VERROUS
def test_la_meme_habilitation_changee_par_deux_administrateurs(verrou: bool) -> None:
    """Un seul l'écrit, l'autre apprend qu'il a été devancé ; sans verrou, le journal dit deux fins et la base n'en garde qu'une."""
    agent, pars = un_agent("77"), [un_national() for _ in range(2)]
    fins = [date(2031, 3, 1), date(2032, 3, 1)]

    def borner(rang: int) -> None:
        habilitation = Habilitation.objects.get(utilisateur=agent)
        changee = (habilitation, {"fin": Changement(None, fins[rang])})
        modifier(agent, Habilitations(changees=[changee]), pars[rang])

    resultats = ensemble((partial(borner, rang) for rang in range(2)), verrou=verrou)
    dits = Acte.objects.filter(acte="modifier_personne").count()
    if not verrou:
        assert (resultats, dits) == ([None, None], 2), "sans verrou, la course doit se voir"
        return
    assert Counter(type(r) for r in resultats) == {type(None): 1, Conflit: 1}
    assert (Habilitation.objects.get(utilisateur=agent).fin, dits) == (fins[resultats.index(None)], 1)


@VERROUS
def test_une_habilitation_retiree_pendant_qu_un_autre_la_change(verrou: bool) -> None:
    """L'un ou l'autre, et le second apprend pourquoi pas ; sans verrou, il écrit dans une ligne qui n'est plus."""
    agent, pars = un_agent("77"), [un_national() for _ in range(2)]
    habilitation = Habilitation.objects.get(utilisateur=agent)
    voulues = [
        Habilitations(retirees=[habilitation]),
        Habilitations(changees=[(habilitation, {"fin": Changement(None, date(2031, 3, 1))})]),
    ]
    resultats = ensemble((partial(modifier, agent, v, par) for v, par in zip(voulues, pars, strict=True)), verrou=verrou)
    refuses = [r for r in resultats if r is not None]
    if verrou:
        # Retirée d'abord, elle ne se change plus (EcritureRefusee) ; changée d'abord, elle se retire quand même.
        assert [type(r) for r in refuses] in ([], [EcritureRefusee])
        assert not Habilitation.objects.filter(utilisateur=agent).exists()
    else:
        assert EcritureRefusee not in {type(r) for r in refuses}, "sans verrou, la course doit se voir"


@VERROUS
def test_le_meme_organisme_renomme_par_deux_administrateurs(verrou: bool) -> None:
    organisme, pars = un_organisme(nom="Avant"), [un_national() for _ in range(2)]
    noms = ["De l'un", "De l'autre"]

    def renommer(rang: int) -> None:
        lu, par = Organisme.objects.get(pk=organisme.pk), Utilisateur.objects.get(pk=pars[rang].pk)
        actions.modifier_organisme(lu, {"nom": Changement("Avant", noms[rang])}, par=par, le=timezone.now())

    resultats = ensemble((partial(renommer, rang) for rang in range(2)), verrou=verrou)
    if not verrou:
        assert resultats == [None, None], "sans verrou, la course doit se voir : chacun croit l'avoir renommé"
        return
    assert Counter(type(r) for r in resultats) == {type(None): 1, Conflit: 1}
    organisme.refresh_from_db()
    assert organisme.nom == noms[resultats.index(None)]


@VERROUS
def test_deux_services_designes_pour_la_meme_region(verrou: bool) -> None:
    """Le second lit ce que le premier vient de choisir ; sans verrou, il l'efface sans le savoir."""
    Service.objects.filter(region="11").update(rend_avis_regional=False)
    nouveaux = [str(pk) for pk in Service.objects.filter(region="11").values_list("pk", flat=True)]
    pars = [un_national() for _ in range(2)]

    def designer(rang: int) -> list[str]:
        par = Utilisateur.objects.get(pk=pars[rang].pk)
        return actions.designer_services({"11": Changement("", nouveaux[rang])}, par=par, le=timezone.now())

    resultats = ensemble((partial(designer, rang) for rang in range(2)), verrou=verrou)
    genres = Counter(type(r) for r in resultats)
    if not verrou:
        assert genres == {list: 2}, "sans verrou, la course doit se voir"
        return
    assert genres == {list: 1, ConflitDeServices: 1}
    gagnant = nouveaux[next(rang for rang, r in enumerate(resultats) if isinstance(r, list))]
    assert [str(s.pk) for s in Service.objects.filter(region="11", rend_avis_regional=True)] == [gagnant]
