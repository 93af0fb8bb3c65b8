"""Rapprocher des candidatures : la même déposée deux fois, la fiche jumelle d'un autre bailleur, et les ménages comptés une fois.

Seul module de la cohérence qui lise d'autres dossiers : une requête par question, qui ne rend que les semblables ; ils sont trouvés
par les clés gardées à leur dépôt (`indexer`), puis comparés mot à mot. Ce qu'il en dit au porteur ne nomme jamais le dossier d'un autre
organisme ; les services qui peuvent le lire le trouvent par `proches_visibles_par`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Least

from candidatures.etats import Etat
from candidatures.models import Candidature, SuiteDeMots, TexteCompare
from candidatures.models.candidature import Candidatures
from candidatures.models.rapprochement import cle_du_projet, cles_des_suites, se_compare, suites
from comptes.models import Utilisateur
from territoires.models import cle_de_nom

TRES_PROCHES = 0.5
"""La part des suites de mots du plus court qui sont dans l'autre."""
PROCHES = 0.25
"""Ce qui suffit quand les deux projets portent le même nom."""
COMPARES = ("nom", "descriptif", "methodologie")


def texte_compare(candidature: Candidature) -> str:
    """Le texte par lequel un projet en rappelle un autre."""
    return f"{candidature.descriptif}\n{candidature.methodologie}"


def ressemblance(un: Candidature, autre: Candidature) -> float:
    """De 0 (rien de commun) à 1 (mot pour mot)."""
    a, b = (suites(texte_compare(c)) for c in (un, autre))
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def se_ressemblent(un: Candidature, autre: Candidature) -> bool:
    """Vrai pour deux textes très proches, ou deux projets du même nom aux textes proches."""
    proches = ressemblance(un, autre)
    return proches >= TRES_PROCHES or (proches >= PROCHES and cle_de_nom(un.nom) == cle_de_nom(autre.nom))


# --- Les clés d'un dossier déposé --------------------------------------------------------------------------------------------
def indexer(candidatures: Collection[Candidature]) -> None:
    """Garde de quoi retrouver ces dossiers par leur nom et leur texte ; à refaire quand ils changent, donc à chaque dépôt."""
    cles = {c.pk: cles_des_suites(texte_compare(c)) for c in candidatures}
    SuiteDeMots.objects.filter(texte__in=list(cles)).delete()
    TexteCompare.objects.bulk_create(
        [TexteCompare(candidature=c, nom=cle_du_projet(c.nom), nombre=len(cles[c.pk])) for c in candidatures],
        update_conflicts=True,
        unique_fields=["candidature"],
        update_fields=["nom", "nombre"],
    )
    SuiteDeMots.objects.bulk_create(
        (SuiteDeMots(texte_id=pk, cle=cle) for pk, siennes in cles.items() for cle in sorted(siennes)), batch_size=2_000
    )


def _au_texte_proche(candidature: Candidature) -> QuerySet[SuiteDeMots, Any]:
    """Les dossiers déposés dont le texte est assez proche, d'après les clés que la base compte : la règle de `se_ressemblent`."""
    siennes, nombre = _cles_de(candidature)
    communes = (
        SuiteDeMots.objects.filter(cle__in=siennes)
        .values("texte", "texte__nom", "texte__nombre")
        .annotate(communes=Count("cle"), plus_court=Least("texte__nombre", nombre))
    )
    proches = Q(communes__gte=F("plus_court") * PROCHES, texte__nom=cle_du_projet(candidature.nom))
    return communes.filter(proches | Q(communes__gte=F("plus_court") * TRES_PROCHES)).values("texte")


def _cles_de(candidature: Candidature) -> tuple[Any, Any]:
    """Ses clés et leur nombre : celles que la base garde d'un dossier déposé, celles du texte d'un brouillon."""
    if candidature.est_brouillon:
        siennes = cles_des_suites(texte_compare(candidature))
        return siennes, Value(len(siennes))
    gardees = SuiteDeMots.objects.filter(texte=candidature.pk).values("cle")
    return gardees, Subquery(TexteCompare.objects.filter(pk=candidature.pk).values("nombre"))


# --- D'abord, y a-t-il lieu de chercher ? ------------------------------------------------------------------------------------
# Écrite ici, et non par l'ORM : la plupart des dossiers n'ont ni jumeau ni semblable, et composer les requêtes qui les cherchent
# coûte plus que toute la page. Elle n'en manque aucun (les mêmes clés, la part la plus basse) ; ceux qu'elle annonce sont cherchés.
LIES_OU_PROCHES = """
SELECT EXISTS (SELECT 1 FROM candidatures_candidature WHERE jumelle_de_id = %(dossier)s),
       EXISTS (SELECT 1 FROM candidatures_textecompare sien
               JOIN candidatures_textecompare autre ON autre.nom = sien.nom AND autre.candidature_id <> sien.candidature_id
               WHERE sien.candidature_id = %(dossier)s)
    OR EXISTS (SELECT 1 FROM candidatures_suitedemots suite
               JOIN candidatures_suitedemots commune ON commune.cle = suite.cle AND commune.texte_id <> suite.texte_id
               JOIN candidatures_textecompare sien ON sien.candidature_id = suite.texte_id
               JOIN candidatures_textecompare autre ON autre.candidature_id = commune.texte_id
               WHERE suite.texte_id = %(dossier)s
               GROUP BY autre.candidature_id, autre.nombre, sien.nombre
               HAVING COUNT(*) >= %(part)s * CASE WHEN autre.nombre < sien.nombre THEN autre.nombre ELSE sien.nombre END)
"""


def lies_ou_proches(candidature: Candidature) -> tuple[bool, bool]:
    """Ce dossier déposé est-il lié à d'autres ; d'autres peuvent-ils lui ressembler. Une requête, sans un texte."""
    with connection.cursor() as curseur:
        curseur.execute(LIES_OU_PROCHES, {"dossier": candidature.pk, "part": PROCHES})
        mere, proches = curseur.fetchone()
    return bool(mere or candidature.jumelle_de_id), bool(proches)


# --- Les semblables ----------------------------------------------------------------------------------------------------------
def _en_lice(candidature: Candidature) -> Candidatures:
    """Les autres dossiers déposés, et non retirés, de la même campagne."""
    autres = Candidature.objects.deposees().exclude(etat=Etat.RETIREE).filter(campagne=candidature.campagne_id)
    return autres.exclude(pk=candidature.pk).order_by("pk").only("numero", "organisme_id", "jumelle_de_id", *COMPARES)


def depots_du_meme_projet(candidature: Candidature) -> list[Candidature]:
    """Les dossiers que le même organisme a déjà déposés dans la campagne, du même nom ou au texte très proche."""
    nom, compare = cle_de_nom(candidature.nom), se_compare(texte_compare(candidature))
    if not nom and not compare:
        return []
    semblables = Q(pk__in=_au_texte_proche(candidature)) if compare else Q()
    if nom:
        semblables |= Q(texte_compare__nom=cle_du_projet(candidature.nom))
    siens = _en_lice(candidature).filter(semblables, organisme=candidature.organisme_id)
    return [c for c in siens if (nom and cle_de_nom(c.nom) == nom) or se_ressemblent(candidature, c)]


def jumelles(candidature: Candidature) -> list[Candidature]:
    """Les dossiers d'autres organismes, sur un département commun, au texte très proche, et qui ne lui sont pas liés."""
    departements = [d.pk for d in candidature.departements.all()]
    if not departements or not se_compare(texte_compare(candidature)):
        return []
    voisines = Candidature.departements.through.objects.filter(departement__in=departements).values("candidature")
    autres = _en_lice(candidature).filter(pk__in=voisines).exclude(organisme=candidature.organisme_id)
    semblables = autres.filter(pk__in=_au_texte_proche(candidature))
    return [c for c in semblables if not _sont_liees(candidature, c) and se_ressemblent(candidature, c)]


def _sont_liees(une: Candidature, autre: Candidature) -> bool:
    meres = {une.jumelle_de_id, autre.jumelle_de_id} - {None}
    return bool(meres & {une.pk, autre.pk}) or (len(meres) == 1 and une.jumelle_de_id == autre.jumelle_de_id)


def proches_visibles_par(candidature: Candidature, utilisateur: Utilisateur) -> Candidatures:
    """Les dossiers rapprochés de celui-ci que cette personne peut lire."""
    cles = [c.pk for c in (*depots_du_meme_projet(candidature), *jumelles(candidature))]
    return Candidature.objects.visibles_par(utilisateur).filter(pk__in=cles)


# --- Compter les ménages une fois ------------------------------------------------------------------------------------------
def menages_comptes_une_fois(candidatures: Candidatures) -> int:
    """Les ménages de ces dossiers ; des fiches liées comptent pour une, par le plus grand de leurs nombres.

    La base additionne ceux qui ne sont liés à aucun ; les autres, peu nombreux, se lisent : deux requêtes.
    """
    toutes = candidatures.order_by()
    meres = toutes.filter(jumelle_de__isnull=False).values("jumelle_de")
    liees = Q(jumelle_de__isnull=False) | Q(pk__in=meres)
    lues = list(toutes.filter(liees).values_list("pk", "jumelle_de", "nombre_menages"))
    groupes: dict[int, list[int]] = defaultdict(list)
    racine = _racines((pk, mere) for pk, mere, _ in lues)
    for pk, _, nombre in lues:
        groupes[racine[pk]].append(nombre or 0)
    seules = toutes.exclude(liees).aggregate(menages=Sum("nombre_menages"))["menages"] or 0
    return seules + sum(map(max, groupes.values()))


def _racines(liens: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    """À chaque dossier, un dossier de son groupe, le même pour tous ; un lien en boucle n'égare personne."""
    racine: dict[int, int] = {}

    def remonter(pk: int) -> int:
        while racine.setdefault(pk, pk) != pk:
            pk = racine[pk]
        return pk

    for pk, mere in liens:
        if mere is not None:
            racine[remonter(pk)] = remonter(mere)
        remonter(pk)
    return {pk: remonter(pk) for pk in list(racine)}
