"""Des candidatures inventées, écrites par lots : 3 à 6 ko de réponses chacune, trois sur quatre déposées et figées."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from avis.lignes import reecrire_les_attendus
from avis.models import AvisDepartemental
from candidatures.champs import Case, Choix, Cout, Entier, OuiNon, Precision, TexteCourt
from candidatures.champs.fourchettes import Fourchette
from candidatures.coherence.rapprochements import indexer
from candidatures.echange.ecrire import empreinte, en_fiche
from candidatures.etats import Etat
from candidatures.lecture.composition import document_vivant
from candidatures.lecture.document import en_json
from candidatures.models import Campagne, Candidature, Evenement, LigneDuPlan, Porteur, Version
from candidatures.sections import CHAMPS
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from territoires.models import Departement

MOTS = (
    "accompagnement logement ménage bailleur parcours maintien accès diagnostic partenaire territoire association référent social "
    "durable adapté besoin public fragile ressources dette voisinage entretien visite domicile évaluation comité suivi trimestre "
    "objectif commune agglomération offre loyer bas charges travaux relogement insertion santé emploi famille enfants isolement"
).split()
BROUILLONS_DU_BAILLEUR = 40
"""Les premières candidatures : un quart sont des brouillons du bailleur dont on mesure les écrans, à toutes les tailles."""

ETATS = (Etat.DEPOSEE, Etat.DEPOSEE, Etat.AVIS_REGIONAUX, Etat.COMITE, Etat.RETENUE, Etat.NON_RETENUE)


def comptes() -> tuple[Utilisateur, Utilisateur]:
    """L'administrateur national et le bailleur (premier organisme), créés une fois."""
    if not Campagne.objects.exists():
        instant = timezone.now()
        Campagne.objects.create(
            code="2026", titre="Session 2026", ouverture=instant - timedelta(days=90), cloture=instant + timedelta(days=30)
        )
        Organisme.objects.bulk_create(Organisme(nom=f"Habitat {rang:02}", statut="OPH") for rang in range(40))
        admin = Utilisateur.objects.creer("admin@exemple.fr", prenom="Ada", nom="Nationale")
        bailleur = Utilisateur.objects.creer("bailleur@exemple.fr", prenom="Basile", nom="Bailleur")
        Habilitation.objects.create(utilisateur=admin, role=Role.ADMINISTRATEUR)
        Habilitation.objects.create(utilisateur=bailleur, role=Role.DEPOSANT, organisme=Organisme.objects.first())
    return Utilisateur.objects.get(courriel="admin@exemple.fr"), Utilisateur.objects.get(courriel="bailleur@exemple.fr")


def peupler(nombre: int) -> None:
    """Complète la base jusqu'à `nombre` candidatures ; les premières restent les mêmes."""
    admin, _ = comptes()
    rangs = range(Candidature.objects.count(), nombre)
    campagne, organismes = Campagne.objects.get(code="2026"), list(Organisme.objects.filter(nom__startswith="Habitat "))
    departements = list(Departement.objects.all())
    creees = Candidature.objects.bulk_create(
        (_candidature(_hasard(rang), rang, campagne, organismes, departements) for rang in rangs), batch_size=200
    )
    _relations(list(enumerate(creees, rangs.start + 1)), departements)
    _depots([c for c in creees if not c.est_brouillon], admin)
    reecrire_les_attendus(Candidature.objects.filter(pk__in=[c.pk for c in creees]))


def agent(nombre: int) -> tuple[Utilisateur, list[tuple[int, str]]]:
    """Un agent des départements de ces dossiers déposés, et ces dossiers : (candidature, département), avec un avis en brouillon."""
    liens = Candidature.departements.through.objects.filter(candidature__etat=Etat.DEPOSEE).order_by("candidature", "pk")
    dossiers = list(dict(liens.values_list("candidature", "departement")[: 4 * nombre]).items())[:nombre]
    utilisateur, neuf = Utilisateur.objects.get_or_create(
        courriel="agent@exemple.fr", defaults={"prenom": "Aline", "nom": "Agente"}
    )
    if neuf:
        services = Service.objects.filter(departement__in=[code for _, code in dossiers], type=Service.Type.DEPARTEMENT_SOCIAL)
        Habilitation.objects.bulk_create(Habilitation(utilisateur=utilisateur, role=Role.AGENT, service=s) for s in services)
    AvisDepartemental.objects.bulk_create(
        (AvisDepartemental(candidature_id=pk, departement_id=code, pertinence="Un avis.") for pk, code in dossiers),
        ignore_conflicts=True,
    )
    reecrire_les_attendus(Candidature.objects.filter(pk__in=[pk for pk, _ in dossiers]))
    return utilisateur, dossiers


def _hasard(rang: int) -> Random:
    """Le même tirage à chaque mesure."""
    return Random(rang)


def _candidature(
    hasard: Random, rang: int, campagne: Campagne, organismes: list[Organisme], territoires: list[Departement]
) -> Candidature:
    brouillon = rang % 4 == 0
    organisme = organismes[0] if brouillon and rang < BROUILLONS_DU_BAILLEUR else organismes[1 + rang % (len(organismes) - 1)]
    depot: dict[str, Any] = {"etat": Etat.BROUILLON}
    if not brouillon:
        premier = territoires[rang % len(territoires)].pk
        depot = {
            "etat": ETATS[rang % len(ETATS)],
            "numero": f"2026-{premier}-{rang:04}",
            "deposee_le": campagne.ouverture + timedelta(minutes=rang),
        }
    return Candidature(campagne=campagne, organisme=organisme, **depot, **_reponses(hasard), contact_nom="Camille Contact")


def _reponses(hasard: Random) -> dict[str, Any]:
    return {nom: _reponse(champ, hasard) for nom, champ in CHAMPS.items()}


def _reponse(champ: Any, hasard: Random) -> Any:
    if isinstance(champ, Cout):
        return Fourchette(Decimal(hasard.randint(200, 900)), Decimal(hasard.randint(900, 3000)), "menage_an")
    if isinstance(champ, Entier):
        return hasard.randint(1, 60)
    if isinstance(champ, (OuiNon, Case)):
        return hasard.random() < 0.5
    if isinstance(champ, Choix):
        return champ.cases[0][0]
    if isinstance(champ, Precision):
        return phrase(hasard, 5) if hasard.random() < 0.3 else ""
    return phrase(hasard, 6) if isinstance(champ, TexteCourt) else texte(hasard)


def phrase(hasard: Random, mots: int) -> str:
    """Une suite de mots du métier."""
    return " ".join(hasard.choices(MOTS, k=mots)).capitalize()


def texte(hasard: Random) -> str:
    """Une réponse longue : un paragraphe, puis une liste une fois sur deux (300 octets en moyenne, quinze par fiche)."""
    morceaux = [f"{phrase(hasard, hasard.randint(10, 24))}."]
    if hasard.random() < 0.5:
        morceaux += [f"- {phrase(hasard, 6)} ;" for _ in range(3)]
    return "\n".join(morceaux)


def _relations(creees: list[tuple[int, Candidature]], departements: list[Departement]) -> None:
    """Par le rang de chacune, pas par sa clé : ce qu'une base a déjà numéroté n'y change rien."""
    liens = Candidature.departements.through
    liens.objects.bulk_create(
        liens(candidature_id=c.pk, departement_id=departements[(rang + pas) % len(departements)].pk)
        for rang, c in creees
        for pas in range(1 + rang % 3)
    )
    Porteur.objects.bulk_create(Porteur(candidature=c, rang=1, nom=c.organisme.nom, statut="OPH") for _, c in creees)
    LigneDuPlan.objects.bulk_create(ligne for _, c in creees for ligne in _plan(c))


def _plan(candidature: Candidature) -> Iterator[LigneDuPlan]:
    for rang, volet in enumerate(("Diagnostic", "Accompagnement", "Gestion locative adaptée"), 1):
        yield LigneDuPlan(candidature=candidature, rang=rang, nature="depense", libelle=volet, montant=Decimal(30_000))
    for rang, financeur in enumerate(("appel_a_projets", "porteur", "departement"), 4):
        yield LigneDuPlan(
            candidature=candidature,
            rang=rang,
            nature="ressource",
            financeur=financeur,
            libelle="Apport",
            montant=Decimal(30_000),
            etat="demande",
        )


def _depots(deposees: list[Candidature], par: Utilisateur) -> None:
    """Le journal et la version figée de chaque dépôt."""
    evenements = Evenement.objects.bulk_create(
        Evenement(candidature=c, acte=acte, objet=str(c)[:350], par=par, par_nom=str(par), le=c.deposee_le or _jamais())
        for c in deposees
        for acte in ("creer", "deposer")
    )
    depots = {e.candidature_id: e for e in evenements if e.acte == "deposer"}
    relues = Candidature.objects.filter(pk__in=depots).pour_lecture()
    Version.objects.bulk_create((_version(c, depots[c.pk]) for c in relues), batch_size=200)
    indexer(deposees)


def _version(candidature: Candidature, evenement: Evenement) -> Version:
    fiche = en_fiche(candidature)
    return Version(
        candidature=candidature,
        evenement=evenement,
        fiche=fiche,
        document=en_json(document_vivant(candidature)),
        empreinte=empreinte(fiche),
    )


def _jamais() -> datetime:
    raise AssertionError("Une candidature déposée a un instant de dépôt.")
