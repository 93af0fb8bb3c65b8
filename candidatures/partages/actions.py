"""Inviter une personne sur une seule candidature, par un lien à usage unique ; changer ce qu'elle y peut, lui retirer l'accès.

Un membre de l'organisme invite tant que la candidature est un brouillon ; il retire un accès tant qu'elle existe. Le lien ne se
consomme qu'à l'acceptation, par le compte de l'adresse invitée et par aucun autre : transmis à un collègue, il ne lui ouvre rien.
Chaque acte verrouille la candidature, laisse une ligne au journal, et ne fait rien de plus fait deux fois (F-17).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import rules
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from candidatures import regles, verrou
from candidatures.models import Candidature, Partage
from candidatures.models.partage import VALIDITE
from candidatures.partages import courriels
from candidatures.verrou import Refus
from comptes.journal import consigner as consigner_un_acte
from comptes.models import Habilitation, Invitation, Role, Utilisateur
from comptes.models.habilitation import ROLES_ORGANISME
from comptes.models.invitation import condensat

MAXIMUM = 20
"""Invités d'une même candidature, invitations en attente comprises."""
ENVOIS_PAR_JOUR = 40
"""Invitations d'une même candidature en vingt-quatre heures : le site ne sert pas à écrire à des inconnus."""
DELAI_DE_RENVOI = timedelta(minutes=5)
"""En deçà, un renvoi ne refait pas de lien : le premier, déjà parti, n'en mourrait pas."""

ORGANISME = "Cette personne est déjà de votre organisme : elle a accès à toutes ses candidatures."
DEJA = "Cette adresse est déjà invitée : changez ce qu'elle peut faire dans la liste."
TROP = f"Une candidature a au plus {MAXIMUM} invités : retirez un accès avant d'en donner un autre."
TROP_EN_UN_JOUR = "Trop d'invitations sont parties depuis hier pour cette candidature : réessayez demain."
ACCEPTEE = "Cette invitation est déjà acceptée : il n'y a rien à renvoyer."
RETIREE = "Cet accès a été retiré : invitez de nouveau la personne si besoin."


class LienRefuse(Exception):
    """Le lien est inconnu, usé, remplacé, retiré ou périmé : on ne dit pas lequel."""


class AutreCompte(Exception):
    """Le lien invite une autre adresse que celle du compte connecté."""


class CompteExistant(Exception):
    """L'adresse invitée a déjà un compte : on s'y connecte, on n'en crée pas un second."""


# --- Du côté de l'organisme ----------------------------------------------------------------------------------------------
def inviter(candidature: Candidature, courriel: str, droit: str, *, par: Utilisateur, le: datetime) -> Partage:
    """Invite cette adresse et lui envoie son lien ; la même demande, refaite, ne renvoie rien.

    Lève PermissionDenied, PlusModifiable (déposée entre-temps), ou Refus (déjà de l'organisme, déjà invitée, trop d'invités).
    """
    courriel = courriel.strip().lower()
    with transaction.atomic():
        gardee = _verrouiller(candidature, par, regles.peut_inviter)
        deja = gardee.partages.filter(courriel=courriel, revoque_le=None).first()
        if deja and (deja.accepte_le or deja.est_valable(le)):
            if deja.droit != droit:
                raise Refus([DEJA])
            return deja
        _controler(gardee, courriel, le, nouvel=deja is None)
        partage = deja or Partage(candidature=gardee, courriel=courriel)
        partage.droit = droit
        _envoyer(partage, par, le)
        verrou.consigner(gardee, "inviter", par=par, le=le, detail={"partage": partage.pk, "droit": droit})
    return partage


def _controler(candidature: Candidature, courriel: str, le: datetime, *, nouvel: bool) -> None:
    membres = Habilitation.objects.en_cours().filter(role__in=ROLES_ORGANISME, organisme=candidature.organisme_id)
    if membres.filter(utilisateur__courriel=courriel).exists():
        raise Refus([ORGANISME])
    if nouvel and candidature.partages.filter(revoque_le=None).count() >= MAXIMUM:
        raise Refus([TROP])
    envois = candidature.evenements.filter(acte__in=("inviter", "renvoyer_invitation"), le__gt=le - timedelta(days=1))
    if envois.count() >= ENVOIS_PAR_JOUR:
        raise Refus([TROP_EN_UN_JOUR])


def renvoyer(partage: Partage, *, par: Utilisateur, le: datetime) -> bool:
    """Envoie un nouveau lien, qui éteint le précédent ; faux si l'un vient de partir. Lève comme `inviter`."""
    with transaction.atomic():
        gardee = _verrouiller(partage.candidature, par, regles.peut_inviter)
        present = _relire(partage)
        if present.accepte_le:
            raise Refus([ACCEPTEE])
        if le < present.invite_le + DELAI_DE_RENVOI:
            return False
        _controler(gardee, present.courriel, le, nouvel=False)
        _envoyer(present, par, le)
        verrou.consigner(gardee, "renvoyer_invitation", par=par, le=le, detail={"partage": present.pk})
    return True


def _envoyer(partage: Partage, par: Utilisateur, le: datetime) -> None:
    jeton = Invitation.nouveau_jeton()
    partage.empreinte, partage.invite_par, partage.invite_le, partage.expire_le = condensat(jeton), par, le, le + VALIDITE
    partage.save()
    courriels.invitation_partage(partage, jeton)


def changer_le_droit(partage: Partage, droit: str, *, par: Utilisateur, le: datetime) -> bool:
    """Change ce que la personne peut faire ; faux si c'était déjà cela. Lève comme `inviter`."""
    with transaction.atomic():
        gardee = _verrouiller(partage.candidature, par, regles.peut_inviter)
        present = _relire(partage)
        if present.droit == droit:
            return False
        avant, present.droit = present.droit, droit
        present.save(update_fields=["droit"])
        detail = {"partage": present.pk, "avant": avant, "droit": droit}
        verrou.consigner(gardee, "changer_droit_invite", par=par, le=le, detail=detail)
    return True


def revoquer(partage: Partage, *, par: Utilisateur, le: datetime) -> bool:
    """Retire l'accès, ou éteint l'invitation ; faux si c'était déjà fait. Vaut avant comme après le dépôt."""
    with transaction.atomic():
        gardee = _verrouiller(partage.candidature, par, regles.est_de_l_organisme)
        if not Partage.objects.filter(pk=partage.pk, revoque_le=None).update(revoque_le=le):
            return False
        gardee.presences.filter(personne=partage.personne_id).delete()
        verrou.consigner(gardee, "retirer_acces", par=par, le=le, detail={"partage": partage.pk})
    return True


def _verrouiller(candidature: Candidature, par: Utilisateur, predicat: rules.Predicate) -> Candidature:
    gardee = verrou.verrouiller(candidature, Candidature.objects.all())
    if not regles.peut(regles.est_de_l_organisme, par, gardee):
        raise PermissionDenied
    if not regles.peut(predicat, par, gardee):
        raise verrou.PlusModifiable
    return gardee


def _relire(partage: Partage) -> Partage:
    present = Partage.objects.get(pk=partage.pk)
    if present.revoque_le:
        raise Refus([RETIREE])
    return present


# --- Du côté de la personne invitée --------------------------------------------------------------------------------------
def lire(jeton: str, *, le: datetime) -> Partage:
    """Le partage que ce lien propose, sans rien consommer. Lève LienRefuse."""
    partage = Partage.objects.select_related("candidature__organisme", "invite_par").filter(empreinte=condensat(jeton)).first()
    if partage is None or not partage.est_valable(le):
        raise LienRefuse
    return partage


def deja_accepte(jeton: str, personne: Utilisateur) -> Partage | None:
    """Le partage en cours que cette personne a accepté par ce lien : le rouvrir la ramène à la candidature."""
    return Partage.objects.de(personne).filter(empreinte=condensat(jeton)).first()


def compte_de(partage: Partage) -> Utilisateur | None:
    """Le compte de l'adresse invitée, s'il existe. Lève LienRefuse s'il est fermé."""
    compte = Utilisateur.objects.filter(courriel=partage.courriel).first()
    if compte is not None and not compte.is_active:
        raise LienRefuse
    return compte


def accepter(jeton: str, personne: Utilisateur, *, le: datetime) -> Partage:
    """Use le lien : la candidature s'ouvre à la personne. Lève LienRefuse, ou AutreCompte si l'adresse n'est pas la sienne."""
    with transaction.atomic():
        partage = _retenir(jeton, le)
        if partage.courriel != personne.courriel:
            raise AutreCompte
        ouvrir(partage, personne, le=le)
    return partage


def ouvrir_un_compte(jeton: str, invitee: Utilisateur, mot_de_passe: str, *, le: datetime) -> Utilisateur:
    """Crée le compte de l'adresse invitée (`invitee` n'en donne que le nom), et accepte. Lève LienRefuse, CompteExistant."""
    chiffre = make_password(mot_de_passe)  # lent à dessein : hors de la transaction
    with transaction.atomic():
        partage = _retenir(jeton, le)
        personne = Utilisateur(courriel=partage.courriel, prenom=invitee.prenom, nom=invitee.nom, password=chiffre)
        try:
            with transaction.atomic():
                personne.save()
        except IntegrityError as existe:
            raise CompteExistant from existe
        consigner_un_acte("ouvrir_compte_invite", personne, par=personne, le=le, personne=personne.pk, partage=partage.pk)
        ouvrir(partage, personne, le=le)
    return personne


def _retenir(jeton: str, le: datetime) -> Partage:
    """Le partage, sa candidature verrouillée : de deux clics simultanés, le second trouve le lien usé."""
    try:
        verrou.verrouiller(lire(jeton, le=le).candidature, Candidature.objects.all())
    except verrou.PlusModifiable as supprimee:
        raise LienRefuse from supprimee
    return lire(jeton, le=le)


def ouvrir(partage: Partage, personne: Utilisateur, *, le: datetime) -> None:
    """Donne l'accès, le lien une fois contrôlé ; dans une transaction qui retient la candidature."""
    _habiliter(personne)
    partage.personne, partage.accepte_le = personne, le
    partage.save(update_fields=["personne", "accepte_le"])
    detail = {"partage": partage.pk, "droit": partage.droit}
    verrou.consigner(partage.candidature, "accepter_invitation", par=personne, le=le, detail=detail)


def _habiliter(personne: Utilisateur) -> None:
    """L'habilitation d'invité, une fois : la personne est retenue, elle peut accepter deux invitations au même instant."""
    list(Utilisateur.objects.select_for_update(of=("self",)).filter(pk=personne.pk))
    if not personne.habilitations.en_cours(timezone.localdate()).filter(role=Role.INVITE).exists():
        Habilitation.objects.create(utilisateur=personne, role=Role.INVITE)
    vars(personne).pop("_portee", None)  # sa portée vient de changer
