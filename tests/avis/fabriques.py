"""Des dossiers menés jusqu'aux avis par les actions, comme le feraient les agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avis import actions
from avis.attendus import Attendu, Etape, Niveau, attendus
from avis.models import Report
from candidatures.models import Candidature
from candidatures.plusieurs_mains import empreintes
from comptes.models import Role, Service, Utilisateur
from tests.fabriques import habiliter, relire, un_agent, un_national, une_campagne, une_candidature, une_personne

TROIS_REGIONS = ("75", "78", "91", "93", "94", "59", "62", "45")
"""La fiche réelle à huit départements et trois régions (11, 32, 24)."""
DEPARTEMENT, REGION = Niveau.DEPARTEMENT, Niveau.REGION
REPONSES: dict[Niveau, dict[str, Any]] = {
    Niveau.DEPARTEMENT: {
        "champ_libre": "Un projet utile au département.",
        "pertinence": "Il répond aux objectifs.",
        "reproductibilite": "fort",
        "conditions": "Un comité de suivi.",
    },
    Niveau.REGION: {"sens": "favorable", "champ_libre": "Un projet à soutenir."},
}


def un_dossier(
    departements: Iterable[str] = ("77",), *, echeance: timedelta | None = timedelta(days=10), **options: Any
) -> Candidature:
    """Une candidature déposée, dont les avis sont attendus dans dix jours (départements) puis vingt (régions)."""
    campagne = options.pop("campagne", None) or une_campagne(
        echeance_departementale=None if echeance is None else timezone.now() + echeance,
        echeance_regionale=None if echeance is None else timezone.now() + echeance + timedelta(days=10),
    )
    return une_candidature(campagne=campagne, departements=departements, **options)


def un_contributeur(region: str) -> Utilisateur:
    """Un agent du service régional qui contribue à l'avis sans le rendre."""
    return habiliter(une_personne(), Role.AGENT, Service.objects.get(region=region, type="region_social"))


def un_collegue(departement: str) -> Utilisateur:
    """Un agent de l'autre service du même département."""
    return habiliter(une_personne(), Role.AGENT, Service.objects.get(departement=departement, type="departement_social"))


def agent(niveau: Niveau, territoire: str) -> Utilisateur:
    """Un agent du service qui rend cet avis."""
    return un_agent(territoire, regional=niveau == Niveau.REGION)


def ecrire(candidature: Candidature, niveau: Niveau, territoire: str, par: Utilisateur | None = None, **valeurs: Any) -> Any:
    """Enregistre un brouillon complet, ou ces valeurs seules."""
    par = par or agent(niveau, territoire)
    return actions.enregistrer(actions.Brouillon(candidature, niveau, territoire), valeurs or REPONSES[niveau], lues={}, par=par)


def rendre(
    candidature: Candidature,
    niveau: Niveau,
    territoire: str,
    par: Utilisateur | None = None,
    *,
    le: datetime | None = None,
    motif: str = "",
    **valeurs: Any,
) -> Any:
    """Écrit et rend un avis."""
    par = par or agent(niveau, territoire)
    ecrire(candidature, niveau, territoire, par, **(REPONSES[niveau] | valeurs))
    return actions.rendre(candidature, niveau, territoire, par=par, maintenant=le or timezone.now(), motif_passer_outre=motif)


def mener_au_comite(candidature: Candidature) -> Candidature:
    """Rend tous les avis attendus."""
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    for departement in departements:
        rendre(candidature, DEPARTEMENT, departement.pk)
    for region in sorted({d.region_id for d in departements}):
        rendre(candidature, REGION, region)
    return relire(candidature)


def adresse(candidature: Candidature, niveau: Niveau = DEPARTEMENT, territoire: str = "77", route: str = "avis") -> str:
    """L'adresse d'un avis."""
    return reverse(f"avis:{route}", args=[candidature.pk, niveau.value, territoire])


def envoi(niveau: Niveau = DEPARTEMENT, lues: Mapping[str, Any] | None = None, **valeurs: Any) -> dict[str, Any]:
    """Ce qu'envoie le formulaire d'un avis encore vide (ou qui montrait `lues`), rempli, avec `valeurs` à la place."""
    reponses = REPONSES[niveau] | valeurs
    return reponses | {"lu": memoire({nom: (lues or {}).get(nom, "") for nom in reponses})}


def memoire(lues: Mapping[str, Any]) -> str:
    """Le champ caché d'une page qui montrait ces réponses."""
    return empreintes.ecrire({nom: empreintes.empreinte(nom, valeur) for nom, valeur in lues.items()})


def ouvrir(personne: Utilisateur) -> Client:
    """Un navigateur où cette personne est connectée."""
    client = Client()
    client.force_login(personne)
    return client


# --- Où en est un dossier, et ce qu'en fait l'administrateur ------------------------------------------------------------------
RETARD = timedelta(days=-2)
"""Une échéance passée depuis deux jours."""


def etat(dossier: Candidature) -> str:
    """L'état en base."""
    return relire(dossier).etat


def etapes(dossier: Candidature) -> dict[str, Etape]:
    """L'étape de chaque avis attendu (« 77 », « R11 »)."""
    return {a.territoire.pk if a.niveau == DEPARTEMENT else f"R{a.territoire.pk}": a.etape for a in lus(dossier)}


def lus(dossier: Candidature) -> list[Attendu]:
    """Les avis attendus, relus."""
    return attendus(relire(dossier), timezone.now())


def rouvrir(dossier: Candidature, niveau: Niveau, territoire: str, motif: str = "Une erreur.") -> object:
    """Le national rouvre."""
    return actions.rouvrir(dossier, niveau, territoire, par=un_national(), maintenant=timezone.now(), motif=motif)


def reporter(
    dossier: Candidature, niveau: Niveau, territoire: str, jours: int = 5, motif: str = "Congés.", par: Utilisateur | None = None
) -> Report:
    """Le national déplace une échéance."""
    echeance = (timezone.now() + timedelta(days=jours)).replace(hour=12, minute=0, second=0, microsecond=0)
    return actions.reporter(
        dossier, niveau, territoire, echeance, par=par or un_national(), maintenant=timezone.now(), motif=motif
    )
