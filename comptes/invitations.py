"""Inviter une personne, et le lien à usage unique par lequel elle choisit son mot de passe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.contrib.auth.hashers import make_password
from django.db import transaction

from comptes import courriels
from comptes.ecriture import EcritureRefusee, description, verrouiller, verrouiller_l_administration
from comptes.journal import consigner
from comptes.models import Habilitation, Invitation, Role, Utilisateur
from comptes.models.invitation import condensat

DELAI_DE_RENVOI = timedelta(minutes=1)
"""Un second clic en deçà ne refait pas de lien : le premier, déjà parti, n'en mourrait pas."""


class Suite(Enum):
    """Ce qu'une invitation a donné."""

    INVITEE = "invitee"
    """Un lien lui est envoyé."""
    PREVENUE = "prevenue"
    """Elle avait son mot de passe : l'habilitation est ajoutée, un courriel le lui dit."""
    DEJA = "deja"
    """Rien à faire : elle avait déjà tout, ou son lien vient de partir."""


@dataclass(frozen=True, slots=True)
class Resultat:
    """La personne, et ce qui a été fait."""

    personne: Utilisateur
    suite: Suite


class LienRefuse(Exception):
    """Le lien est inconnu, usé, remplacé ou périmé : on ne dit pas lequel."""


# --- Inviter -----------------------------------------------------------------------------------------------------------
def inviter(personne: Utilisateur, habilitation: Habilitation, *, par: Utilisateur, le: datetime) -> Resultat:
    """Ouvre le compte s'il n'existe pas, ajoute l'habilitation si elle manque, envoie le lien ou prévient.

    `personne` et `habilitation` ne sont pas encore en base ; un compte déjà ouvert à ce courriel garde son nom. Sûr fait deux
    fois. Lève PermissionDenied, ou EcritureRefusee si le compte de ce courriel est fermé.
    """
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = _trouver_ou_creer(personne)
        if not gardee.is_active:
            raise EcritureRefusee(
                "Cette adresse a un compte fermé. Rouvrez-le depuis la liste des personnes, puis ajoutez l'habilitation."
            )
        ajoutee = _habiliter(gardee, habilitation)
        suite = _prevenir(gardee, habilitation if ajoutee else None, par, le)
        if suite != Suite.DEJA or ajoutee:
            detail = description(habilitation, ("role", "organisme", "service", "debut", "fin"))
            consigner("inviter_personne", gardee, par=par, le=le, personne=gardee.pk, suite=suite.value, **detail)
    return Resultat(gardee, suite)


def amorcer(personne: Utilisateur, *, le: datetime) -> Suite:
    """Invite un administrateur national sans qu'un autre le fasse : celui d'une base neuve, depuis la ligne de commande."""
    with transaction.atomic():
        gardee = _trouver_ou_creer(personne)
        habilitation = Habilitation(role=Role.ADMINISTRATEUR)
        suite = _prevenir(gardee, habilitation if _habiliter(gardee, habilitation) else None, gardee, le)
        consigner("amorcer_administrateur", gardee, par=None, le=le, personne=gardee.pk, suite=suite.value)
    return suite


def reinviter(personne: Utilisateur, *, par: Utilisateur, le: datetime) -> Suite:
    """Envoie un nouveau lien, qui éteint les précédents. Lève PermissionDenied, ou EcritureRefusee si la personne n'en a pas besoin."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(personne)
        if not gardee.is_active:
            raise EcritureRefusee("Ce compte est fermé : rouvrez-le avant d'envoyer une invitation.")
        if gardee.has_usable_password():
            raise EcritureRefusee(
                "Cette personne a déjà choisi son mot de passe : « Mot de passe oublié », sur la page de connexion, suffit."
            )
        suite = _envoyer(gardee, par, le)
        if suite != Suite.DEJA:
            consigner("reinviter_personne", gardee, par=par, le=le, personne=gardee.pk)
    return suite


def _trouver_ou_creer(personne: Utilisateur) -> Utilisateur:
    courriel = personne.courriel.strip().lower()
    existante = Utilisateur.objects.select_for_update(of=("self",)).filter(courriel=courriel).first()
    return existante or Utilisateur.objects.creer(courriel, prenom=personne.prenom, nom=personne.nom)


def _habiliter(personne: Utilisateur, habilitation: Habilitation) -> bool:
    """Ajoute l'habilitation ; faux si une autre, de même rôle et de même portée, la contient déjà."""
    memes = personne.habilitations.filter(
        role=habilitation.role, organisme=habilitation.organisme_id, service=habilitation.service_id
    )
    if any(_contient(autre, habilitation) for autre in memes):
        return False
    habilitation.utilisateur = personne
    habilitation.save()
    return True


def _contient(autre: Habilitation, celle_ci: Habilitation) -> bool:
    """Vrai si `autre` vaut tous les jours où `celle_ci` vaudrait."""
    return (autre.debut or date.min) <= (celle_ci.debut or date.min) and (autre.fin or date.max) >= (celle_ci.fin or date.max)


def _prevenir(personne: Utilisateur, ajoutee: Habilitation | None, par: Utilisateur, le: datetime) -> Suite:
    if not personne.has_usable_password():
        return _envoyer(personne, par, le)
    if ajoutee is None:
        return Suite.DEJA
    courriels.invitation_acces(ajoutee, par=par, le=le)
    return Suite.PREVENUE


def _envoyer(personne: Utilisateur, par: Utilisateur, le: datetime) -> Suite:
    """Un nouveau lien, qui remplace les précédents."""
    en_attente = personne.invitations.filter(utilisee_le=None)
    if en_attente.filter(creee_le__gt=le - DELAI_DE_RENVOI).exists():
        return Suite.DEJA
    en_attente.delete()
    jeton = Invitation.nouveau_jeton()
    nouvelle = Invitation.objects.create(utilisateur=personne, empreinte=condensat(jeton), creee_le=le)
    courriels.invitation(nouvelle, jeton, par=par)
    return Suite.INVITEE


# --- Choisir son mot de passe -------------------------------------------------------------------------------------------
def lire(jeton: str, *, le: datetime) -> Utilisateur:
    """La personne que ce lien invite, sans rien consommer. Lève LienRefuse."""
    return _valable(jeton, le).utilisateur


def accepter(jeton: str, mot_de_passe: str, *, le: datetime) -> Utilisateur:
    """Use le lien et pose le mot de passe, déjà contrôlé. Lève LienRefuse, y compris pour le second de deux clics simultanés.

    Le verrou est celui de la personne : tout ce qui touche à ses invitations le prend d'abord.
    """
    chiffre = make_password(mot_de_passe)  # lent à dessein : hors de la transaction
    with transaction.atomic():
        list(Utilisateur.objects.filter(invitations__empreinte=condensat(jeton)).select_for_update(of=("self",)))
        invitation = _valable(jeton, le)
        personne = invitation.utilisateur
        personne.password = chiffre
        personne.save(update_fields=["password"])
        invitation.utilisee_le = le
        invitation.save(update_fields=["utilisee_le"])
        consigner("accepter_invitation", personne, par=personne, le=le, personne=personne.pk)
    return personne


def _valable(jeton: str, le: datetime) -> Invitation:
    invitation = Invitation.objects.select_related("utilisateur").filter(empreinte=condensat(jeton)).first()
    if invitation is None or not invitation.est_valable(le):
        raise LienRefuse
    if not invitation.utilisateur.is_active or invitation.utilisateur.has_usable_password():
        raise LienRefuse
    return invitation
