"""« À traiter » et la matrice comme ils se calculaient, tous dossiers lus : ce que les listes paginées par la base doivent redire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from avis.a_traiter import Territoire
from avis.attendus import Etape, Niveau, etape_departementale, etape_propre, etape_regionale
from avis.models import AvisDepartemental, AvisRegional, Report
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from territoires.models import Departement

Cle = tuple[int, str]
"""Un dossier et un territoire (« 77 », « R11 »)."""


@dataclass(frozen=True, slots=True)
class Repere:
    """Un avis attendu, réduit à ce qui le trie, le compte et le retrouve."""

    dossier: int
    numero: str
    nom: str
    organisme: str
    niveau: Niveau
    territoire: str
    etape: Etape
    echeance: datetime | None
    rendu_le: datetime | None


class Colonnes:
    """Les dossiers d'une requête et leurs avis, en sept lectures."""

    def __init__(self, candidatures: Candidatures, maintenant: datetime) -> None:
        self.maintenant = maintenant
        lus = candidatures.values_list("pk", "etat", "campagne", "numero", "nom", "organisme__nom")
        self.dossiers = {pk: (etat, campagne, str(numero), nom, organisme) for pk, etat, campagne, numero, nom, organisme in lus}
        self._lire_les_avis(candidatures)
        self.region_de = dict(Departement.objects.values_list("pk", "region"))
        self.campagnes = {c.pk: c for c in Campagne.objects.only("echeance_departementale", "echeance_regionale")}
        self.departements: dict[int, list[str]] = defaultdict(list)
        concernes = Candidature.departements.through.objects.filter(candidature__in=candidatures.values("pk"))
        for pk, departement in concernes.values_list("candidature", "departement"):
            self.departements[pk].append(departement)

    def _lire_les_avis(self, candidatures: Candidatures) -> None:
        du_lot = {"candidature__in": candidatures.values("pk")}
        departementaux = AvisDepartemental.objects.filter(**du_lot).values_list("candidature", "departement", "rendu_le")
        regionaux = AvisRegional.objects.filter(**du_lot).values_list("candidature", "region", "rendu_le")
        self.avis: dict[Cle, datetime | None] = {(pk, code): rendu_le for pk, code, rendu_le in departementaux}
        self.avis |= {(pk, f"R{code}"): rendu_le for pk, code, rendu_le in regionaux}
        reports = Report.objects.filter(**du_lot).order_by("le", "pk")
        lus = reports.values_list("candidature", "departement", "region", "echeance")
        self.reports: dict[Cle, datetime] = {(pk, departement or f"R{region}"): quand for pk, departement, region, quand in lus}

    def reperes(self, niveau: Niveau, territoire: str) -> Iterator[Repere]:
        """Les avis attendus de ce territoire."""
        etape = self._departementale if niveau == Niveau.DEPARTEMENT else self._regionale
        cle = territoire if niveau == Niveau.DEPARTEMENT else f"R{territoire}"
        for pk, (_, _, numero, nom, organisme) in self.dossiers.items():
            codes = self.departements[pk]
            if territoire in (codes if niveau == Niveau.DEPARTEMENT else {self.region_de[code] for code in codes}):
                echeance, rendu_le = self._echeance(pk, cle), self.avis.get((pk, cle))
                yield Repere(pk, numero, nom, organisme, niveau, territoire, etape(pk, territoire), echeance, rendu_le)

    def _departementale(self, pk: int, code: str) -> Etape:
        passe_outre = self.avis.get((pk, f"R{self.region_de[code]}")) is not None
        return etape_departementale(self._propre(pk, code), passe_outre=passe_outre)

    def _regionale(self, pk: int, region: str) -> Etape:
        siens = (code for code in self.departements[pk] if self.region_de[code] == region)
        return etape_regionale(self._propre(pk, f"R{region}"), (self._departementale(pk, code) for code in siens))

    def _propre(self, pk: int, cle: str) -> Etape:
        rendu = self.avis[pk, cle] is not None if (pk, cle) in self.avis else None
        return etape_propre(self.dossiers[pk][0], rendu, self._echeance(pk, cle), self.maintenant)

    def _echeance(self, pk: int, cle: str) -> datetime | None:
        campagne = self.campagnes[self.dossiers[pk][1]]
        defaut = campagne.echeance_regionale if cle.startswith("R") else campagne.echeance_departementale
        return self.reports.get((pk, cle)) or defaut


PAR_RANG = ((Etape.EN_RETARD,), (Etape.ATTENDU, Etape.BROUILLON), (Etape.PAS_ENCORE,), (Etape.RENDU,), (Etape.PASSE_OUTRE,))
RANGS = {etape: rang for rang, etapes in enumerate((*PAR_RANG, (Etape.SANS_OBJET,))) for etape in etapes}
JAMAIS = datetime.max.replace(tzinfo=UTC)


def a_traiter_calcule(personne: Utilisateur, territoires: Iterable[Territoire], maintenant: datetime) -> list[Repere]:
    """Tous les avis attendus de ces territoires, dans l'ordre où s'en occuper."""
    colonnes = Colonnes(Candidature.objects.consultables_par(personne).deposees().order_by(), maintenant)
    siens = [repere for t in territoires for repere in colonnes.reperes(t.niveau, t.lieu.pk)]
    return sorted(siens, key=_ordre)


def _ordre(repere: Repere) -> tuple[int, float, str, str]:
    quand = -repere.rendu_le.timestamp() if repere.rendu_le else (repere.echeance or JAMAIS).timestamp()
    return RANGS[repere.etape], quand, repere.numero, repere.territoire
