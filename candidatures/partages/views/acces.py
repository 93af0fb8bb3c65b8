"""Qui a accès à une candidature, et où en est chaque invitation, en clair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from candidatures.models import Candidature, Partage
from comptes.models import Habilitation, Role
from comptes.models.habilitation import ROLES_ORGANISME
from territoires.heures import dire_jour


@dataclass(frozen=True, slots=True)
class Membre:
    """Un membre de l'organisme."""

    nom: str
    courriel: str
    role: str


@dataclass(frozen=True, slots=True)
class Invite:
    """Un invité ; `etat` et `libelle` vont au composant « état » ; `depuis` dit la date qui compte."""

    partage: Partage
    nom: str
    etat: str
    libelle: str
    depuis: str


def membres_de(candidature: Candidature) -> list[Membre]:
    """Les membres de l'organisme, une fois chacun, par nom ; qui peut déposer est dit."""
    tenues = Habilitation.objects.en_cours().filter(role__in=ROLES_ORGANISME, organisme=candidature.organisme_id)
    membres: dict[int, Membre] = {}
    for h in tenues.select_related("utilisateur").order_by("utilisateur__nom", "utilisateur__prenom", "role"):
        depose = h.role == Role.DEPOSANT or (h.utilisateur_id in membres and "dépôt" in membres[h.utilisateur_id].role)
        role = "saisie et dépôt" if depose else "saisie"
        membres[h.utilisateur_id] = Membre(str(h.utilisateur), h.utilisateur.courriel, role)
    return list(membres.values())


def lignes_des_invites(candidature: Candidature, maintenant: datetime) -> list[Invite]:
    """Les invitations, accès retirés compris, de la plus ancienne à la plus récente."""
    partages = candidature.partages.select_related("personne")
    return [_ligne(partage, maintenant) for partage in sorted(partages, key=lambda p: p.revoque_le is not None)]


def _ligne(partage: Partage, maintenant: datetime) -> Invite:
    nom = str(partage.personne) if partage.personne and partage.accepte_le else ""
    if partage.revoque_le:
        return Invite(partage, nom, "retiree", "accès retiré", f"le {dire_jour(partage.revoque_le)}")
    if partage.accepte_le:
        return Invite(partage, nom, "ouverte", "accès ouvert", f"depuis le {dire_jour(partage.accepte_le)}")
    if partage.est_valable(maintenant):
        return Invite(partage, nom, "a_venir", "invitation en attente", f"jusqu'au {dire_jour(partage.expire_le)}")
    return Invite(partage, nom, "close", "invitation périmée", f"depuis le {dire_jour(partage.expire_le)}")
