"""Ce qu'un agent a à traiter : les avis attendus de ses territoires, en retard d'abord.

La base trie, compte et pagine les lignes d'`AvisAttendu` : une page ne lit que ce qu'elle montre.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, F, Q, QuerySet, When

from avis.attendus import A_FAIRE, Etape, Niveau
from avis.lignes import A_RENDRE, etape_lue, rang_a
from avis.models import AvisAttendu
from candidatures.avancement.plan import Total, somme
from candidatures.models import Candidature, LigneDuPlan
from comptes.models import Utilisateur
from comptes.portees import portee_de
from hlm_projets.ecran.adresses import adresse
from territoires.connus import departements_de, regions_de
from territoires.heures import dire_delai, dire_jour
from territoires.models import Departement, Region

ETAPES_A_FAIRE = tuple(etape.value for etape in A_FAIRE)
ORDRE = (
    *(F("place"), F("rendu_le").desc(nulls_last=True)),
    Case(When(rendu_le__isnull=True, then=F("echeance"))).asc(nulls_last=True),
    *(F("numero"), F("territoire"), F("niveau")),
)
"""À rendre par échéance, donc en retard d'abord ; puis par étape ; les avis rendus, du plus récent au plus ancien.

Rien que des colonnes d'`AvisAttendu` : la base trie sans lire un dossier, par l'index `avis_attendu_a_traiter`.
"""
COLONNES = ("niveau", "territoire", "etape", "echeance", "rendu_le", "attend", "tour_le")
DU_DOSSIER = ("numero", "nom", "nombre_menages", "organisme__nom")
"""Ce qu'une ligne montre d'une candidature, et rien de ses longs textes."""


@dataclass(frozen=True, slots=True)
class Territoire:
    """Un territoire dont la personne écrit l'avis ; `cle` : « departement-77 », « region-11 »."""

    niveau: Niveau
    lieu: Departement | Region

    @property
    def cle(self) -> str:
        """Sa valeur dans un filtre."""
        return f"{self.niveau.value}-{self.lieu.pk}"

    def __str__(self) -> str:
        return f"{self.lieu} – avis {self.niveau.label}"


@dataclass(frozen=True, slots=True)
class Comptes:
    """« 12 reçus · 5 à rendre · 1 en retard »."""

    recus: int
    a_rendre: int
    en_retard: int

    @classmethod
    def de(cls, lignes: QuerySet[AvisAttendu], maintenant: datetime) -> Comptes:
        """Compte ces avis de `avis_a_traiter`, en une requête qui ne lit qu'un index."""
        a_rendre = Q(rang=A_RENDRE) | Q(tour_le__lt=maintenant)
        en_retard = a_rendre & Q(echeance__lt=maintenant)
        comptes = {"recus": Count("pk"), "a_rendre": Count("pk", filter=a_rendre), "en_retard": Count("pk", filter=en_retard)}
        return cls(**lignes.aggregate(**comptes))

    def __str__(self) -> str:
        morceaux = [f"{self.recus} reçu{'s' * (self.recus > 1)}", f"{self.a_rendre} à rendre"]
        return " · ".join(morceaux + [f"{self.en_retard} en retard"] * (self.en_retard > 0))


@dataclass(frozen=True, slots=True)
class LigneATraiter:
    """Une ligne de la liste ; `commence` : le service a un brouillon."""

    candidature: Candidature
    niveau: Niveau
    territoire: Departement | Region
    etape: Etape
    rendu_le: datetime | None
    commence: bool
    aide_demandee: str
    delai: str
    jour: str

    @property
    def est_a_faire(self) -> bool:
        """Vrai si le service doit encore agir."""
        return self.etape in A_FAIRE

    @property
    def adresse(self) -> str:
        """Où son avis s'écrit."""
        return adresse("avis:avis", self.candidature.pk, self.niveau.value, self.territoire.pk)

    @property
    def action(self) -> str:
        """Ce que le lien propose."""
        if self.est_a_faire:
            return "Lire et rendre l'avis"
        return "Lire et préparer l'avis" if self.etape == Etape.PAS_ENCORE else "Lire le dossier et l'avis"


def territoires_de(personne: Utilisateur) -> list[Territoire]:
    """Les territoires dont la personne écrit l'avis, départements d'abord."""
    portee = portee_de(personne)
    departements, regions = departements_de(portee.departements_instruits), regions_de(portee.regions)
    return [
        *(Territoire(Niveau.DEPARTEMENT, departement) for departement in departements.values()),
        *(Territoire(Niveau.REGION, region) for region in regions.values()),
    ]


def avis_a_traiter(territoires: Iterable[Territoire]) -> QuerySet[AvisAttendu]:
    """Tous les avis attendus de ces territoires.

    `territoires` : ceux de `territoires_de`, donc de la portée d'une personne ; elle lit tout dossier déposé qui les concerne.
    """
    codes: dict[Niveau, list[str]] = {niveau: [] for niveau in Niveau}
    for territoire in territoires:
        codes[territoire.niveau].append(territoire.lieu.pk)
    departements, regions = (Q(niveau=niveau.value, territoire__in=siens) for niveau, siens in codes.items())
    return AvisAttendu.objects.filter(departements | regions)


def ranger(lignes: QuerySet[AvisAttendu], maintenant: datetime) -> QuerySet[AvisAttendu]:
    """Dans l'ordre où s'en occuper à cet instant."""
    return lignes.alias(place=rang_a(maintenant)).order_by(*ORDRE)


def lire(cles: Iterable[int]) -> list[AvisAttendu]:
    """Ces lignes, dans l'ordre des clés, avec ce qu'une page montre de leur dossier."""
    ordre = list(cles)
    colonnes = (*COLONNES, *(f"candidature__{nom}" for nom in DU_DOSSIER))
    lues = AvisAttendu.objects.filter(pk__in=ordre).select_related("candidature__organisme").only(*colonnes)
    par_cle = {ligne.pk: ligne for ligne in lues}
    return [par_cle[cle] for cle in ordre if cle in par_cle]


def chercher(lignes: QuerySet[AvisAttendu], texte: str) -> QuerySet[AvisAttendu]:
    """Celles où chaque mot est dans le numéro, le projet ou l'organisme, sans égard aux accents ni à la casse."""
    return lignes.filter(candidature__in=Candidature.objects.contenant(texte).order_by().values("pk"))


def en_lignes(lignes: Iterable[AvisAttendu], territoires: Iterable[Territoire], maintenant: datetime) -> list[LigneATraiter]:
    """Les lignes d'une page (`lire`), avec l'aide que chaque plan demande à l'appel à projets."""
    lieux = {(territoire.niveau.value, territoire.lieu.pk): territoire.lieu for territoire in territoires}
    lues = list(lignes)
    demandees = LigneDuPlan.objects.filter(
        candidature__in={ligne.candidature_id for ligne in lues},
        nature=LigneDuPlan.Nature.RESSOURCE,
        financeur=LigneDuPlan.Financeur.APPEL_A_PROJETS,
    )
    par_dossier: dict[int, list[tuple[Decimal | None, Decimal | None]]] = {}
    for cle, montant, part in demandees.order_by("pk").values_list("candidature_id", "montant", "part"):
        par_dossier.setdefault(cle, []).append((montant, part))
    aides = {cle: Total(*map(somme, zip(*demandes, strict=True))).textes for cle, demandes in par_dossier.items()}
    return [_ligne(a, lieux[a.niveau, a.territoire], aides.get(a.candidature_id, ("", "")), maintenant) for a in lues]


def _ligne(attendu: AvisAttendu, lieu: Departement | Region, aide: tuple[str, str], maintenant: datetime) -> LigneATraiter:
    etape, echeance = etape_lue(attendu, maintenant), attendu.echeance
    attend = etape in A_FAIRE or etape == Etape.PAS_ENCORE
    return LigneATraiter(
        candidature=attendu.candidature,
        niveau=Niveau(attendu.niveau),
        territoire=lieu,
        etape=etape,
        rendu_le=attendu.rendu_le,
        commence=attendu.etape == Etape.BROUILLON,
        aide_demandee=aide[0] or aide[1],
        delai=dire_delai(echeance, maintenant) if attend and echeance else "",
        jour=dire_jour(echeance) if attend and echeance else "",
    )
