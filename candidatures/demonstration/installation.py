"""Installer la démonstration : comptes, campagnes, et une cinquantaine de candidatures menées à leur état par les actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from candidatures import actions
from candidatures.chargement import charger
from candidatures.circuit import PASSAGES
from candidatures.demonstration import DOMAINE, PREMIER_BAILLEUR
from candidatures.demonstration.redaction import donnees, entamer, rediger
from candidatures.echange import lire_fiche
from candidatures.models import Campagne, Candidature
from comptes.journal import consigner
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from hlm_projets.models import Courriel
from territoires.heures import heure_locale

SITUATIONS = (
    *("deposee", "complete", "entamee", "vide", "deposee"),
    *("retiree", "deposee", "deposee", "entamee", "deposee"),
)
"""Où en sont les candidatures de la campagne ouverte, à tour de rôle."""
PASSEES = range(0, 46, 4)
"""Les rangs des lieux qui ont aussi candidaté à la campagne passée."""
DECALAGE_PASSE = 5
MOTIF = "Le conseil d’administration reporte le projet à l’année prochaine."
DUREE = timedelta(days=35)
RESTE = timedelta(days=21)
UNE_EDITION = timedelta(weeks=53)
Deposants = list[tuple[Organisme, Utilisateur]]
"""Chaque organisme, avec la personne qui dépose pour lui."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Ce que la commande a trouvé ou créé."""

    creees: int = 0
    prolongee: bool = False


def installer(maintenant: datetime) -> Installation:
    """Installe tout, en une transaction ; rejouée, ne fait que rouvrir la campagne si elle s'est close."""
    with transaction.atomic():
        if Organisme.objects.filter(siren=PREMIER_BAILLEUR).exists():
            return Installation(prolongee=_rouvrir(maintenant))
        deposants = _comptes(_organismes())
        courriels = set(Courriel.objects.values_list("pk", flat=True))
        creees = [*_passee(deposants, maintenant), *_ouverte(deposants, maintenant)]
        # Ces dépôts sont censés dater : leurs courriels ne partent pas au premier tour du travailleur.
        Courriel.objects.exclude(pk__in=courriels).delete()
        consigner("installer_la_demonstration", "démonstration", par=None, le=maintenant, candidatures=len(creees))
    return Installation(creees=len(creees))


def cloture_a_venir(maintenant: datetime) -> datetime:
    """Dans trois semaines, à 23 h 59, heure de Paris."""
    return heure_locale(maintenant + RESTE).replace(hour=23, minute=59, second=59, microsecond=0)


def _rouvrir(maintenant: datetime) -> bool:
    """Une démonstration relancée des semaines plus tard retrouve une campagne ouverte."""
    if Campagne.objects.ouvertes(maintenant).exists():
        return False
    derniere = Campagne.objects.order_by("-cloture")[:1].values("pk")
    return bool(Campagne.objects.filter(pk__in=derniere).update(cloture=cloture_a_venir(maintenant)))


# --- Organismes et personnes -------------------------------------------------------------------------------------------
def _organismes() -> list[Organisme]:
    cles = ("nom", "statut", "siren")
    return [Organisme.objects.create(**{cle: o[cle] for cle in cles}) for o in donnees()["organismes"]]


def _comptes(organismes: list[Organisme]) -> Deposants:
    """Un compte par rôle, et un déposant par organisme ; rend ces derniers, dans l'ordre des organismes."""
    premier, deuxieme = organismes[:2]
    _personne("bailleur-saisie", "Camille", "Roussel", (Role.REDACTEUR, premier))
    depot = _personne("bailleur-depot", "Nadia", "Benali", (Role.DEPOSANT, premier))
    _personne("deux-organismes", "Hugo", "Lefranc", (Role.DEPOSANT, deuxieme), (Role.REDACTEUR, premier))
    ddcs = Service.objects.get(type=Service.Type.DEPARTEMENT_SOCIAL, departement="77")
    drihl = Service.objects.get(type=Service.Type.REGION_LOGEMENT, region="11")
    _personne("ddcs-77", "Sophie", "Carlier", (Role.AGENT, ddcs))
    _personne("drihl-ile-de-france", "Marc", "Delaunay", (Role.AGENT, drihl))
    _personne("comite", "Hélène", "Vasseur", (Role.LECTEUR, None))
    _personne("national", "Antoine", "Mercier", (Role.ADMINISTRATEUR, None))
    prenoms = ("Inès", "Paul", "Claire", "Yann", "Lucie", "Thomas", "Anne", "Jean-Noël", "Maëlle", "Karim")
    return [(premier, depot)] + [
        (organisme, _personne(f"depot{rang}", prenom, "Inventé", (Role.DEPOSANT, organisme), domaine="bailleurs.example"))
        for rang, (organisme, prenom) in enumerate(zip(organismes[1:], prenoms, strict=True), 2)
    ]


def _personne(
    adresse: str, prenom: str, nom: str, *roles: tuple[Role, Organisme | Service | None], domaine: str = DOMAINE
) -> Utilisateur:
    """Un compte sans mot de passe : on y entre par le bouton de la page de connexion."""
    personne = Utilisateur.objects.creer(f"{adresse}@{domaine}", prenom=prenom, nom=nom)
    for role, portee in roles:
        Habilitation.objects.create(
            utilisateur=personne,
            role=role,
            organisme=portee if isinstance(portee, Organisme) else None,
            service=portee if isinstance(portee, Service) else None,
        )
    return personne


# --- Campagnes et candidatures -----------------------------------------------------------------------------------------
def _ouverte(deposants: Deposants, maintenant: datetime) -> Iterable[Candidature]:
    campagne = _campagne(maintenant, "5e édition")
    for rang in range(len(donnees()["lieux"])):
        yield _candidature(campagne, rang, SITUATIONS[rang % len(SITUATIONS)], deposants)


def _passee(deposants: Deposants, maintenant: datetime) -> Iterable[Candidature]:
    campagne = _campagne(maintenant - UNE_EDITION, "4e édition")
    for rang in PASSEES:
        situation = "complete" if rang == 8 else "retiree" if rang == 20 else "deposee"
        yield _candidature(campagne, rang, situation, deposants, decalage=DECALAGE_PASSE)


def _campagne(vers: datetime, edition: str) -> Campagne:
    """Une campagne ouverte depuis cinq semaines, pour trois encore, à l'instant `vers`."""
    cloture = cloture_a_venir(vers)
    return Campagne.objects.create(
        code=str(cloture.year),
        titre=f"10 000 logements HLM accompagnés – session {cloture.year}",
        edition=edition,
        ouverture=heure_locale(vers - DUREE).replace(hour=9, minute=0, second=0, microsecond=0),
        cloture=cloture,
        enveloppe=5_000_000,
        plafond=200_000,
        taux_maximum=50,
        duree_minimum=12,
        duree_maximum=36,
    )


def _candidature(campagne: Campagne, rang: int, situation: str, deposants: Deposants, *, decalage: int = 0) -> Candidature:
    """Commencée, remplie puis menée à sa situation, à des instants échelonnés depuis l'ouverture."""
    organisme, par = deposants[donnees()["lieux"][rang]["organisme"]]
    commencee = campagne.ouverture + timedelta(days=(7 * rang) % 24, hours=rang % 9, minutes=(13 * rang) % 60)
    if situation == "vide":
        candidature = actions.creer(campagne, organisme, par=par, maintenant=commencee)
    else:
        fiche = rediger(rang, decalage=decalage)
        lue = lire_fiche(entamer(fiche, rang) if situation == "entamee" else fiche)
        candidature = charger(lue, campagne, organisme, par=par, maintenant=commencee)
    finie = _mener(candidature, situation, par, commencee)
    Candidature.objects.filter(pk=candidature.pk).update(cree_le=commencee, modifie_le=finie)
    return candidature


def _mener(candidature: Candidature, situation: str, par: Utilisateur, commencee: datetime) -> datetime:
    """Franchit les passages de cette situation ; rend l'instant du dernier acte."""
    instant = commencee + timedelta(days=2 + candidature.pk % 7, minutes=candidature.pk % 50)
    if situation in ("deposee", "retiree"):
        actions.franchir(candidature, PASSAGES["deposer"], par=par, maintenant=instant)
    if situation == "retiree":
        instant += timedelta(days=1)
        actions.franchir(candidature, PASSAGES["retirer"], par=par, maintenant=instant, motif=MOTIF)
    return instant
