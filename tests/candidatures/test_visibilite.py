"""La seule porte de lecture : `visibles_par`, `peut_lire` et la règle écrite à part disent la même chose."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.etats import Etat
from candidatures.models import Candidature, Partage
from candidatures.regles import peut, peut_lire, peut_remplir
from comptes.models import Role, Service, Utilisateur
from comptes.portees import portee_de
from tests.fabriques import (
    Monde,
    habiliter,
    partager,
    un_agent,
    un_bailleur,
    un_brouillon,
    un_invite,
    un_national,
    une_campagne,
    une_candidature,
    une_personne,
)
from tests.sentinelles import connait_la_candidature

pytestmark = pytest.mark.django_db

TERRITOIRES: tuple[list[str], ...] = ([], ["77"], ["13"], ["77", "13"], ["2A"], ["974", "59"])


AILLEURS = 1
"""La candidature d'un troisième organisme, dont l'un des lecteurs est l'invité."""
EFFECTIVEMENT_INVITES = {
    *("invite_lire", "invite_ecrire", "invite_deposer", "invite_ailleurs", "invite_sans_partage"),
    *("agent_et_invite", "bailleur_et_invite"),
}


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
        "invite_ailleurs": un_invite(une_candidature()),
        "invite_sans_partage": un_invite(),
        "role_d_invite_fini": habiliter(une_personne(), Role.INVITE, fin=hier),
        "agent_et_invite": habiliter(un_agent("13"), Role.INVITE),
        "bailleur_et_invite": habiliter(un_bailleur(monde.organisme_b), Role.INVITE),
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
    tous = lecteurs(monde)
    partager_ca_et_la(tous)
    toutes = list(Candidature.objects.pour_lecture())
    assert len(toutes) == 2 * len(TERRITOIRES) * len(Etat) + AILLEURS
    assert {n for n, lu in tous.items() if Candidature.objects.partagees_avec(lu).exists()} == EFFECTIVEMENT_INVITES
    for nom, lecteur in tous.items():
        visibles = list(Candidature.objects.visibles_par(lecteur))
        assert len(visibles) == len(set(visibles)), nom
        assert set(visibles) == {c for c in toutes if peut(peut_lire, lecteur, c)}, nom
        assert set(visibles) == {c for c in toutes if connait_la_candidature(lecteur, c)}, nom
        par_fonction, partagees = (
            set(q(lecteur)) for q in (Candidature.objects.consultables_par, Candidature.objects.partagees_avec)
        )
        assert par_fonction | partagees == set(visibles), nom


def partager_ca_et_la(lecteurs: dict[str, Utilisateur]) -> None:
    """Chaque lecteur est invité sur quelques candidatures, à des droits divers ; la moitié de ces accès sont retirés."""
    droits = cycle(Partage.Droit)
    for rang, candidature in enumerate(Candidature.objects.order_by("pk")):
        for decalage, lecteur in enumerate(lecteurs.values()):
            if (rang + decalage) % 5 == 0 and not candidature.partages.filter(personne=lecteur).exists():
                partage = partager(candidature, lecteur, next(droits))
                if rang % 2:
                    Partage.objects.filter(pk=partage.pk).update(revoque_le=timezone.now())


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
        ("invite_lire", {"brouillon_a", "deposee_a"}),
        ("invite_ecrire", {"brouillon_a", "deposee_a"}),
        ("invite_deposer", {"brouillon_a", "deposee_a"}),
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


def test_n_etre_pas_invite_ne_coute_aucune_requete(monde: Monde, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Et l'être n'en coûte qu'une, quand l'organisme n'a pas déjà répondu."""
    brouillon = monde.brouillon_a
    for role, requetes in (("deposant", 0), ("autre_bailleur", 0), ("lecteur", 0), ("invite_ecrire", 1)):
        personne = Utilisateur.objects.get(pk=monde.personne(role).pk)
        portee_de(personne)
        with django_assert_num_queries(requetes):
            peut(peut_remplir, personne, brouillon)


def test_les_droits_se_lisent_en_deux_requetes(monde: Monde, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    personne = Utilisateur.objects.get(pk=monde.personne("agent_regional").pk)
    with django_assert_num_queries(3):
        list(Candidature.objects.visibles_par(personne))
        peut(peut_lire, personne, Candidature(etat=Etat.BROUILLON))
