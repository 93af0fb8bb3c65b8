"""Les avis d'une liste de dossiers tels qu'une personne peut les connaître : les totaux, le filtre et le tri de la matrice.

La base compte les lignes d'`AvisAttendu`, ou additionne les totaux tenus (`avis.totaux`) quand rien d'autre ne filtre que la campagne et
la région ; aucune ligne n'est lue ici.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from avis.attendus import Etape, Niveau
from avis.lignes import en_retard_a, etape_a
from avis.models import AvisAttendu, CompteDAvis
from candidatures.models.candidature import Candidatures
from comptes.portees import Portee

SANS = (Etape.PASSE_OUTRE, Etape.SANS_OBJET)


def avis_connus(portee: Portee, maintenant: datetime, regions: Collection[str] | None) -> QuerySet[AvisAttendu]:
    """Les avis attendus (de ces régions seules), avec leur étape : `dite`, celle que cette personne peut connaître, et `presente`.

    Un brouillon n'est dit qu'à son service (`avis.regles.etape_dite`).
    """
    tus = Q(presente=Etape.BROUILLON)
    for niveau, siens in ((Niveau.DEPARTEMENT, portee.departements_instruits), (Niveau.REGION, portee.regions)):
        if siens:
            tus &= ~Q(niveau=niveau.value, territoire__in=siens)
    lignes = AvisAttendu.objects.annotate(presente=etape_a(maintenant))
    lignes = lignes.annotate(dite=Case(When(tus, then=Value(Etape.ATTENDU.value)), default=F("presente")))
    return lignes if regions is None else lignes.filter(region__in=regions)


def avec_retards(candidatures: Candidatures, avis: QuerySet[AvisAttendu]) -> Candidatures:
    """Ajoute `retards` : combien de ces avis sont en retard."""
    siens = avis.filter(Q(presente=Etape.EN_RETARD), candidature=OuterRef("pk")).order_by().values("candidature")
    nombre = Subquery(siens.annotate(nombre=Count("pk")).values("nombre"), output_field=IntegerField())
    return candidatures.annotate(retards=Coalesce(nombre, 0))


def phrase(nombre: int, candidatures: Candidatures, avis: QuerySet[AvisAttendu], maintenant: datetime) -> str:
    """« 12 dossiers · 31 avis rendus sur 40 · 2 en retard », comptés un à un ; un avis passé outre n'est plus attendu de personne."""
    siens = avis.filter(candidature__in=candidatures.order_by().values("pk"))
    return _dire(nombre, siens.aggregate(**{nom: Count("pk", filter=lesquels) for nom, lesquels in _comptes(maintenant)}))


def phrase_tenue(nombre: int, campagne: str, regions: Collection[str] | None, maintenant: datetime) -> str:
    """La même, de tous les dossiers suivis d'une campagne (toutes, si elle est vide) et de ces régions, d'après les totaux tenus."""
    tenus = CompteDAvis.objects.filter(campagne=int(campagne)) if campagne else CompteDAvis.objects.all()
    tenus = tenus if regions is None else tenus.filter(region__in=regions)
    return _dire(
        nombre, tenus.aggregate(**{nom: Sum("nombre", filter=lesquels, default=0) for nom, lesquels in _comptes(maintenant)})
    )


def _comptes(maintenant: datetime) -> tuple[tuple[str, Q], ...]:
    return ("rendus", Q(etape=Etape.RENDU)), ("attendus", ~Q(etape__in=SANS)), ("en_retard", en_retard_a(maintenant))


def _dire(nombre: int, comptes: Mapping[str, int]) -> str:
    dossiers = f"{nombre} dossier{'s' if nombre > 1 else ''}"
    dits = f"{comptes['rendus']} avis rendu{'s' if comptes['rendus'] > 1 else ''} sur {comptes['attendus']}"
    return f"{dossiers} · {dits} · {comptes['en_retard'] or 'aucun'} en retard"
