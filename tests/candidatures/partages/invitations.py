"""Inviter sur une candidature et lire le lien reçu, comme le ferait une personne."""

from __future__ import annotations

import re
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from candidatures.models import Candidature, Partage
from candidatures.partages import actions as partages
from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from tests.fabriques import un_bailleur

ADRESSE = "alix.renard@partenaire.fr"
COMPTE = {
    "prenom": "Alix",
    "nom": "Renard",
    "password1": "girafe tabouret moulin orange",
    "password2": "girafe tabouret moulin orange",
}


def lien_recu(courriel: str = ADRESSE) -> str:
    """L'adresse que porte le dernier courriel d'invitation."""
    corps = Courriel.objects.filter(nom="invitation_partage", destinataire=courriel).latest("pk").corps
    trouve = re.search(r"/candidatures/invitation/\S+", corps)
    assert trouve, corps
    return trouve[0]


def jeton_recu(courriel: str = ADRESSE) -> str:
    """Le jeton de ce lien."""
    return lien_recu(courriel).strip("/").rpartition("/")[2]


def inviter(
    candidature: Candidature,
    courriel: str = ADRESSE,
    droit: str = Partage.Droit.ECRIRE,
    *,
    par: Utilisateur | None = None,
    le: datetime | None = None,
) -> Partage:
    """Une invitation envoyée par un membre de l'organisme."""
    par = par or un_bailleur(candidature.organisme)
    return partages.inviter(candidature, courriel, droit, par=par, le=le or timezone.now())


def page_des_acces(candidature: Candidature) -> str:
    """L'adresse de « Qui a accès »."""
    return reverse("candidatures:partages", args=[candidature.pk])
