"""La seule porte de lecture : `visibles_par`, `peut_lire` et la règle écrite à part disent la même chose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.etats import Etat
from candidatures.models import Candidature
from candidatures.regles import peut, peut_lire
from comptes.models import Role, Service, Utilisateur
from tests.fabriques import (
    Monde,
    habiliter,
    un_agent,
    un_bailleur,
    un_brouillon,
    un_national,
    une_campagne,
    une_candidature,
    une_personne,
)
from tests.sentinelles import connait_la_candidature

pytestmark = pytest.mark.django_db

TERRITOIRES: tuple[list[str], ...] = ([], ["77"], ["13"], ["77", "13"], ["2A"], ["974", "59"])


def lecteurs(monde: Monde) -> dict[str, Utilisateur]:
    """Les rôles, et les cas rares : plusieurs habilitations, dates passées ou à venir, compte fermé, aucune."""
    hier, demain = timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=1)
    ferme = un_national()
    ferme.is_active = False
    ferme.save()
    ddt_13 = Service.objects.get(departement="13", type="departement_logement")
    return {role: monde.personne(role) for role in Monde.ROLES} | {
        "sans_rien": une_personne(),
        "ferme": Utilisateur.objects.get(pk=ferme.pk),
        "passe": habiliter(une_personne(), Role.ADMINISTRATEUR, fin=hier),
        "a_venir": habiliter(une_personne(), Role.LECTEUR, debut=demain),
        "du_jour": habiliter(une_personne(), Role.LECTEUR, debut=timezone.localdate(), fin=timezone.localdate()),
        "bailleur_et_agent": habiliter(un_bailleur(monde.organisme_a), Role.AGENT, ddt_13),
        "corse": un_agent("94", regional=True),
        "reunion": un_agent("974"),
    }


def test_la_liste_le_predicat_et_la_regle_s_accordent(monde: Monde) -> None:
    """Chaque lecteur × chaque territoire × chaque état × chaque organisme."""
    for organisme in (monde.organisme_a, monde.organisme_b):
        par = un_bailleur(organisme)
        for departements in TERRITOIRES:
            modele = un_brouillon(monde.campagne, organisme, par=par, departements=departements, nom="x")
            for rang, etat in enumerate(Etat):
                if etat == Etat.BROUILLON:
                    continue
                numero = f"{organisme.pk}-{'-'.join(departements)}-{rang}"
                copie = Candidature.objects.create(
                    campagne=monde.campagne, organisme=organisme, etat=etat, numero=numero, deposee_le=timezone.now()
                )
                copie.departements.set(modele.departements.all())
    toutes = list(Candidature.objects.pour_lecture())
    assert len(toutes) == 2 * len(TERRITOIRES) * len(Etat)
    for nom, lecteur in lecteurs(monde).items():
        visibles = list(Candidature.objects.visibles_par(lecteur))
        assert len(visibles) == len(set(visibles)), nom
        assert set(visibles) == {c for c in toutes if peut(peut_lire, lecteur, c)}, nom
        assert set(visibles) == {c for c in toutes if connait_la_candidature(lecteur, c)}, nom


@pytest.mark.parametrize(
    ("role", "vues"),
    [
        ("redacteur", {"brouillon_a", "deposee_a"}),
        ("deposant", {"brouillon_a", "deposee_a"}),
        ("autre_bailleur", {"brouillon_b", "deposee_b"}),
        ("agent_departemental", {"deposee_a"}),
        ("agent_regional", {"deposee_a"}),
        ("autre_agent", {"deposee_b"}),
        ("lecteur", {"deposee_a", "deposee_b"}),
        ("administrateur", {"brouillon_a", "brouillon_b", "deposee_a", "deposee_b"}),
    ],
)
def test_qui_voit_quoi(role: str, vues: set[str], monde: Monde) -> None:
    noms = {getattr(monde, nom).pk: nom for nom in ("brouillon_a", "brouillon_b", "deposee_a", "deposee_b")}
    assert {noms[c.pk] for c in Candidature.objects.visibles_par(monde.personne(role))} == vues


def test_un_dossier_de_huit_departements_ne_parait_qu_une_fois(monde: Monde) -> None:
    """L'agent régional de quatre de ses départements le voit une fois (F-30)."""
    une_candidature(campagne=une_campagne(), departements=["75", "78", "91", "93", "94", "59", "62", "45"])
    assert Candidature.objects.visibles_par(monde.personne("agent_regional")).count() == 1


def test_les_droits_se_lisent_en_deux_requetes(monde: Monde, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    personne = Utilisateur.objects.get(pk=monde.personne("agent_regional").pk)
    with django_assert_num_queries(3):
        list(Candidature.objects.visibles_par(personne))
        peut(peut_lire, personne, Candidature(etat=Etat.BROUILLON))
