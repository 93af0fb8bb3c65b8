"""Ce qu'un agent a à traiter : les avis attendus de ses territoires, en retard d'abord.

Les étapes se calculent sur des colonnes, pour tous les dossiers ; les objets ne sont lus que pour la page montrée.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from avis.attendus import A_FAIRE, Attendu, Etape, Niveau, attendu_de, avec_attendus
from avis.colonnes import Colonnes, Repere
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
JAMAIS = datetime.max.replace(tzinfo=UTC)
COLONNES = ("numero", "nom", "etat", "nombre_menages", "campagne", "organisme")


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
    def de(cls, lignes: list[Repere]) -> Comptes:
        """Compte ces avis."""
        a_rendre = [ligne for ligne in lignes if ligne.etape in A_FAIRE]
        return cls(len(lignes), len(a_rendre), sum(ligne.etape == Etape.EN_RETARD for ligne in a_rendre))

    def __str__(self) -> str:
        morceaux = [f"{self.recus} reçu{'s' * (self.recus > 1)}", f"{self.a_rendre} à rendre"]
        return " · ".join(morceaux + [f"{self.en_retard} en retard"] * (self.en_retard > 0))


@dataclass(frozen=True, slots=True)
class LigneATraiter:
    """Une ligne de la liste."""

    attendu: Attendu
    aide_demandee: str
    delai: str
    jour: str

    @property
    def action(self) -> str:
        """Ce que le lien propose."""
        if self.attendu.est_a_faire:
            return "Lire et rendre l'avis"
        return "Lire et préparer l'avis" if self.attendu.etape == Etape.PAS_ENCORE else "Lire le dossier et l'avis"


def territoires_de(personne: Utilisateur) -> list[Territoire]:
    """Les territoires dont la personne écrit l'avis, départements d'abord."""
    portee = portee_de(personne)
    departements = Departement.objects.filter(pk__in=portee.departements_instruits)
    regions = Region.objects.filter(pk__in=portee.regions)
    return [*(Territoire(Niveau.DEPARTEMENT, d) for d in departements), *(Territoire(Niveau.REGION, r) for r in regions)]


def avis_a_traiter(personne: Utilisateur, territoires: Iterable[Territoire], maintenant: datetime) -> list[Repere]:
    """Tous les avis attendus de ces territoires, dans l'ordre où s'en occuper."""
    colonnes = Colonnes(Candidature.objects.consultables_par(personne).deposees().order_by(), maintenant)
    siens = [repere for t in territoires for repere in colonnes.reperes(t.niveau, t.lieu.pk)]
    return sorted(siens, key=_ordre)


def _ordre(repere: Repere) -> tuple[int, float, str, str]:
    """Par étape, puis par échéance ; les avis rendus, du plus récent au plus ancien."""
    quand = -repere.rendu_le.timestamp() if repere.rendu_le else (repere.echeance or JAMAIS).timestamp()
    return RANGS[repere.etape], quand, repere.numero, repere.territoire


def repond(repere: Repere, mots: list[str]) -> bool:
    """Chaque mot est dans le numéro, le projet ou l'organisme, sans égard aux accents ni à la casse."""
    texte = cle_de_nom(f"{repere.numero} {repere.nom} {repere.organisme}") if mots else ""
    return all(cle_de_nom(mot) in texte for mot in mots)


def en_lignes(page: Iterable[Repere], maintenant: datetime) -> list[LigneATraiter]:
    """Les lignes d'une page, avec l'aide que chaque plan demande à l'appel à projets."""
    reperes = list(page)
    cles = {repere.dossier for repere in reperes}
    candidatures = avec_attendus(Candidature.objects.only(*COLONNES).prefetch_related("organisme")).in_bulk(cles)
    retenus = [attendu_de(candidatures[r.dossier], r.niveau, r.territoire, maintenant) for r in reperes]
    demandees = LigneDuPlan.objects.filter(
        candidature__in=cles, nature=LigneDuPlan.Nature.RESSOURCE, financeur=LigneDuPlan.Financeur.APPEL_A_PROJETS
    )
    par_dossier: dict[int, list[LigneDuPlan]] = {}
    for ligne in demandees:
        par_dossier.setdefault(ligne.candidature_id, []).append(ligne)
    return [_ligne(attendu, par_dossier.get(attendu.candidature.pk, []), maintenant) for attendu in retenus]


def _ligne(attendu: Attendu, demandees: list[LigneDuPlan], maintenant: datetime) -> LigneATraiter:
    montant, part = Total.de(demandees).textes
    attend = attendu.echeance is not None and (attendu.est_a_faire or attendu.etape == Etape.PAS_ENCORE)
    delai = dire_delai(attendu.echeance, maintenant) if attend and attendu.echeance else ""
    jour = dire_jour(attendu.echeance) if attend and attendu.echeance else ""
    return LigneATraiter(attendu, montant or part, delai, jour)


ETAPES_A_FAIRE = tuple(etape.value for etape in A_FAIRE)
