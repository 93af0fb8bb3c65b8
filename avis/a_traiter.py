"""Ce qu'un agent a à traiter : les avis attendus de ses territoires, en retard d'abord.

La base trie, compte et pagine les lignes d'`AvisAttendu` : une page ne lit que ce qu'elle montre.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from avis.attendus import A_FAIRE, Etape, Niveau
from avis.lignes import etape_a
from avis.models import AvisAttendu
from candidatures.avancement.plan import Total
from candidatures.models import Candidature, LigneDuPlan
from comptes.models import Utilisateur
from comptes.portees import portee_de
from territoires.heures import dire_delai, dire_jour
from territoires.models import Departement, Region, cle_de_nom

RANGS = {
    etape: rang
    for rang, etapes in enumerate(
        (
            (Etape.EN_RETARD,),
            (Etape.ATTENDU, Etape.BROUILLON),
            (Etape.PAS_ENCORE,),
            (Etape.RENDU,),
            (Etape.PASSE_OUTRE,),
            (Etape.SANS_OBJET,),
        )
    )
    for etape in etapes
}
ETAPES_A_FAIRE = tuple(etape.value for etape in A_FAIRE)
ORDRE = (
    Case(*(When(dite=etape.value, then=Value(rang)) for etape, rang in RANGS.items())),
    F("rendu_le").desc(nulls_last=True),
    Case(When(rendu_le__isnull=True, then=F("echeance"))).asc(nulls_last=True),
    *(F("candidature__numero"), F("territoire"), F("niveau")),
)
"""Par étape, puis par échéance ; les avis rendus, du plus récent au plus ancien."""
COLONNES = ("niveau", "territoire", "etape", "echeance", "rendu_le")
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
    def de(cls, lignes: QuerySet[AvisAttendu]) -> Comptes:
        """Compte ces avis, en une requête."""
        a_rendre, en_retard = Q(dite__in=ETAPES_A_FAIRE), Q(dite=Etape.EN_RETARD)
        comptes = {"recus": Count("pk"), "a_rendre": Count("pk", filter=a_rendre), "en_retard": Count("pk", filter=en_retard)}
        return cls(**lignes.order_by().aggregate(**comptes))

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
    def action(self) -> str:
        """Ce que le lien propose."""
        if self.est_a_faire:
            return "Lire et rendre l'avis"
        return "Lire et préparer l'avis" if self.etape == Etape.PAS_ENCORE else "Lire le dossier et l'avis"


def territoires_de(personne: Utilisateur) -> list[Territoire]:
    """Les territoires dont la personne écrit l'avis, départements d'abord."""
    portee = portee_de(personne)
    departements = Departement.objects.filter(pk__in=portee.departements_instruits)
    regions = Region.objects.filter(pk__in=portee.regions)
    return [*(Territoire(Niveau.DEPARTEMENT, d) for d in departements), *(Territoire(Niveau.REGION, r) for r in regions)]


def avis_a_traiter(territoires: Iterable[Territoire], maintenant: datetime) -> QuerySet[AvisAttendu]:
    """Tous les avis attendus de ces territoires, dans l'ordre où s'en occuper ; `dite` : leur étape à cet instant.

    `territoires` : ceux de `territoires_de`, donc de la portée d'une personne ; elle lit tout dossier déposé qui les concerne.
    """
    codes: dict[Niveau, list[str]] = {niveau: [] for niveau in Niveau}
    for territoire in territoires:
        codes[territoire.niveau].append(territoire.lieu.pk)
    departements, regions = (Q(niveau=niveau.value, territoire__in=siens) for niveau, siens in codes.items())
    lignes = AvisAttendu.objects.filter(departements | regions)
    colonnes = (*COLONNES, *(f"candidature__{nom}" for nom in DU_DOSSIER))
    return lignes.annotate(dite=etape_a(maintenant)).order_by(*ORDRE).select_related("candidature__organisme").only(*colonnes)


def chercher(lignes: QuerySet[AvisAttendu], mots: list[str]) -> QuerySet[AvisAttendu]:
    """Celles où chaque mot est dans le numéro, le projet ou l'organisme, sans égard aux accents ni à la casse.

    Comparé ici plutôt que par la base, comme dans la liste des candidatures.
    """
    cherches = [cle_de_nom(mot) for mot in mots]
    lues = lignes.order_by().values_list("pk", "candidature__numero", "candidature__nom", "candidature__organisme__nom")
    textes = ((pk, cle_de_nom(" ".join(map(str, dits)))) for pk, *dits in lues)
    return lignes.filter(pk__in=[pk for pk, texte in textes if all(mot in texte for mot in cherches)])


def en_lignes(lignes: Iterable[AvisAttendu], territoires: Iterable[Territoire], maintenant: datetime) -> list[LigneATraiter]:
    """Les lignes d'une page, avec l'aide que chaque plan demande à l'appel à projets."""
    lieux = {(territoire.niveau.value, territoire.lieu.pk): territoire.lieu for territoire in territoires}
    lues = list(lignes)
    demandees = LigneDuPlan.objects.filter(
        candidature__in={ligne.candidature_id for ligne in lues},
        nature=LigneDuPlan.Nature.RESSOURCE,
        financeur=LigneDuPlan.Financeur.APPEL_A_PROJETS,
    )
    par_dossier: dict[int, list[LigneDuPlan]] = {}
    for demandee in demandees:
        par_dossier.setdefault(demandee.candidature_id, []).append(demandee)
    return [_ligne(a, lieux[a.niveau, a.territoire], par_dossier.get(a.candidature_id, []), maintenant) for a in lues]


def _ligne(attendu: AvisAttendu, lieu: Departement | Region, demandees: list[LigneDuPlan], maintenant: datetime) -> LigneATraiter:
    montant, part = Total.de(demandees).textes
    etape, echeance = Etape(vars(attendu)["dite"]), attendu.echeance  # annotée par `avis_a_traiter`
    attend = etape in A_FAIRE or etape == Etape.PAS_ENCORE
    return LigneATraiter(
        candidature=attendu.candidature,
        niveau=Niveau(attendu.niveau),
        territoire=lieu,
        etape=etape,
        rendu_le=attendu.rendu_le,
        commence=attendu.etape == Etape.BROUILLON,
        aide_demandee=montant or part,
        delai=dire_delai(echeance, maintenant) if attend and echeance else "",
        jour=dire_jour(echeance) if attend and echeance else "",
    )
