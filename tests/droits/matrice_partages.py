"""La matrice des invités : qui invite, qui retire, et ce que le lien ouvre à chacun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils import timezone

from candidatures.models import Partage
from candidatures.partages import actions as partages
from comptes.models.invitation import condensat
from tests.droits.lignes import ANONYME, CONNECTES, DE_A, DE_B, TOUS, Ligne, ligne
from tests.fabriques import Monde, partager

JETON_DE_PARTAGE = "un-autre-jeton-que-personne-ne-devine"


def _lien_de_partage(monde: Monde) -> str:
    """Un lien en attente, à une adresse sans compte."""
    if not Partage.objects.filter(empreinte=condensat(JETON_DE_PARTAGE)).exists():
        par = monde.personne("deposant")
        partages.inviter(monde.brouillon_a, "inconnue@exemple.fr", "lire", par=par, le=timezone.now())
        Partage.objects.filter(courriel="inconnue@exemple.fr").update(empreinte=condensat(JETON_DE_PARTAGE))
    return JETON_DE_PARTAGE


def _partage(nom: str, monde: Monde, *, de: str = "") -> dict[str, Any]:
    """L'invité qui lit cette candidature ; `de` : celui d'une autre, glissé dans l'adresse."""
    candidature = getattr(monde, nom)
    autre = getattr(monde, de) if de else candidature
    partage = autre.partages.filter(droit="lire").first() or partager(autre, monde.personne("invite_lire"), "lire")
    return {"pk": candidature.pk, "partage": partage.pk}


CLES_DES_PARTAGES: dict[str, Callable[[Monde], dict[str, Any]]] = {
    "lien_de_partage": lambda monde: {"jeton": _lien_de_partage(monde)},
    "partage_a": partial(_partage, "brouillon_a"),
    "partage_depose_a": partial(_partage, "deposee_a"),
    "partage_d_autrui": partial(_partage, "brouillon_a", de="deposee_a"),
    "partage_inexistant": lambda monde: {"pk": monde.brouillon_a.pk, "partage": 999_999_999},
}


def lignes_des_partages() -> Iterator[Ligne]:
    """Qui a accès : l'organisme seul ; un invité n'invite pas. Le lien : public, et rien que pour l'adresse invitée."""
    droit, invite = {"droit": "ecrire"}, {"courriel": "autre@exemple.fr", "droit": "lire"}
    yield ligne("candidatures:partages", objet="brouillon_a", ok=DE_A)
    yield ligne("candidatures:partages", objet="deposee_a", ok=DE_A)
    yield ligne("candidatures:partages", "POST", "brouillon_a", ok=DE_A)
    yield ligne("candidatures:partages", "POST", "brouillon_a", vers=DE_A, donnees=invite)
    yield ligne("candidatures:partages", "POST", "deposee_a", vers=DE_A, donnees=invite)
    yield ligne("candidatures:partage", objet="partage_a", ok=DE_A)
    yield ligne("candidatures:partage", "POST", "partage_a", ok=DE_A)
    for donnees in (droit, {"renvoyer": "1"}):
        yield ligne("candidatures:partage", "POST", "partage_a", vers=DE_A, donnees=donnees)
    yield ligne("candidatures:partage", objet="partage_depose_a", vers=DE_A)
    yield ligne("candidatures:partage", "POST", "partage_depose_a", vers=DE_A, donnees=droit)
    for objet in ("partage_a", "partage_depose_a"):
        yield ligne("candidatures:partage_retirer", objet=objet, ok=DE_A)
        yield ligne("candidatures:partage_retirer", "POST", objet, vers=DE_A)
    for methode in ("GET", "POST"):
        yield ligne("candidatures:partages", methode, "brouillon_b", ok=DE_B)
        yield ligne("candidatures:partages", methode, "inexistant")
        for objet in ("partage_d_autrui", "partage_inexistant"):
            yield ligne("candidatures:partage", methode, objet)
            yield ligne("candidatures:partage_retirer", methode, objet)
        yield ligne("candidatures:invitation", methode, "lien_faux", perdu=TOUS)
    yield ligne("candidatures:invitation", objet="lien_de_partage", ok=TOUS)
    yield ligne("candidatures:invitation", "POST", "lien_de_partage", ok=ANONYME, conflit=CONNECTES)
