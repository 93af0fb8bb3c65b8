"""Installer la démonstration : des comptes, trois campagnes (ouverte, en instruction, publiée), des candidatures menées par les actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from candidatures import abonnes
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.demonstration import PREMIER_BAILLEUR
from candidatures.demonstration.redaction import donnees, entamer, justification, motif, rediger
from candidatures.echange.lire import lire_fiche
from candidatures.imports.charger import charger, justifier
from candidatures.models import Campagne, Candidature, Partage, TypeDAnnexe
from candidatures.partages import actions as partages
from candidatures.saisie import actions
from comptes.connexion.domaine import DOMAINE
from comptes.journal import consigner
from comptes.models import Organisme, Utilisateur
from hlm_projets.models import Courriel
from pilotage.decisions.actions import publier
from pilotage.decisions.dossiers import de_la_campagne, empreinte_des_decisions
from pilotage.demonstration.comptes import Agents, Deposants, comptes, organismes
from pilotage.demonstration.instruction import DELAI_DEPARTEMENTAL, DELAI_REGIONAL, Instruction
from territoires.heures import heure_locale

SITUATIONS = (
    *("deposee", "complete", "entamee", "vide", "deposee"),
    *("retiree", "deposee", "deposee", "entamee", "deposee"),
)
"""Où en sont les candidatures de la campagne ouverte, à tour de rôle."""
DEJA_LUES = {0: "premier", 4: "brouillon", 10: "departements", 24: "brouillon", 36: "departements"}
"""Dans la campagne ouverte, les services commencent parfois sans attendre la clôture."""

RENDUS = "departements regions"
INSTRUITES: dict[str, tuple[int, ...]] = {
    "": (0, 7, 17),
    "brouillon": (13, 39),
    "brouillon reporter": (1,),
    "reporter": (32,),
    "premier brouillon": (3,),
    "premier reporter": (35,),
    "departements": (2, 22, 38, 43),
    "departements rouvrir": (11,),
    "departements brouillon_regional": (6, 12),
    "brouillon premiere_region": (42,),
    "premier regions": (8,),
    "departements rouvrir rendre_de_nouveau regions": (18,),
    RENDUS: (4, 29),
    f"{RENDUS} retenir": (5, 26, 36),
    f"{RENDUS} mettre_en_liste_complementaire": (10,),
    f"{RENDUS} ne_pas_retenir": (14,),
    "retirer": (15,),
}
"""La campagne en instruction, peu avant le comité : ce qui s'est passé depuis la clôture, et les rangs des lieux où c'est ainsi."""
EN_INSTRUCTION = {rang: actes for actes, rangs in INSTRUITES.items() for rang in rangs}
DECALAGE_INSTRUIT = 2

DECISIONS = ("retenir", "retenir", "mettre_en_liste_complementaire", "ne_pas_retenir")
PASSEES = {
    rang: "" if rang == 8 else "retirer" if rang == 20 else f"{RENDUS} {DECISIONS[rang // 4 % 4]}" for rang in range(0, 46, 4)
}
"""Les rangs des lieux de la campagne publiée ; au rang 8, un brouillon jamais déposé."""
PASSEES[12] = "premier regions mettre_en_liste_complementaire"
DECALAGE_PASSE = 5

PARTAGEE = 2
"""Dans la campagne ouverte, le brouillon entamé que le premier bailleur partage avec une association."""

DUREE = timedelta(days=35)
RESTE = timedelta(days=21)
DEPUIS_L_OUVERTURE, DEPUIS_LA_CLOTURE = timedelta(days=21), timedelta(days=35)
UNE_EDITION = timedelta(weeks=53)
JUSQU_A_LA_PUBLICATION = timedelta(days=75)


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
        courriels = set(Courriel.objects.values_list("pk", flat=True))
        installees = list(_Demonstration(maintenant).tout())
        # Ces actes sont censés dater : leurs courriels ne partent pas au premier tour du travailleur.
        Courriel.objects.exclude(pk__in=courriels).delete()
        consigner("installer_la_demonstration", "démonstration", par=None, le=maintenant, candidatures=len(installees))
    return Installation(creees=len(installees))


def cloture_a_venir(maintenant: datetime) -> datetime:
    """Dans trois semaines, à 23 h 59, heure de Paris."""
    return heure_locale(maintenant + RESTE).replace(hour=23, minute=59, second=59, microsecond=0)


def _dates(cloture: datetime) -> dict[str, datetime]:
    """La clôture, et ce qui s'y rapporte."""
    return {
        "cloture": cloture,
        "echeance_departementale": cloture + DELAI_DEPARTEMENTAL,
        "echeance_regionale": cloture + DELAI_REGIONAL,
    }


def _rouvrir(maintenant: datetime) -> bool:
    """Une démonstration relancée des semaines plus tard retrouve une campagne ouverte."""
    if Campagne.objects.ouvertes(maintenant).exists():
        return False
    derniere = Campagne.objects.order_by("-cloture")[:1].values("pk")
    rouvertes = Campagne.objects.filter(pk__in=derniere).update(**_dates(cloture_a_venir(maintenant)))
    abonnes.prevenir(Candidature.objects.filter(campagne__in=derniere))
    return bool(rouvertes)


class _Demonstration:
    """Les trois campagnes, de la plus ancienne à la plus récente."""

    def __init__(self, maintenant: datetime) -> None:
        self.maintenant = maintenant
        self.deposants: Deposants = comptes(organismes())
        self.agents = Agents()
        self.publiee, self.instruite, self.ouverte = campagnes(maintenant)

    def tout(self) -> Iterable[Candidature]:
        """Crée tout, et rend les candidatures."""
        yield from self._publiee()
        yield from self._instruite()
        yield from self._ouverte()

    def _publiee(self) -> Iterable[Candidature]:
        campagne = self.publiee
        for rang, actes in PASSEES.items():
            situation = "complete" if rang == 8 else "deposee"
            yield self._candidature(campagne, rang, situation, actes, decalage=DECALAGE_PASSE)
        relue, le = empreinte_des_decisions(de_la_campagne(campagne)), campagne.cloture + JUSQU_A_LA_PUBLICATION
        publier(campagne, par=self.agents.national, maintenant=le.replace(hour=10, minute=0, second=0), relue=relue)

    def _instruite(self) -> Iterable[Candidature]:
        for rang, actes in sorted(EN_INSTRUCTION.items()):
            yield self._candidature(self.instruite, rang, "deposee", actes, decalage=DECALAGE_INSTRUIT)

    def _ouverte(self) -> Iterable[Candidature]:
        depuis = heure_locale(self.maintenant - DEPUIS_L_OUVERTURE)
        for rang in range(len(donnees()["lieux"])):
            situation = SITUATIONS[rang % len(SITUATIONS)]
            candidature = self._candidature(self.ouverte, rang, situation, DEJA_LUES.get(rang, ""), depuis=depuis)
            if rang == PARTAGEE:
                _partager(candidature, par=self.deposants[0][1], maintenant=self.maintenant)
            yield candidature

    def _candidature(
        self, campagne: Campagne, rang: int, situation: str, actes: str, *, decalage: int = 0, depuis: datetime | None = None
    ) -> Candidature:
        """Commencée, remplie puis menée à sa situation, à des instants échelonnés depuis l'ouverture."""
        organisme, par = self.deposants[donnees()["lieux"][rang]["organisme"]]
        commencee = campagne.ouverture + timedelta(days=(7 * rang) % 24, hours=rang % 9, minutes=(13 * rang) % 60)
        candidature = _remplir(campagne, organisme, par, rang, situation, commencee, decalage)
        finie = _deposer(candidature, situation, par, commencee)
        if actes:
            finie = Instruction(candidature, rang, self.agents, par, depuis or heure_locale(campagne.cloture)).mener(actes)
        Candidature.objects.filter(pk=candidature.pk).update(cree_le=commencee, modifie_le=finie)
        return candidature


def campagnes(maintenant: datetime) -> tuple[Campagne, Campagne, Campagne]:
    """La publiée, l'instruite, l'ouverte, telles qu'elles sont à cet instant."""
    publiee = _campagne(maintenant - UNE_EDITION, edition="4e édition", avis_communiques=True)
    vers = maintenant - RESTE - DEPUIS_LA_CLOTURE
    instruite = _campagne(vers, edition="session exceptionnelle", suffixe="E", enveloppe=1_000_000)
    return publiee, instruite, _campagne(maintenant, edition="5e édition")


def _campagne(vers: datetime, *, edition: str, suffixe: str = "", **champs: object) -> Campagne:
    """Une campagne ouverte depuis cinq semaines, pour trois encore, à l'instant `vers`."""
    dates = _dates(cloture_a_venir(vers))
    annee = dates["cloture"].year
    session = f"session exceptionnelle {annee}" if suffixe else f"session {annee}"
    campagne = Campagne.objects.create(
        code=f"{annee}{suffixe}",
        titre=f"10 000 logements HLM accompagnés – {session}",
        edition=edition,
        ouverture=heure_locale(vers - DUREE).replace(hour=9, minute=0, second=0, microsecond=0),
        **({"enveloppe": 5_000_000, "plafond": 200_000, "taux_maximum": 50, "duree_minimum": 12, "duree_maximum": 36} | champs),
        **dates,
    )
    TypeDAnnexe.objects.creer_les_habituels(campagne)
    return campagne


def _partager(candidature: Candidature, *, par: Utilisateur, maintenant: datetime) -> None:
    """Une association le remplit avec l'organisme depuis dix jours ; un collègue n'a pas encore répondu."""
    il_y_a_dix_jours, droit = maintenant - timedelta(days=10), Partage.Droit.ECRIRE
    invitee = Utilisateur.objects.get(courriel=f"association-invitee@{DOMAINE}")
    partage = partages.inviter(candidature, invitee.courriel, droit, par=par, le=il_y_a_dix_jours)
    partages.ouvrir(partage, invitee, le=il_y_a_dix_jours + timedelta(hours=3))
    partages.inviter(candidature, "paul.lemoine@collectivite.example", Partage.Droit.LIRE, par=par, le=maintenant)


def _remplir(
    campagne: Campagne, organisme: Organisme, par: Utilisateur, rang: int, situation: str, commencee: datetime, decalage: int
) -> Candidature:
    if situation == "vide":
        return actions.creer(campagne, organisme, par=par, maintenant=commencee)
    fiche = rediger(rang, decalage=decalage)
    lue = lire_fiche(entamer(fiche, rang) if situation == "entamee" else fiche)
    return charger(lue, campagne, organisme, par=par, maintenant=commencee)


def _deposer(candidature: Candidature, situation: str, par: Utilisateur, commencee: datetime) -> datetime:
    """Dépose, et retire le lendemain s'il le faut ; rend l'instant du dernier acte."""
    instant = commencee + timedelta(days=2 + candidature.pk % 7, minutes=candidature.pk % 50)
    if situation in ("deposee", "retiree"):
        justifier(candidature, lambda constat: justification(constat.code), par=par, le=instant)
        franchir(candidature, PASSAGES["deposer"], par=par, maintenant=instant)
    if situation == "retiree":
        instant += timedelta(days=1)
        franchir(candidature, PASSAGES["retirer"], par=par, maintenant=instant, motif=motif("retrait"))
    return instant
