"""Les organismes, les personnes et les services de la démonstration."""

from __future__ import annotations

from functools import cache

from candidatures.demonstration.redaction import donnees
from comptes.connexion.domaine import DOMAINE
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur

Deposants = list[tuple[Organisme, Utilisateur]]
"""Chaque organisme, avec la personne qui dépose pour lui."""

LOGEMENT = frozenset("45 59 69 13 76 94 22 974".split())
"""Les départements où le service du logement instruit (DDT, DDTM, DEAL…) ; ailleurs, celui de la cohésion sociale."""
PRENOMS = ("Inès", "Paul", "Claire", "Yann", "Lucie", "Thomas", "Anne", "Jean-Noël", "Maëlle", "Karim")
AGENTS = (
    *("Aline Vernet", "Bruno Castel", "Chloé Marchand", "Denis Roche", "Élise Fontaine", "Farid Amrani", "Gaëlle Le Goff"),
    *("Hervé Pons", "Irène Salvat", "Jules Hoarau", "Katia Payet", "Loïc Menez", "Mona Schmitt", "Noël Grondin"),
)


def organismes() -> list[Organisme]:
    """Ceux du recueil, dans leur ordre."""
    cles = ("nom", "statut", "siren")
    return [Organisme.objects.create(**{cle: o[cle] for cle in cles}) for o in donnees()["organismes"]]


def comptes(tous: list[Organisme]) -> Deposants:
    """Les comptes qu'on essaie d'un clic, puis un déposant par organisme ; rend ces derniers, dans l'ordre des organismes."""
    premier, deuxieme = tous[:2]
    _personne("bailleur-saisie", "Camille", "Roussel", (Role.REDACTEUR, premier))
    depot = _personne("bailleur-depot", "Nadia", "Benali", (Role.DEPOSANT, premier))
    _personne("deux-organismes", "Hugo", "Lefranc", (Role.DEPOSANT, deuxieme), (Role.REDACTEUR, premier))
    _personne("association-invitee", "Alix", "Renard", (Role.INVITE, None))
    for adresse, nom, *services in SERVICES:
        prenom, _, famille = nom.partition(" ")
        _personne(adresse, prenom, famille, *((Role.AGENT, service(type_, territoire)) for type_, territoire in services))
    _personne("comite", "Hélène", "Vasseur", (Role.LECTEUR, None))
    _personne("national", "Antoine", "Mercier", (Role.ADMINISTRATEUR, None))
    return [(premier, depot)] + [
        (organisme, _personne(f"depot{rang}", prenom, "Inventé", (Role.DEPOSANT, organisme), domaine="bailleurs.example"))
        for rang, (organisme, prenom) in enumerate(zip(tous[1:], PRENOMS, strict=True), 2)
    ]


SOCIAL, TECHNIQUE = Service.Type.DEPARTEMENT_SOCIAL, Service.Type.DEPARTEMENT_LOGEMENT
REGIONAL, CONTRIBUTEUR = Service.Type.REGION_LOGEMENT, Service.Type.REGION_SOCIAL
SERVICES: tuple[tuple[str, str, *tuple[tuple[str, str], ...]], ...] = (
    ("ddcs-77", "Sophie Carlier", (SOCIAL, "77")),
    ("ddt-45", "Rémi Aubert", (TECHNIQUE, "45")),
    ("dreal-hauts-de-france", "Justine Delattre", (REGIONAL, "32")),
    ("dreets-hauts-de-france", "Omar Kaddour", (CONTRIBUTEUR, "32")),
    ("drihl-ile-de-france", "Marc Delaunay", (REGIONAL, "11"), (SOCIAL, "93")),
)
"""L'adresse, le nom, et les services d'une personne : la DRIHL siège aux deux niveaux, la DREETS contribue sans rendre."""


def service(type_: str, territoire: str) -> Service:
    """Le service de ce type dans ce territoire (code COG)."""
    niveau = "region" if type_.startswith("region") else "departement"
    return Service.objects.get(type=type_, **{niveau: territoire})


class Agents:
    """Qui instruit chaque territoire : la personne qui a un compte d'essai, sinon une autre, inventée au besoin."""

    def __init__(self) -> None:
        self.du_departement = cache(self._du_departement)
        self.de_la_region = cache(self._de_la_region)
        self.contributeur = cache(self._contributeur)
        self.national = Utilisateur.objects.get(courriel=f"national@{DOMAINE}")
        self._inventes = 0

    def _du_departement(self, code: str) -> Utilisateur:
        return self._agent(TECHNIQUE if code in LOGEMENT else SOCIAL, code)

    def _de_la_region(self, code: str) -> Utilisateur:
        return self._agent(REGIONAL, code)

    def _contributeur(self, code: str) -> Utilisateur:
        return self._agent(CONTRIBUTEUR, code)

    def _agent(self, type_: str, territoire: str) -> Utilisateur:
        le_sien = service(type_, territoire)
        connu = Habilitation.objects.filter(service=le_sien).select_related("utilisateur").first()
        if connu:
            return connu.utilisateur
        prenom, _, nom = AGENTS[self._inventes % len(AGENTS)].partition(" ")
        self._inventes += 1
        return _personne(f"agent{self._inventes}", prenom, nom, (Role.AGENT, le_sien), domaine="services.example")


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
