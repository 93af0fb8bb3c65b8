"""Qui peut : de petits prédicats composés, qui rendent strictement True ou False (F-31)."""

from __future__ import annotations

import rules

from candidatures.etats import Etat
from candidatures.models import Candidature
from comptes.models import Utilisateur
from comptes.portees import portee_de


@rules.predicate
def est_de_l_organisme(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne saisit pour l'organisme de cette candidature."""
    return candidature.organisme_id in portee_de(utilisateur).organismes


@rules.predicate
def est_deposant(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne est habilitée à déposer pour cet organisme."""
    return candidature.organisme_id in portee_de(utilisateur).depots


@rules.predicate
def est_administrateur(utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """La personne administre la France entière."""
    return portee_de(utilisateur).administre


@rules.predicate
def est_du_comite(utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """La personne lit pour le comité."""
    return portee_de(utilisateur).lit_le_comite


@rules.predicate
def est_du_territoire(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne appartient à un service d'un territoire concerné."""
    territoires = portee_de(utilisateur).departements
    return bool(territoires) and any(d.pk in territoires for d in candidature.departements.all())


@rules.predicate
def est_brouillon(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """Rien n'est encore déposé."""
    return candidature.etat == Etat.BROUILLON


peut_lire = est_administrateur | est_de_l_organisme | (~est_brouillon & (est_du_comite | est_du_territoire))
peut_modifier = est_de_l_organisme & est_brouillon
peut_supprimer = est_de_l_organisme & est_brouillon


@rules.predicate
def personne(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """Nul ne franchit lui-même un passage que le circuit franchit seul."""
    return False


ACTEURS: dict[str, rules.Predicate] = {"deposant": est_deposant, "administrateur": est_administrateur, "circuit": personne}
"""Les acteurs que nomme le circuit."""


def peut(predicat: rules.Predicate, utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """Pose la question, et rend un vrai booléen."""
    return bool(predicat.test(utilisateur, candidature))
