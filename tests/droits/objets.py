"""Les objets de la matrice des droits dont une adresse porte la clé, par leur nom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils import timezone

from candidatures.etats import Etat
from candidatures.models import Archive, Candidature
from comptes.models import Invitation
from comptes.models.invitation import condensat
from tests.avis import fabriques as avis
from tests.droits.matrice_annexes import CLES_DES_ANNEXES
from tests.droits.matrice_partages import CLES_DES_PARTAGES
from tests.fabriques import Monde, une_campagne, une_candidature, une_personne

JETON = "un-jeton-que-personne-ne-devine"


def _invitation(monde: Monde) -> str:
    Invitation.objects.create(utilisateur=une_personne(mot_de_passe=None), empreinte=condensat(JETON), creee_le=timezone.now())
    return JETON


def _candidature(nom: str, monde: Monde) -> dict[str, Any]:
    return {"pk": getattr(monde, nom).pk}


def _archive_de_l_administrateur(monde: Monde) -> str:
    personne = monde.personne("administrateur")
    return str(Archive.objects.create(demandee_par=personne, demandee_le=timezone.now()).pk)


def _dossier_a_l_avis_rendu(monde: Monde) -> int:
    """Le dossier de A, dont le département a rendu son avis ; demandé deux fois, le même."""
    if not monde.deposee_a.avis_departementaux.filter(rendu_le__isnull=False).exists():
        avis.rendre(monde.deposee_a, avis.DEPARTEMENT, "77", monde.personne("agent_departemental"))
    return monde.deposee_a.pk


def _dossier_au_comite(monde: Monde) -> int:
    """Un autre dossier de A, au comité : le premier garde ses avis à rendre."""
    par = monde.personne("deposant")
    return une_candidature(Etat.COMITE, campagne=monde.campagne, organisme=monde.organisme_a, par=par).pk


def _ancienne(monde: Monde) -> int:
    """Un dossier de A, d'une autre campagne que celle, ouverte, où le reprendre ; demandé deux fois, le même."""
    assert monde.campagne.est_ouverte(timezone.now())
    connu, par = Candidature.objects.filter(campagne__code="2023").first(), monde.personne("deposant")
    return (connu or une_candidature(campagne=une_campagne(code="2023"), organisme=monde.organisme_a, par=par)).pk


CLES: dict[str, Callable[[Monde], dict[str, Any]]] = {
    "": lambda monde: {},
    "inexistant": lambda monde: {"pk": 999_999_999},
    "organisme_a": lambda monde: {"pk": monde.organisme_a.pk},
    "campagne": lambda monde: {"pk": monde.campagne.pk},
    "deposant": lambda monde: {"pk": monde.personne("deposant").pk},
    "invitee": lambda monde: {"pk": une_personne(mot_de_passe=None).pk},
    "archive": lambda monde: {"pk": _archive_de_l_administrateur(monde)},
    "archive_inexistante": lambda monde: {"pk": uuid4()},
    "au_comite_a": lambda monde: {"pk": _dossier_au_comite(monde)},
    "ancienne_a": lambda monde: {"pk": _ancienne(monde)},
    "rendu_a": lambda monde: {"pk": _dossier_a_l_avis_rendu(monde)},
    "lien_valable": lambda monde: {"jeton": _invitation(monde)},
    "lien_faux": lambda monde: {"jeton": "faux"},
    "lien_de_mot_de_passe": lambda monde: {"uidb36": "1", "key": "faux"},
    **CLES_DES_ANNEXES,
    **CLES_DES_PARTAGES,
    **{nom: partial(_candidature, nom) for nom in ("brouillon_a", "brouillon_b", "deposee_a", "deposee_b")},
}
