"""Ce que lit une page de la matrice : une ligne par candidature, une case par avis attendu."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from operator import attrgetter

from django.utils.safestring import SafeString

from avis.attendus import Etape, Niveau
from avis.lignes import etape_lue
from avis.models import AvisAttendu
from avis.regles import etape_dite
from candidatures.etats import EXAMINES, Etat
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.ecran.adresses import adresse
from territoires.connus import departements_de
from territoires.models import Departement, Region

COLONNES = ("numero", "nom", "etat", "deposee_le", "campagne", "organisme__nom")
"""Ce qu'une ligne montre d'une candidature, et rien de ses longs textes."""


def voit_la_matrice(portee: Portee) -> bool:
    """Le niveau national, le comité, et les services régionaux ; personne d'autre."""
    return voit_la_france(portee) or bool(portee.regions)


def voit_la_france(portee: Portee) -> bool:
    """Vrai pour qui lit tous les dossiers : l'administrateur, le lecteur du comité."""
    return portee.lit_tout


def candidatures_suivies(personne: Utilisateur) -> Candidatures:
    """Du dépôt à la décision, retraits exclus ; un service régional n'y voit que sa région."""
    portee = portee_de(personne)
    suivies = Candidature.objects.consultables_par(personne).filter(etat__in=EXAMINES).avec_etat_lu(personne)
    if voit_la_france(portee):
        return suivies
    concernees = Candidature.departements.through.objects.filter(departement__region__in=portee.regions)
    return suivies.filter(pk__in=concernees.values("candidature"))


LIEU = '<span class="case__lieu">{}</span> '
CASE = '<a class="case case--{}" href="{}">{}<span class="fr-sr-only">{} : </span> {}</a>'


# --- Les cases -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Case:
    """Un avis attendu, tel que cette personne peut le connaître ; `url` : l'avis s'il s'ouvre à elle, le dossier sinon."""

    territoire: Departement | Region
    etape: Etape
    url: str

    @property
    def code(self) -> str:
        """« 77 » ; vide pour une région, que sa ligne nomme déjà."""
        return self.territoire.pk if isinstance(self.territoire, Departement) else ""

    def __str__(self) -> str:
        """Une pastille et un mot, en HTML. Écrite ici : une page en compte cent."""
        lieu = LIEU.format(escape(self.code)) if self.code else ""
        return SafeString(
            CASE.format(self.etape.value, escape(self.url), lieu, escape(self.territoire.nom), escape(self.etape.label))
        )

    __html__ = __str__


@dataclass(frozen=True, slots=True)
class LigneDeRegion:
    """Une région d'un dossier : les cases de ses départements, puis la sienne."""

    region: Region
    departements: list[Case]
    regionale: Case

    @property
    def elements(self) -> SafeString:
        """Les cases de ses départements, chacune dans son élément de liste."""
        return SafeString("".join(f"<li>{case}</li>" for case in self.departements))


@dataclass(frozen=True, slots=True)
class Suivi:
    """Une ligne de la matrice ; `etat` : celui que cette personne peut connaître."""

    candidature: Candidature
    etat: Etat
    regions: list[LigneDeRegion]

    @property
    def cases(self) -> Iterator[Case]:
        """Toutes les cases de la ligne."""
        for region in self.regions:
            yield from region.departements
            yield region.regionale


def suivis(cles: list[int], personne: Utilisateur, maintenant: datetime, *, region: str = "") -> list[Suivi]:
    """Une ligne par candidature, dans l'ordre des clés, en un nombre constant de requêtes ; `region` : elle seule."""
    portee = portee_de(personne)
    suivies = candidatures_suivies(personne).filter(pk__in=cles).select_related("organisme").only(*COLONNES).order_by()
    avis = AvisAttendu.objects.filter(candidature__in=cles)
    if (regions := regions_montrees(portee, region)) is not None:
        avis = avis.filter(region__in=regions)
    attendus = list(avis.order_by("candidature_id", "region_id", "niveau", "territoire"))
    par_dossier = {pk: list(siens) for pk, siens in groupby(attendus, key=attrgetter("candidature_id"))}
    lues, vue = {candidature.pk: candidature for candidature in suivies}, _Vue(portee, maintenant, attendus)
    presentes = [lues[cle] for cle in cles if cle in lues]
    return [Suivi(c, Etat(vars(c)["etat_lu"]), vue.regions(par_dossier.get(c.pk, []))) for c in presentes]


def regions_montrees(portee: Portee, region: str) -> frozenset[str] | None:
    """Celle qu'on demande, celles de la personne ; None : toutes."""
    permises = None if voit_la_france(portee) else portee.regions
    if not region:
        return permises
    return frozenset({region}) if permises is None else permises & {region}


class _Vue:
    """Ce qu'une personne connaît de ces avis attendus."""

    def __init__(self, portee: Portee, maintenant: datetime, avis: Iterable[AvisAttendu]) -> None:
        """Les régions se lisent avec leurs départements : un avis régional n'est attendu que là où l'un d'eux l'est."""
        codes = {attendu.territoire for attendu in avis if attendu.niveau == Niveau.DEPARTEMENT}
        self.portee, self.maintenant = portee, maintenant
        self.departements = departements_de(codes)
        self.lieux = {d.region_id: d.region for d in self.departements.values()}

    def regions(self, liste: Iterable[AvisAttendu]) -> list[LigneDeRegion]:
        """`liste` : les avis d'un dossier, région par région, chaque région après ses départements."""
        return [self._ligne(list(groupe)) for _, groupe in groupby(liste, key=attrgetter("region_id"))]

    def _ligne(self, groupe: list[AvisAttendu]) -> LigneDeRegion:
        *departements, regionale = groupe
        return LigneDeRegion(self.lieux[regionale.region_id], [self._case(a) for a in departements], self._case(regionale))

    def _case(self, attendu: AvisAttendu) -> Case:
        regional, code = attendu.niveau == Niveau.REGION, attendu.territoire
        siens = self.portee.regions if regional else self.portee.departements_instruits
        ouvre = self.portee.administre or code in siens or attendu.etape == Etape.RENDU
        territoire = self.lieux[code] if regional else self.departements[code]
        dite = etape_dite(self.portee, Niveau(attendu.niveau), code, etape_lue(attendu, self.maintenant))
        return Case(territoire, dite, _adresse(attendu, ouvre=ouvre))


def _adresse(attendu: AvisAttendu, *, ouvre: bool) -> str:
    pk = attendu.candidature_id
    return adresse("avis:avis", pk, attendu.niveau, attendu.territoire) if ouvre else adresse("candidatures:fiche", pk)
