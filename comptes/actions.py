"""Les actes des administrateurs nationaux sur les organismes et les personnes.

Chacun ouvre sa transaction, vérifie que son auteur administre encore, écrit, et laisse une ligne au journal. Refait à
l'identique, il ne change rien et n'écrit rien.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.connexion.sessions import fermer_les_sessions
from comptes.ecriture import (
    Changements,
    EcritureRefusee,
    appliquer,
    description,
    verrouiller,
    verrouiller_l_administration,
)
from comptes.journal import consigner
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from territoires.heures import heure_locale

CHAMPS_D_ORGANISME = ("nom", "statut", "siren")
CHAMPS_D_HABILITATION = ("role", "organisme", "service", "debut", "fin")


class ConflitDeServices(Exception):
    """Une autre personne a changé les mêmes régions ; `presents` : leur service présent (clé), par code de région."""

    def __init__(self, presents: dict[str, str]) -> None:
        super().__init__(", ".join(presents))
        self.presents = presents


# --- Organismes ----------------------------------------------------------------------------------------------------------
def creer_organisme(organisme: Organisme, *, par: Utilisateur, le: datetime) -> Organisme:
    """Crée l'organisme. Lève PermissionDenied, ou ValidationError s'il existe déjà (second clic, autre administrateur)."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        _refuser_un_doublon(organisme)
        organisme.full_clean()
        organisme.save()
        detail = description(organisme, CHAMPS_D_ORGANISME)
        consigner("creer_organisme", organisme, par=par, le=le, organisme=organisme.pk, **detail)
    return organisme


def modifier_organisme(organisme: Organisme, changements: Changements, *, par: Utilisateur, le: datetime) -> None:
    """Écrit les champs changés. Lève PermissionDenied, Conflit, ValidationError."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        garde = verrouiller(organisme)
        ecrits = appliquer(garde, changements)
        if "nom" in ecrits:
            _refuser_un_doublon(garde)
        if ecrits:
            consigner("modifier_organisme", garde, par=par, le=le, organisme=garde.pk, changements=ecrits)


def _refuser_un_doublon(organisme: Organisme) -> None:
    if Organisme.objects.filter(nom__iexact=organisme.nom).exclude(pk=organisme.pk).exists():
        phrase = f"« {organisme.nom} » existe déjà. Si c'est un autre organisme, distinguez-les, par exemple par la ville."
        raise ValidationError({"nom": phrase})


# --- Personnes -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Habilitations:
    """Ce que devient la liste des habilitations d'une personne."""

    ajoutees: Sequence[Habilitation] = ()
    changees: Sequence[tuple[Habilitation, Changements]] = ()
    retirees: Sequence[Habilitation] = ()


@dataclass(slots=True)
class _Bilan:
    """Ce qui a été écrit, pour le journal ; `reduit` : un droit a pu se perdre."""

    detail: dict[str, Any] = field(default_factory=dict)
    reduit: bool = False


def modifier_personne(
    personne: Utilisateur, changements: Changements, habilitations: Habilitations, *, par: Utilisateur, le: datetime
) -> None:
    """Écrit le nom, l'ouverture du compte et les habilitations ; ferme les sessions d'une personne qui perd un droit.

    Lève PermissionDenied, Conflit, ValidationError, ou EcritureRefusee (son propre compte, le dernier administrateur).
    """
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(personne)
        bilan = _Bilan()
        if ecrits := appliquer(gardee, changements):
            bilan.detail["changements"] = ecrits
            bilan.reduit = "is_active" in ecrits
        _ecrire_les_habilitations(gardee, habilitations, bilan)
        _refuser_une_maison_sans_administrateur(gardee, par, le)
        if bilan.reduit and gardee != par:
            fermer_les_sessions(gardee, le=le)
        if bilan.detail:
            consigner("modifier_personne", gardee, par=par, le=le, personne=gardee.pk, **bilan.detail)


def _ecrire_les_habilitations(personne: Utilisateur, voulues: Habilitations, bilan: _Bilan) -> None:
    gardees = {h.pk: h for h in personne.habilitations.order_by("pk").select_for_update(of=("self",))}
    retirees = [gardees[h.pk] for h in voulues.retirees if h.pk in gardees]
    changees = [{"habilitation": h.pk, **ecrits} for h, c in voulues.changees if (ecrits := appliquer(_encore(gardees, h), c))]
    for nouvelle in voulues.ajoutees:
        nouvelle.utilisateur = personne
        nouvelle.full_clean()
        nouvelle.save()
    bilan.detail |= _dites(ajoutees=voulues.ajoutees, retirees=retirees)
    if changees:
        bilan.detail["habilitations_changees"] = changees
    bilan.reduit = bilan.reduit or bool(retirees or changees)
    for retiree in retirees:
        retiree.delete()


def _dites(**listes: Iterable[Habilitation]) -> dict[str, list[Any]]:
    """Ce que le journal garde de chaque liste d'habilitations qui n'est pas vide."""
    dites = {f"habilitations_{nom}": [description(h, CHAMPS_D_HABILITATION) for h in liste] for nom, liste in listes.items()}
    return {clef: liste for clef, liste in dites.items() if liste}


def _encore(gardees: dict[int, Habilitation], habilitation: Habilitation) -> Habilitation:
    if habilitation.pk not in gardees:
        raise EcritureRefusee(
            f"L'habilitation « {habilitation} » vient d'être retirée par une autre personne : rechargez la page."
        )
    return gardees[habilitation.pk]


def _refuser_une_maison_sans_administrateur(personne: Utilisateur, par: Utilisateur, le: datetime) -> None:
    if personne == par and not personne.is_active:
        raise EcritureRefusee("Vous ne pouvez pas fermer votre propre compte : demandez-le à un autre administrateur.")
    jour = heure_locale(le).date()
    if not Habilitation.objects.en_cours(jour).filter(role=Role.ADMINISTRATEUR).exists():
        raise EcritureRefusee("Il ne resterait aucun administrateur national. Donnez d'abord ce rôle à une autre personne.")


# --- Services ------------------------------------------------------------------------------------------------------------
def designer_services(choix: Changements, *, par: Utilisateur, le: datetime) -> list[str]:
    """Par code de région, le service (clé) qui rend l'avis régional ; rend les noms des régions changées.

    Lève PermissionDenied (droit perdu, service d'une autre région), ConflitDeServices.
    """
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        regionaux = Service.objects.filter(region__isnull=False).order_by("pk").select_related("region")
        services = {str(service.pk): service for service in regionaux.select_for_update(of=("self",))}
        presents = {s.region_id: cle for cle, s in services.items() if s.rend_avis_regional and s.region_id}
        if conflits := {r: presents.get(r, "") for r, c in choix.items() if presents.get(r, "") not in (c.lu, c.voulu)}:
            raise ConflitDeServices(conflits)
        voulus = {r: services.get(str(c.voulu)) for r, c in choix.items() if presents.get(r, "") != c.voulu}
        return [_designer(r, service, services.get(presents.get(r, "")), par, le) for r, service in voulus.items()]


def _designer(region: str, service: Service | None, ancien: Service | None, par: Utilisateur, le: datetime) -> str:
    if service is None or service.region_id != region:
        raise PermissionDenied
    Service.objects.filter(region=region).update(rend_avis_regional=False)
    Service.objects.filter(pk=service.pk).update(rend_avis_regional=True)
    consigner("designer_service_regional", service, par=par, le=le, region=region, avant=str(ancien or ""), apres=str(service))
    return str(service.region)
