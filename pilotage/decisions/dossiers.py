"""Les dossiers au comité et décidés d'une campagne : le bilan, et une ligne par dossier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.db.models import Count, DecimalField, F, Q, QuerySet, RowRange, Sum, Window
from django.db.models.functions import Coalesce, Lower

from candidatures.avancement.plan import aide_demandee
from candidatures.circuit import Ecran, Transition, possibles
from candidatures.circuit.decision import avis_regionaux, depassements, dire_aide
from candidatures.etats import DECIDES, DU_COMITE, Etat
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from pilotage.decisions.enveloppe import ZERO, Cumul, total
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
"""L'état et le cumul de dossiers, par clé, dans l'ordre du tri."""
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
    def de_la_campagne(cls, campagne: Campagne) -> Bilan:
        """Le même, des dossiers devant le comité, comptés par la base."""
        etats = _du_comite(campagne).values("etat").annotate(nombre=Count("pk"), accorde=Sum("montant_accorde"))
        lus = list(etats.values_list("etat", "nombre", "accorde"))
        nombres = Counter({etat: nombre for etat, nombre, _ in lus})
        return cls(nombres, total((accorde for _, _, accorde in lus), campagne.enveloppe))

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


def _du_comite(campagne: Campagne) -> Candidatures:
    return Candidature.objects.filter(campagne=campagne, etat__in=DU_COMITE).order_by()


def devant_le_comite(campagne: Campagne, tri: str, decision: str = "") -> QuerySet[Candidature, tuple[int, str, Decimal]]:
    """La clé, l'état et l'accordé jusque-là de chaque dossier, dans l'ordre du tri ; `decision` : ceux-là seuls, le cumul restant
    celui de tous. La base cumule : une page ne lit que ses lignes."""
    ordre = (*TRIS[tri][1], F("pk").asc())
    montant = Coalesce("montant_accorde", ZERO, output_field=DecimalField(max_digits=15, decimal_places=2))
    jusque_la = Window(Sum(montant), order_by=ordre, frame=RowRange(start=None, end=0))
    dossiers = _du_comite(campagne).annotate(accorde=jusque_la).order_by(*ordre)
    if decision:  # « ou un cumul négatif », ce qui n'est jamais : la base ne filtre qu'après avoir cumulé
        dossiers = dossiers.filter(Q(etat=decision) | Q(accorde__lt=0))
    return dossiers.values_list("pk", "etat", "accorde")


def cumuls(lus: Iterable[tuple[int, str, Decimal]], enveloppe: Decimal | None) -> Positions:
    """L'état et le cumul de ces dossiers, par clé, dans leur ordre."""
    return {pk: (Etat(etat), Cumul(accorde, enveloppe)) for pk, etat, accorde in lus}


def lignes(positions: Positions, *, decide: bool) -> list[Ligne]:
    """Les lignes de ces dossiers, dans leur ordre, en un nombre constant de requêtes ; `decide` : avec leurs passages."""
    requete = (
        Candidature.objects.filter(pk__in=positions)
        .pour_instruction()
        .prefetch_related("lignes")
        .only(*COLONNES, "campagne__plafond", "campagne__taux_maximum")
    )
    par_cle = {candidature.pk: candidature for candidature in requete}
    return [_ligne(par_cle[cle], cumul, decide) for cle, (_, cumul) in positions.items() if cle in par_cle]


def _ligne(candidature: Candidature, cumul: Cumul, decide: bool) -> Ligne:
    return Ligne(
        candidature=candidature,
        etat=Etat(candidature.etat),
        aide=dire_aide(candidature),
        exces_demande=depassements(candidature, aide_demandee(candidature).montant),
        exces_accorde=depassements(candidature, candidature.montant_accorde),
        avis=avis_regionaux(candidature),
        cumul=cumul,
        passages=[passage for passage in possibles(candidature.etat) if passage.ecran is Ecran.DECISION] if decide else [],
    )
