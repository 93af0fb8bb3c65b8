"""Créer une candidature depuis une fiche d'échange, comme le ferait un membre de l'organisme : tout, ou rien."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from candidatures import verrou
from candidatures.avancement.completude import manques
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.coherence import Constat, a_traiter
from candidatures.coherence.justifier import justifier as ecrire_les_justifications
from candidatures.echange.lire import FicheLue, FicheRefusee
from candidatures.models import Campagne, Candidature
from candidatures.saisie import actions
from comptes.models import Habilitation, Organisme, Role, Utilisateur
from comptes.models.habilitation import ROLES_ORGANISME


def auteur(organisme: Organisme, *, deposer: bool) -> Utilisateur:
    """Un membre en cours de l'organisme, déposant s'il faut déposer ; lève FicheRefusee s'il n'y en a pas."""
    roles = (Role.DEPOSANT,) if deposer else ROLES_ORGANISME
    membres = Habilitation.objects.en_cours().filter(organisme=organisme, role__in=roles).select_related("utilisateur")
    if membre := membres.order_by("pk").first():
        return membre.utilisateur
    acte = "déposer" if deposer else "saisir"
    raison = f"Personne n'est habilité à {acte} pour « {organisme} » : un administrateur national peut y inviter quelqu'un."
    raise FicheRefusee([raison])


def charger(
    lue: FicheLue,
    campagne: Campagne,
    organisme: Organisme,
    *,
    par: Utilisateur,
    maintenant: datetime,
    deposer: bool = False,
    justification: str = "",
) -> Candidature:
    """Crée, remplit, et dépose s'il le faut ; lève FicheRefusee, et rien n'est créé, si l'un des trois est refusé.

    `justification` : la réponse à chaque constat à justifier, le format d'échange n'en portant pas ; vide, les services lisent
    qu'il n'y en a pas, ou le dépôt est refusé si la campagne en exige.
    """
    try:
        with transaction.atomic():
            candidature = actions.creer(campagne, organisme, par=par, maintenant=maintenant)
            actions.charger(lue, candidature, par=par)
            if deposer:
                if justification:
                    justifier(candidature, lambda constat: justification, par=par, le=maintenant)
                _deposer(candidature, par, maintenant)
    except verrou.Refus as refus:
        raise FicheRefusee(refus.raisons) from refus
    return Candidature.objects.get(pk=candidature.pk)


def justifier(candidature: Candidature, repondre: Callable[[Constat], str], *, par: Utilisateur, le: datetime) -> None:
    """Répond à chaque constat à justifier qui n'a pas encore de réponse."""
    _, attendus = a_traiter(Candidature.objects.pour_lecture().get(pk=candidature.pk))
    if textes := {constat.code: repondre(constat) for constat in attendus}:
        ecrire_les_justifications(candidature, textes, lues={}, par=par, le=le)


def _deposer(candidature: Candidature, par: Utilisateur, maintenant: datetime) -> None:
    restants = manques(Candidature.objects.pour_lecture().get(pk=candidature.pk))
    if restants:
        raise FicheRefusee([f"{m.champ} ({m.intitule}) : {m.phrase}" for m in restants])
    franchir(candidature, PASSAGES["deposer"], par=par, maintenant=maintenant)
