"""Une personne, telle que la liste et sa fiche la montrent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from comptes.models import Habilitation, Utilisateur
from comptes.models.invitation import VALIDITE
from territoires.heures import dire_jour, heure_locale


@dataclass(frozen=True, slots=True)
class LigneDHabilitation:
    """« Bailleur – saisie – OPH d'Ourcelle », et ses dates s'il y en a."""

    libelle: str
    dates: str


@dataclass(frozen=True, slots=True)
class FicheDePersonne:
    """`etat` et `libelle` vont au composant « état » ; `attend` : elle n'a pas encore choisi son mot de passe."""

    pk: int
    nom: str
    courriel: str
    etat: str
    libelle: str
    attend: bool
    invitee: str
    habilitations: list[LigneDHabilitation]


def presenter(personne: Utilisateur, maintenant: datetime) -> FicheDePersonne:
    """Lit la personne, ses habilitations et ses invitations, déjà chargées pour une liste."""
    etat, libelle = _etat(personne, maintenant)
    derniere = next(iter(personne.invitations.all()), None)
    jour = heure_locale(maintenant).date()
    return FicheDePersonne(
        pk=personne.pk,
        nom=str(personne),
        courriel=personne.courriel,
        etat=etat,
        libelle=libelle,
        attend=personne.is_active and not personne.has_usable_password(),
        invitee=f"invitée le {dire_jour(derniere.creee_le)}" if derniere else "",
        habilitations=[LigneDHabilitation(str(h), _dates(h, jour)) for h in personne.habilitations.all()],
    )


def _etat(personne: Utilisateur, maintenant: datetime) -> tuple[str, str]:
    if not personne.is_active:
        return "close", "compte fermé"
    if personne.has_usable_password():
        return "ouverte", "compte ouvert"
    if not personne.invitations.all():
        return "a_venir", "sans mot de passe"
    valables = [i for i in personne.invitations.all() if i.est_valable(maintenant)]
    if not valables:
        return "close", "invitation périmée"
    jours = (valables[0].creee_le + VALIDITE - maintenant).days
    return "a_venir", f"invitation en attente, {jours}\u00a0j" if jours else "invitation en attente, dernier jour"


def _dates(habilitation: Habilitation, jour: date) -> str:
    debut, fin = habilitation.debut, habilitation.fin
    if fin and fin < jour:
        return f"terminée le {fin:%d/%m/%Y}"
    morceaux = [f"à partir du {debut:%d/%m/%Y}" if debut else "", f"jusqu'au {fin:%d/%m/%Y}" if fin else ""]
    return " ".join(m for m in morceaux if m)
