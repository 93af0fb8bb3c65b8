"""Les avis attendus se calculent à partir des territoires d'une candidature : aucun n'est créé d'avance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from avis.models import AvisDepartemental, AvisRegional, Report
from candidatures.etats import EN_INSTRUCTION
from candidatures.models import Candidature
from territoires.heures import dire_partout
from territoires.models import Departement, Region


class Etape(models.TextChoices):
    """Où en est un avis attendu ; le mot s'affiche toujours avec la pastille."""

    PAS_ENCORE = "pas_encore", "pas encore son tour"
    ATTENDU = "attendu", "attendu"
    BROUILLON = "brouillon", "brouillon"
    EN_RETARD = "en_retard", "en retard"
    RENDU = "rendu", "rendu"
    PASSE_OUTRE = "passe_outre", "passé outre"
    SANS_OBJET = "sans_objet", "sans objet"


class Niveau(models.TextChoices):
    """Les deux niveaux de la huitième section."""

    DEPARTEMENT = "departement", "départemental"
    REGION = "region", "régional"


A_FAIRE = (Etape.ATTENDU, Etape.BROUILLON, Etape.EN_RETARD)


@dataclass(frozen=True, slots=True)
class Attendu:
    """Un avis attendu d'un territoire sur une candidature ; `avis` : sa ligne, brouillon ou rendue, s'il y en a une."""

    candidature: Candidature
    niveau: Niveau
    territoire: Departement | Region
    etape: Etape
    echeance: datetime | None
    avis: AvisDepartemental | AvisRegional | None

    @property
    def est_a_faire(self) -> bool:
        """Vrai si le service doit encore agir."""
        return self.etape in A_FAIRE

    @property
    def echeance_dite(self) -> str:
        """L'échéance à l'heure de Paris, puis à celle du territoire outre-mer ; vide sans échéance."""
        return dire_l_echeance(self.candidature, self.niveau, self.territoire.pk, self.echeance) if self.echeance else ""

    @property
    def a_un_brouillon(self) -> bool:
        """Vrai si le service a commencé."""
        return self.avis is not None and not self.avis.est_rendu


def dire_l_echeance(candidature: Candidature, niveau: Niveau, territoire: str, echeance: datetime) -> str:
    """« … à 23 h 59, heure de Paris (17 h 59, heure de la Guadeloupe) »."""
    departements = candidature.departements.all()
    return dire_partout(
        echeance, {d.fuseau for d in departements if territoire == (d.pk if niveau == Niveau.DEPARTEMENT else d.region_id)}
    )


def attendus(candidature: Candidature, maintenant: datetime) -> list[Attendu]:
    """Les avis attendus d'une candidature : ses départements par code, puis ses régions ; vide pour un brouillon.

    Ne fait aucune requête quand la candidature vient de `avec_attendus`.
    """
    if candidature.est_brouillon:
        return []
    lus = _Lus(candidature)
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    regions = {d.region_id: d.region for d in departements}
    return [
        *(lus.departemental(departement, maintenant) for departement in departements),
        *(lus.regional(regions[pk], maintenant) for pk in sorted(regions)),
    ]


def attendu_de(candidature: Candidature, niveau: Niveau, territoire: str, maintenant: datetime) -> Attendu:
    """L'avis attendu de ce territoire ; lève StopIteration s'il n'est pas concerné."""
    return next(a for a in attendus(candidature, maintenant) if (a.niveau, a.territoire.pk) == (niveau, territoire))


def absents_de(candidature: Candidature, region: str, maintenant: datetime) -> list[Attendu]:
    """Les avis départementaux de cette région qui ne sont pas rendus."""
    return [a for a in departements_de(candidature, region, maintenant) if a.etape != Etape.RENDU]


def departements_de(candidature: Candidature, region: str, maintenant: datetime) -> list[Attendu]:
    """Les avis départementaux de cette région, rendus ou non."""
    siens = {d.pk for d in candidature.departements.all() if d.region_id == region}
    return [a for a in attendus(candidature, maintenant) if a.niveau == Niveau.DEPARTEMENT and a.territoire.pk in siens]


def refus_d_attente(absents: list[Attendu], motif: str) -> list[str]:
    """Ce qui empêche la région de rendre : des avis encore dans leur délai, ou un motif qui manque pour passer outre."""
    dans_les_delais = [a for a in absents if a.etape != Etape.EN_RETARD]
    if dans_les_delais:
        return ["Ces départements n'ont pas rendu leur avis, et leur date n'est pas passée : " + _noms(dans_les_delais) + "."]
    if absents and not motif:
        return ["Écrivez le motif pour passer outre les avis en retard : " + _noms(absents) + "."]
    return []


def _noms(liste: list[Attendu]) -> str:
    return ", ".join(str(attendu.territoire) for attendu in liste)


SIGNATURE = ("candidature", "service_nom", "auteur_nom", "modifie_le", "rendu_le")
"""Ce qu'une liste lit d'un avis : qui et quand, jamais ses textes."""


def avec_attendus(candidatures: models.QuerySet[Candidature]) -> models.QuerySet[Candidature]:
    """Précharge ce que `attendus` lit, et rien des textes, en un nombre constant de requêtes."""
    return candidatures.prefetch_related(
        "campagne",
        models.Prefetch("departements", Departement.objects.select_related("region")),
        models.Prefetch("avis_departementaux", AvisDepartemental.objects.only(*SIGNATURE, "departement")),
        models.Prefetch("avis_regionaux", AvisRegional.objects.only(*SIGNATURE, "region")),
        "reports",
    )


class _Lus:
    """Les avis et les reports d'une candidature, par territoire."""

    def __init__(self, candidature: Candidature) -> None:
        self.candidature = candidature
        self.departementaux = {a.departement_id: a for a in candidature.avis_departementaux.all()}
        self.regionaux = {a.region_id: a for a in candidature.avis_regionaux.all()}
        self.reports = _derniers(candidature.reports.all())

    def departemental(self, departement: Departement, maintenant: datetime) -> Attendu:
        avis, region = self.departementaux.get(departement.pk), self.regionaux.get(departement.region_id)
        echeance = self.reports.get(departement.pk) or self.candidature.campagne.echeance_departementale
        passe_outre = region is not None and region.est_rendu
        etape = etape_departementale(self._etape(avis, echeance, maintenant), passe_outre=passe_outre)
        return Attendu(self.candidature, Niveau.DEPARTEMENT, departement, etape, echeance, avis)

    def regional(self, region: Region, maintenant: datetime) -> Attendu:
        avis = self.regionaux.get(region.pk)
        echeance = self.reports.get(f"R{region.pk}") or self.candidature.campagne.echeance_regionale
        propre = self._etape(avis, echeance, maintenant)
        siens = [d for d in self.candidature.departements.all() if d.region_id == region.pk] if propre in A_FAIRE else []
        etape = etape_regionale(propre, (self.departemental(d, maintenant).etape for d in siens))
        return Attendu(self.candidature, Niveau.REGION, region, etape, echeance, avis)

    def _etape(self, avis: AvisDepartemental | AvisRegional | None, echeance: datetime | None, maintenant: datetime) -> Etape:
        return etape_propre(self.candidature.etat, None if avis is None else avis.est_rendu, echeance, maintenant)


# --- La règle, sur des valeurs nues : une liste de deux mille dossiers ne lit que des colonnes ---------------------------------
def etape_propre(etat: str, rendu: bool | None, echeance: datetime | None, maintenant: datetime) -> Etape:
    """L'étape d'un avis, sans égard aux autres ; `rendu` : None, personne n'a commencé."""
    if rendu:
        return Etape.RENDU
    if etat not in EN_INSTRUCTION:
        return Etape.SANS_OBJET
    if echeance and maintenant > echeance:
        return Etape.EN_RETARD
    return Etape.ATTENDU if rendu is None else Etape.BROUILLON


def etape_departementale(propre: Etape, *, passe_outre: bool) -> Etape:
    """Un avis que sa région n'a pas attendu n'est plus attendu de personne."""
    return Etape.PASSE_OUTRE if passe_outre and propre != Etape.RENDU else propre


def etape_regionale(propre: Etape, departements: Iterable[Etape]) -> Etape:
    """Une région attend son tour : que ses départements aient tous rendu, ou que leur date soit passée (elle peut passer outre)."""
    if propre in A_FAIRE and not all(etape in (Etape.RENDU, Etape.EN_RETARD, Etape.PASSE_OUTRE) for etape in departements):
        return Etape.PAS_ENCORE
    return propre


def _derniers(reports: Iterable[Report]) -> dict[str, datetime]:
    """La dernière échéance déplacée, par territoire (« 77 », « R11 »)."""
    ordonnes = sorted(reports, key=lambda report: (report.le, report.pk))
    return {report.departement_id or f"R{report.region_id}": report.echeance for report in ordonnes}
