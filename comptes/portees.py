"""Ce sur quoi s'étendent les habilitations d'une personne, lues avec sa session, ou en deux requêtes au plus."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from comptes.models import Role, Utilisateur
from comptes.models.habilitation import ROLES_ORGANISME
from territoires.models import Departement

Cle = TypeVar("Cle", int, str)


@dataclass(frozen=True, slots=True)
class Portee:
    """Des clés primaires : organismes (saisie), dépôts permis, territoires instruits ; et les rôles nationaux.

    - `departements` : ceux dont la personne lit les dossiers (le sien, ou tous ceux de sa région) ;
    - `departements_instruits`, `regions` : ceux dont elle peut écrire l'avis ; `regions_rendues` : ceux dont elle peut le rendre ;
    - `administre` : tout lire, brouillons compris, régler et décider ; `lit_tout` : tout dossier déposé, et tous les avis ;
    - `connait_les_decisions` : avant leur publication.
    """

    organismes: frozenset[int] = frozenset()
    depots: frozenset[int] = frozenset()
    services: frozenset[int] = frozenset()
    departements: frozenset[str] = frozenset()
    departements_instruits: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    regions_rendues: frozenset[str] = frozenset()
    administre: bool = False
    lit_tout: bool = False
    connait_les_decisions: bool = False
    est_invite: bool = False
    """Invité sur au moins une candidature, un jour ; les partages en cours disent lesquelles."""

    @property
    def est_bailleur(self) -> bool:
        """Vrai si la personne saisit pour au moins un organisme."""
        return bool(self.organismes)

    @property
    def est_agent(self) -> bool:
        """Vrai si la personne appartient à un service de l'État."""
        return bool(self.services)

    @property
    def consulte(self) -> bool:
        """Vrai si la personne lit des dossiers autres que ceux d'un organisme."""
        return self.lit_tout or self.est_agent


DROITS_NATIONAUX: dict[str, tuple[str, ...]] = {
    Role.LECTEUR: ("lit_tout", "connait_les_decisions"),
    Role.ADMINISTRATEUR: ("administre", "lit_tout", "connait_les_decisions"),
}
"""Ce qu'ouvre chaque rôle national : des attributs de `Portee`. Un rôle de plus est une ligne ici, et son nom dans `Role`."""


class Droit(NamedTuple):
    """Une habilitation en cours : son rôle, et les clés de ce sur quoi elle porte."""

    role: str
    organisme: int | None = None
    service: int | None = None
    departement: str | None = None
    region: str | None = None
    rend_avis_regional: bool | None = None


COLONNES = ("role", "organisme", "service", *(f"service__{nom}" for nom in ("departement", "region", "rend_avis_regional")))
"""Ce qu'un `Droit` lit d'une habilitation, dans l'ordre."""


def retenir(utilisateur: Utilisateur, droits: list[Droit]) -> None:
    """Ses habilitations en cours, lues avec sa session : `portee_de` ne les relira pas, le temps de la requête."""
    vars(utilisateur)["_droits"] = droits


def portee_de(utilisateur: Utilisateur) -> Portee:
    """La portée des habilitations en cours, gardée le temps de la requête sur l'objet `utilisateur`."""
    if not utilisateur.is_active:
        return Portee()
    gardee: Portee | None = getattr(utilisateur, "_portee", None)
    if gardee is None:
        droits: list[Droit] | None = getattr(utilisateur, "_droits", None)  # request.user est paresseux : pas par vars()
        if droits is None:
            droits = [Droit(*lues) for lues in utilisateur.habilitations.en_cours().order_by("pk").values_list(*COLONNES)]
        gardee = vars(utilisateur)["_portee"] = _lire(droits)  # le temps de la requête
    return gardee


def _lire(habilitations: list[Droit]) -> Portee:
    roles = {h.role for h in habilitations}
    droits = set().union(*(DROITS_NATIONAUX.get(role, ()) for role in roles))
    services = [h for h in habilitations if h.service]
    instruits, regions = _sans_vide(s.departement for s in services), _sans_vide(s.region for s in services)
    return Portee(
        organismes=_organismes(habilitations, ROLES_ORGANISME),
        depots=_organismes(habilitations, (Role.DEPOSANT,)),
        services=_sans_vide(s.service for s in services),
        departements=instruits | _departements(regions),
        departements_instruits=instruits,
        regions=regions,
        regions_rendues=_sans_vide(s.region for s in services if s.rend_avis_regional),
        est_invite=Role.INVITE in roles,
        administre="administre" in droits,
        lit_tout="lit_tout" in droits,
        connait_les_decisions="connait_les_decisions" in droits,
    )


def _organismes(habilitations: Iterable[Droit], roles: Collection[str]) -> frozenset[int]:
    return _sans_vide(h.organisme for h in habilitations if h.role in roles)


def _sans_vide(cles: Iterable[Cle | None]) -> frozenset[Cle]:
    return frozenset(cle for cle in cles if cle)


def _departements(regions: frozenset[str]) -> frozenset[str]:
    """Ceux de ces régions ; aucune requête s'il n'y en a pas."""
    return frozenset(Departement.objects.filter(region__in=regions).values_list("pk", flat=True)) if regions else frozenset()
