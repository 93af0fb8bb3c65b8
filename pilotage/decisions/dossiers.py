"""Les dossiers au comité et décidés d'une campagne : le bilan, et une ligne par dossier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import F
from django.db.models.functions import Lower

from candidatures.avancement.plan import aide_demandee
from candidatures.circuit import Ecran, Transition, possibles
from candidatures.circuit.decision import avis_regionaux, constats, dire_aide
from candidatures.etats import DECIDES, DU_COMITE, Etat
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from pilotage.decisions.enveloppe import ZERO, Cumul, cumuler, total
from territoires.heures import dire

COLONNES = (
    *("numero", "nom", "etat", "montant_accorde", "nombre_menages", "nombre_menages_precision"),
    *("organisme__nom", "organisme__departement", "campagne"),
)
TRIS = {
    "": ("Numéro", (F("numero").asc(),)),
    "organisme": ("Organisme", (Lower("organisme__nom"), F("numero").asc())),
    "montant": ("Montant accordé", (F("montant_accorde").desc(nulls_last=True), F("numero").asc())),
    "menages": ("Nombre de ménages", (F("nombre_menages").desc(nulls_last=True), F("numero").asc())),
}
Positions = dict[int, tuple[Etat, Cumul]]
"""L'état et le cumul de chaque dossier, par clé, dans l'ordre du tri."""
NON_CLOSE = "La campagne n'est pas close : elle reçoit des dépôts jusqu'au {}."
SANS_DECISION = "Ces dossiers n'ont pas encore de décision : {}."
RIEN = "Aucune décision n'est prise : il n'y a rien à publier."


# --- Le bilan ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Bilan:
    """Une campagne en nombres : combien de dossiers à chaque état, et l'enveloppe."""

    nombres: Counter[str]
    enveloppe: Cumul

    @classmethod
    def de(cls, campagne: Campagne, dossiers: Iterable[Candidature]) -> Bilan:
        """Le bilan de ces dossiers."""
        dossiers = list(dossiers)
        return cls(Counter(d.etat for d in dossiers), total((d.montant_accorde for d in dossiers), campagne.enveloppe))

    @classmethod
    def des_positions(cls, campagne: Campagne, positions: Positions) -> Bilan:
        """Le même, des dossiers devant le comité, déjà lus ligne à ligne."""
        enveloppe = next((cumul for _, cumul in reversed(positions.values())), Cumul(ZERO, campagne.enveloppe))
        return cls(Counter(etat.value for etat, _ in positions.values()), enveloppe)

    @property
    def lignes(self) -> list[tuple[Etat, int]]:
        """Chaque décision, et l'attente d'une décision, avec leur nombre."""
        return [(etat, self.nombres[etat]) for etat in (*DECIDES, Etat.COMITE)]

    @property
    def decidees(self) -> int:
        """Le nombre de décisions prises."""
        return sum(self.nombres[etat] for etat in DECIDES)


def de_la_campagne(campagne: Campagne) -> Candidatures:
    """Tous ses dossiers déposés, avec ce que demandent le bilan et la publication."""
    return (
        Candidature.objects.filter(campagne=campagne)
        .deposees()
        .order_by("numero")
        .only("numero", "nom", "etat", "montant_accorde")
    )


def raisons_de_ne_pas_publier(campagne: Campagne, dossiers: Iterable[Candidature], maintenant: datetime) -> list[str]:
    """Ce qui empêche de publier : des phrases, vides si tout est prêt."""
    dossiers = list(dossiers)
    raisons = [NON_CLOSE.format(dire(campagne.cloture))] if campagne.accepte_un_depot(maintenant) else []
    if attendus := [f"{d.reference} ({d.get_etat_display()})" for d in dossiers if d.est_en_instruction]:
        raisons.append(SANS_DECISION.format(", ".join(attendus)))
    if not any(d.etat in DECIDES for d in dossiers):
        raisons.append(RIEN)
    return raisons


def empreinte_des_decisions(dossiers: Iterable[Candidature]) -> str:
    """Ce qui a été relu, en quelques lettres : change dès qu'une décision ou un montant change."""
    lues = sorted(f"{d.pk}:{d.etat}:{d.montant_accorde}" for d in dossiers if d.etat in DECIDES)
    return sha256("\n".join(lues).encode()).hexdigest()


# --- Les lignes ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ligne:
    """Un dossier devant le comité ; `cumul` : l'enveloppe jusqu'à lui compris, dans l'ordre de la page."""

    candidature: Candidature
    etat: Etat
    aide: str
    exces_demande: list[str]
    exces_accorde: list[str]
    avis: list[tuple[str, str]]
    cumul: Cumul
    passages: list[Transition]

    @property
    def est_retenue(self) -> bool:
        """Vrai si elle consomme l'enveloppe."""
        return self.etat == Etat.RETENUE


def cumuls(campagne: Campagne, tri: str) -> Positions:
    """L'état et le cumul de chaque dossier de la campagne, par clé, dans l'ordre du tri."""
    dossiers = Candidature.objects.filter(campagne=campagne, etat__in=DU_COMITE).order_by(*TRIS[tri][1], "pk")
    lus = list(dossiers.values_list("pk", "etat", "montant_accorde"))
    suite = cumuler((montant for _, _, montant in lus), campagne.enveloppe)
    return {pk: (Etat(etat), cumul) for (pk, etat, _), cumul in zip(lus, suite, strict=True)}


def lignes(cles: list[int], positions: Positions, *, decide: bool) -> list[Ligne]:
    """Les lignes de ces dossiers, dans cet ordre, en un nombre constant de requêtes ; `decide` : avec leurs passages."""
    requete = (
        Candidature.objects.filter(pk__in=cles)
        .pour_instruction()
        .prefetch_related("lignes")
        .only(*COLONNES, "campagne__plafond", "campagne__taux_maximum")
    )
    par_cle = {candidature.pk: candidature for candidature in requete}
    return [_ligne(par_cle[cle], positions[cle][1], decide) for cle in cles if cle in par_cle]


def _ligne(candidature: Candidature, cumul: Cumul, decide: bool) -> Ligne:
    return Ligne(
        candidature=candidature,
        etat=Etat(candidature.etat),
        aide=dire_aide(candidature),
        exces_demande=constats(candidature, aide_demandee(candidature).montant),
        exces_accorde=constats(candidature, candidature.montant_accorde),
        avis=avis_regionaux(candidature),
        cumul=cumul,
        passages=[passage for passage in possibles(candidature.etat) if passage.ecran is Ecran.DECISION] if decide else [],
    )
