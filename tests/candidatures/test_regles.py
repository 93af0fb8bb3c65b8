"""Qui peut : de vrais booléens, toujours (F-31), et l'état que chacun peut connaître."""

from __future__ import annotations

import pytest
import rules
from django.utils import timezone

from candidatures import regles
from candidatures.etats import DECIDES, Etat
from candidatures.models import Campagne, Candidature
from comptes.portees import Portee, portee_de
from tests.fabriques import Monde

pytestmark = pytest.mark.django_db

PREDICATS = {nom: objet for nom, objet in vars(regles).items() if isinstance(objet, rules.Predicate)}
ECRIVENT = {"redacteur", "deposant"}
INVITES = set(Monde.INVITES)
REMPLISSENT = ECRIVENT | (INVITES - {"invite_lire"})
VALENT_SANS_OBJET = {"est_administrateur", "lit_tout"}
VRAIS_POUR = {
    "est_de_l_organisme": ECRIVENT,
    "est_deposant": {"deposant"},
    "est_administrateur": {"administrateur"},
    "lit_tout": {"lecteur", "administrateur"},
    "est_du_territoire": {"agent_departemental", "agent_regional"},
    "est_invite": INVITES,
    "est_invite_a_ecrire": INVITES - {"invite_lire"},
    "est_invite_a_deposer": {"invite_deposer"},
    "peut_lire_en_porteur": ECRIVENT | INVITES,
    "peut_remplir": REMPLISSENT,
    "peut_consulter": {"agent_departemental", "agent_regional", "lecteur", "administrateur"},
}
SUR_UN_BROUILLON = {"peut_modifier": REMPLISSENT, "peut_supprimer": ECRIVENT, "peut_inviter": ECRIVENT}
ACTEURS = {
    "deposant": {"deposant", "invite_deposer"},
    "deposant_de_l_organisme": {"deposant"},
    "administrateur": {"administrateur"},
    "circuit": set(),
}
"""Un invité peut déposer ; retirer engage l'organisme seul."""


@pytest.mark.parametrize("nom", PREDICATS)
def test_une_fonction_nue_rend_un_booleen(nom: str, monde: Monde) -> None:
    """Sur la fonction elle-même : `rules` ferait d'un couple (False, "…") une vérité."""
    predicat = PREDICATS[nom]
    for role in Monde.ROLES:
        personne = monde.personne(role)
        for candidature in (monde.brouillon_a, monde.deposee_a, monde.deposee_b):
            if not nom.startswith("peut_"):  # les autres sont composés par `rules`
                assert type(predicat.fn(personne, candidature)) is bool
            assert type(regles.peut(predicat, personne, candidature)) is bool
        if nom in VALENT_SANS_OBJET:
            assert type(predicat.fn(personne)) is bool


@pytest.mark.parametrize("nom", VRAIS_POUR)
def test_a_qui_chaque_predicat_dit_oui(nom: str, monde: Monde) -> None:
    vrais = {role for role in Monde.ROLES if regles.peut(PREDICATS[nom], monde.personne(role), monde.deposee_a)}
    assert vrais == VRAIS_POUR[nom]


@pytest.mark.parametrize("acteur", regles.ACTEURS)
def test_qui_est_l_acteur_d_un_passage(acteur: str, monde: Monde) -> None:
    for objet in ("brouillon_a", "deposee_a"):
        candidature = getattr(monde, objet)
        assert {r for r in Monde.ROLES if regles.peut(regles.ACTEURS[acteur], monde.personne(r), candidature)} == ACTEURS[acteur]


@pytest.mark.parametrize("nom", SUR_UN_BROUILLON)
def test_qui_touche_a_un_brouillon(nom: str, monde: Monde) -> None:
    """L'organisme, et pour le remplir ses invités à écrire ; plus personne après le dépôt."""
    for objet, attendus in (("brouillon_a", SUR_UN_BROUILLON[nom]), ("deposee_a", set()), ("brouillon_b", {"autre_bailleur"})):
        vrais = {r for r in Monde.ROLES if regles.peut(PREDICATS[nom], monde.personne(r), getattr(monde, objet))}
        assert vrais == attendus, objet


def test_un_brouillon_ne_se_consulte_que_par_l_administrateur(monde: Monde) -> None:
    """Ni le comité ni les services ne le lisent ; qui règle l'édition, si."""
    for brouillon in (monde.brouillon_a, monde.brouillon_b):
        assert {r for r in Monde.ROLES if regles.peut(regles.peut_consulter, monde.personne(r), brouillon)} == {"administrateur"}


@pytest.mark.parametrize(
    "propriete", ["est_bailleur", "est_agent", "consulte", "administre", "lit_tout", "connait_les_decisions"]
)
def test_une_portee_repond_par_un_booleen(propriete: str, monde: Monde) -> None:
    for portee in (Portee(), *(portee_de(monde.personne(role)) for role in Monde.ROLES)):
        assert type(getattr(portee, propriete)) is bool


@pytest.mark.parametrize("etat", Etat)
@pytest.mark.parametrize("publiee", [False, True])
def test_une_decision_n_est_dite_qu_a_la_publication(etat: Etat, publiee: bool, monde: Monde) -> None:
    """Avant, seuls l'administrateur et le comité la connaissent ; les autres lisent « Au comité »."""
    candidature = Candidature(etat=etat, campagne=Campagne(publiee_le=timezone.now() if publiee else None))
    for role in Monde.ROLES:
        cachee = etat in DECIDES and not publiee and role not in ("administrateur", "lecteur")
        assert candidature.etat_lu_par(monde.personne(role)) == (Etat.COMITE if cachee else etat), role
