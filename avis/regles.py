"""Qui peut écrire un avis, qui peut le rendre, qui peut le lire : de petits prédicats, strictement True ou False."""

from __future__ import annotations

from avis.attendus import Attendu, Etape, Niveau
from avis.models import AvisDepartemental, AvisRegional
from candidatures.lecture.avis_lus import communiques
from candidatures.models import Candidature
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de


def est_du_territoire(utilisateur: Utilisateur, niveau: Niveau, territoire: str) -> bool:
    """La personne appartient à un service qui instruit ce territoire, à ce niveau."""
    portee = portee_de(utilisateur)
    return territoire in (portee.departements_instruits if niveau == Niveau.DEPARTEMENT else portee.regions)


def peut_ecrire(utilisateur: Utilisateur, candidature: Candidature, niveau: Niveau, territoire: str) -> bool:
    """Écrire le brouillon : un service du territoire, sur une candidature en instruction qui le concerne."""
    return (
        est_du_territoire(utilisateur, niveau, territoire)
        and candidature.est_en_instruction
        and territoire in territoires(candidature, niveau)
    )


def peut_rendre(utilisateur: Utilisateur, candidature: Candidature, niveau: Niveau, territoire: str) -> bool:
    """Rendre : de même, et, à la région, le service que son réglage désigne (DREAL sauf mention)."""
    designe = niveau == Niveau.DEPARTEMENT or territoire in portee_de(utilisateur).regions_rendues
    return designe and peut_ecrire(utilisateur, candidature, niveau, territoire)


def peut_lire(utilisateur: Utilisateur, avis: AvisDepartemental | AvisRegional) -> bool:
    """Lire un avis : un brouillon, son ou ses services seuls ; un avis rendu, comme `candidatures.lecture.avis_lus.visibles`."""
    portee = portee_de(utilisateur)
    departemental = isinstance(avis, AvisDepartemental)
    sien = avis.territoire_id in (portee.departements_instruits if departemental else portee.regions)
    if not avis.est_rendu:
        return sien
    de_sa_region = departemental and avis.territoire_id in portee.departements
    return sien or de_sa_region or portee.lit_tout or communiques(avis.candidature, utilisateur)


def etape_lue(portee: Portee, attendu: Attendu) -> Etape:
    """L'étape que cette personne peut connaître."""
    return etape_dite(portee, attendu.niveau, attendu.territoire.pk, attendu.etape)


def etape_dite(portee: Portee, niveau: Niveau, territoire: str, etape: Etape) -> Etape:
    """Un brouillon n'est dit qu'à son service : il est « attendu » pour les autres."""
    siens = portee.departements_instruits if niveau == Niveau.DEPARTEMENT else portee.regions
    return Etape.ATTENDU if etape == Etape.BROUILLON and territoire not in siens else etape


def territoires(candidature: Candidature, niveau: Niveau) -> set[str]:
    """Les codes des territoires concernés à ce niveau."""
    departements = candidature.departements.all()
    return {d.pk if niveau == Niveau.DEPARTEMENT else d.region_id for d in departements}
