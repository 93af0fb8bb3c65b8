"""Qui peut : de petits prédicats composés, qui rendent strictement True ou False (F-31)."""

from __future__ import annotations

import rules

from candidatures.etats import Etat
from candidatures.models import Candidature, Partage
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
def est_invite(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne est invitée sur cette candidature, à quelque titre que ce soit."""
    return candidature.est_partagee_avec(utilisateur)


@rules.predicate
def est_invite_a_ecrire(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne est invitée à remplir cette candidature, ou à la déposer."""
    return candidature.est_partagee_avec(utilisateur, Partage.Droit.ECRIRE, Partage.Droit.DEPOSER)


@rules.predicate
def est_invite_a_deposer(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne est invitée à déposer cette candidature."""
    return candidature.est_partagee_avec(utilisateur, Partage.Droit.DEPOSER)


@rules.predicate
def est_administrateur(utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """La personne administre la France entière."""
    return portee_de(utilisateur).administre


@rules.predicate
def lit_tout(utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """La personne lit tous les dossiers déposés, et tous les avis."""
    return portee_de(utilisateur).lit_tout


@rules.predicate
def est_du_territoire(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La personne appartient à un service d'un territoire concerné."""
    territoires = portee_de(utilisateur).departements
    return bool(territoires) and any(d.pk in territoires for d in candidature.departements.all())


@rules.predicate
def est_brouillon(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """Rien n'a jamais été déposé."""
    return candidature.est_brouillon


def fiche_ouverte(candidature: Candidature) -> bool:
    """La fiche peut être écrite, par qui la remplit : la seule réponse à « peut-on encore écrire ? »."""
    return Etat(candidature.etat).traits.fiche_ouverte


@rules.predicate
def est_ouverte(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """La fiche peut être écrite."""
    return fiche_ouverte(candidature)


peut_consulter = est_administrateur | (~est_brouillon & (lit_tout | est_du_territoire))
peut_lire_en_porteur = est_de_l_organisme | est_invite
peut_lire = peut_consulter | peut_lire_en_porteur
peut_remplir = est_de_l_organisme | est_invite_a_ecrire
peut_modifier = est_ouverte & peut_remplir
peut_supprimer = est_de_l_organisme & est_brouillon
peut_inviter = est_de_l_organisme & est_ouverte


@rules.predicate
def nul(utilisateur: Utilisateur, candidature: Candidature) -> bool:
    """Nul ne franchit lui-même un passage que le circuit franchit seul."""
    return False


ACTEURS: dict[str, rules.Predicate] = {
    "deposant": est_deposant | est_invite_a_deposer,
    "deposant_de_l_organisme": est_deposant,
    "administrateur": est_administrateur,
    "circuit": nul,
}
"""Les acteurs que nomme le circuit ; un invité peut déposer, jamais retirer."""


def peut(predicat: rules.Predicate, utilisateur: Utilisateur, candidature: Candidature | None = None) -> bool:
    """Pose la question, et rend un vrai booléen."""
    return bool(predicat.test(utilisateur, candidature))
