"""La matrice comme elle se calculait, tous dossiers lus : ce que la matrice comptée par la base doit redire."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from avis.attendus import Etape, Niveau, etape_departementale, etape_propre, etape_regionale
from avis.models import AvisDepartemental, AvisRegional, Report
from avis.regles import etape_dite
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from comptes.portees import Portee
from territoires.models import Departement

Cle = tuple[int, str]
"""Un dossier et un territoire (« 77 », « R11 »)."""
SANS = (Etape.PASSE_OUTRE, Etape.SANS_OBJET)


class Releve:
    """Les étapes des avis de ces candidatures, telles que cette personne peut les connaître ; `regions` : elles seules."""

    def __init__(self, candidatures: Candidatures, portee: Portee, maintenant: datetime, regions: Iterable[str] | None) -> None:
        self.portee, self.maintenant = portee, maintenant
        self.dossiers = {pk: (etat, campagne) for pk, etat, campagne in candidatures.values_list("pk", "etat", "campagne")}
        self._regions = None if regions is None else frozenset(regions)
        self._lire(candidatures.order_by().values("pk"))
        self.etapes = {pk: self._etapes(pk) for pk in self.dossiers}

    def _lire(self, cles: QuerySet[Any, Any]) -> None:
        """`cles` : une sous-requête, rejouée par chaque table."""
        region_de = dict(Departement.objects.values_list("pk", "region"))
        self.campagnes = {c.pk: c for c in Campagne.objects.only("echeance_departementale", "echeance_regionale")}
        self.territoires: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        concernes = Candidature.departements.through.objects.filter(candidature__in=cles)
        for pk, departement in concernes.values_list("candidature", "departement"):
            self.territoires[pk][region_de[departement]].append(departement)
        fait = Q(rendu_le__isnull=False)  # un booléen : pas d'instant à relire par milliers
        departementaux = AvisDepartemental.objects.filter(candidature__in=cles).annotate(fait=fait)
        regionaux = AvisRegional.objects.filter(candidature__in=cles).annotate(fait=fait)
        self.rendus: dict[Cle, bool] = {
            (pk, code): rendu for pk, code, rendu in departementaux.values_list("candidature", "departement", "fait")
        }
        self.rendus |= {(pk, f"R{code}"): rendu for pk, code, rendu in regionaux.values_list("candidature", "region", "fait")}
        reports = Report.objects.filter(candidature__in=cles).order_by("le", "pk")
        lus = reports.values_list("candidature", "departement", "region", "echeance")
        self.reports: dict[Cle, datetime] = {(pk, departement or f"R{region}"): quand for pk, departement, region, quand in lus}

    def _etapes(self, pk: int) -> list[Etape]:
        """Les étapes des avis de ce dossier, région par région."""
        etapes = []
        for region, departements in self.territoires[pk].items():
            if self._regions is None or region in self._regions:
                etapes += self._region(pk, region, departements)
        return etapes

    def _region(self, pk: int, region: str, departements: list[str]) -> list[Etape]:
        etat, campagne = self.dossiers[pk]
        bornes, cle, rendus = self.campagnes[campagne], f"R{region}", self.rendus
        outre = bool(rendus.get((pk, cle)))
        siennes = [
            etape_departementale(
                etape_propre(
                    etat,
                    rendus.get((pk, code)),
                    self.reports.get((pk, code)) or bornes.echeance_departementale,
                    self.maintenant,
                ),
                passe_outre=outre,
            )
            for code in departements
        ]
        echeance = self.reports.get((pk, cle)) or bornes.echeance_regionale
        sienne = etape_regionale(etape_propre(etat, rendus.get((pk, cle)), echeance, self.maintenant), siennes)
        dites = [etape_dite(self.portee, Niveau.DEPARTEMENT, c, e) for c, e in zip(departements, siennes, strict=True)]
        return [*dites, etape_dite(self.portee, Niveau.REGION, region, sienne)]

    # --- Ce qu'en fait la matrice ----------------------------------------------------------------------------------------
    def cles(self, *, etape: str = "", par_retard: bool = False) -> list[int]:
        """Les dossiers, dans l'ordre donné, qui ont un avis à cette étape ; les plus en retard d'abord si on le demande."""
        gardes = [pk for pk, siennes in self.etapes.items() if not etape or etape in siennes]
        return sorted(gardes, key=lambda pk: -self.etapes[pk].count(Etape.EN_RETARD)) if par_retard else gardes

    def phrase(self, cles: list[int]) -> str:
        """« 12 dossiers · 31 avis rendus sur 40 · 2 en retard » ; un avis passé outre n'est plus attendu de personne."""
        nombres = Counter(etape for pk in cles for etape in self.etapes[pk])
        rendus, attendus = nombres[Etape.RENDU], nombres.total() - sum(nombres[etape] for etape in SANS)
        dossiers = f"{len(cles)} dossier{'s' if len(cles) > 1 else ''}"
        dits = f"{rendus} avis rendu{'s' if rendus > 1 else ''} sur {attendus}"
        return f"{dossiers} · {dits} · {nombres[Etape.EN_RETARD] or 'aucun'} en retard"
