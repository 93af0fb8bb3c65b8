"""Une liste ne parcourt pas la base : ce que PostgreSQL dit du plan de chacune de ses requêtes, à quelques milliers de dossiers.

`tests/test_lignes_lues.py` compte les lignes rendues ; ici, celles que la base a touchées pour les rendre. Ôter un index de
`Candidature.Meta` ou d'`AvisAttendu.Meta`, ou faire dépendre un tri d'une autre table, se voit ici.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from avis.a_traiter import Comptes, avis_a_traiter, ranger, territoires_de
from bench.peuplement import comptes, peupler
from candidatures.dossier.forms.liste import FiltreDesCandidatures
from candidatures.models import Candidature
from comptes.models import Habilitation, Role, Service, Utilisateur
from comptes.views.listes import PAR_PAGE
from pilotage.matrice.forms import FiltreDeLaMatrice

pytestmark = [pytest.mark.postgresql, pytest.mark.lent, pytest.mark.django_db(transaction=True)]
DOSSIERS = 600


AUTREMENT = ("enable_seqscan", "enable_bitmapscan")
"""Les autres manières de lire une table : elles restent à PostgreSQL s'il n'a pas d'index qui suffise, et cela se voit."""


@pytest.fixture
def base() -> Iterator[Utilisateur]:
    """Une base que PostgreSQL connaît. Si petite, lire la table lui coûte à peine plus : on lui demande ce qu'il préférera grande."""
    peupler(DOSSIERS)
    agent = Utilisateur.objects.creer("agent@exemple.fr", prenom="Aline", nom="Agente")
    for code in ("77", "59", "75", "13", "69", "33"):
        service = Service.objects.get(departement=code, type=Service.Type.DEPARTEMENT_SOCIAL)
        Habilitation.objects.create(utilisateur=agent, role=Role.AGENT, service=service)
    with connection.cursor() as curseur:
        curseur.execute("VACUUM ANALYZE candidatures_candidature")
        curseur.execute("VACUUM ANALYZE avis_avisattendu")
        curseur.execute("; ".join(f"SET {reglage} = off" for reglage in AUTREMENT))
    yield agent
    with connection.cursor() as curseur:
        curseur.execute("; ".join(f"RESET {reglage}" for reglage in AUTREMENT))


def plans(requetes: Any) -> Iterator[dict[str, Any]]:
    """Chaque nœud de chaque plan."""
    for requete in requetes.captured_queries:
        with connection.cursor() as curseur:
            curseur.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {requete['sql']}")
            yield from _noeuds(curseur.fetchone()[0][0]["Plan"])


def _noeuds(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for enfant in plan.get("Plans", ()):
        yield from _noeuds(enfant)


def index_lus(requetes: Any) -> set[str]:
    """Les index des deux grandes tables ; échoue si l'une d'elles est parcourue, ou lue ligne à ligne."""
    lus = set()
    for noeud in plans(requetes):
        if noeud.get("Relation Name") in ("candidatures_candidature", "avis_avisattendu"):
            assert noeud["Node Type"] == "Index Only Scan", noeud
            lus.add(noeud["Index Name"])
    return lus


def test_les_listes_se_lisent_dans_leurs_index(base: Utilisateur) -> None:
    admin, _ = comptes()
    maintenant = timezone.now()
    with CaptureQueriesContext(connection) as requetes:
        lignes = avis_a_traiter(territoires_de(base))
        nombre, cles = (
            Comptes.de(lignes, maintenant).recus,
            list(ranger(lignes, maintenant).values_list("pk", flat=True)[:PAR_PAGE]),
        )
    assert nombre > len(cles) == PAR_PAGE
    assert index_lus(requetes) == {"avis_attendu_a_traiter"}

    with CaptureQueriesContext(connection) as requetes:
        cles = list(FiltreDesCandidatures({}, admin).qs.values_list("pk", flat=True)[:PAR_PAGE])
    assert cles == list(
        Candidature.objects.filter(~Q(numero=None)).order_by("-deposee_le").values_list("pk", flat=True)[:PAR_PAGE]
    )
    assert index_lus(requetes) == {"candidature_liste"}

    with CaptureQueriesContext(connection) as requetes:
        assert len(FiltreDesCandidatures({"tri": "menages"}, admin).qs.values_list("pk", flat=True)[:PAR_PAGE]) == PAR_PAGE
    assert index_lus(requetes) == {"candidature_menages"}

    filtre = FiltreDeLaMatrice(QueryDict(), admin, maintenant)
    with CaptureQueriesContext(connection) as requetes:
        cles = list(filtre.qs.values_list("pk", flat=True)[:PAR_PAGE])
        assert f"{filtre.nombre} dossiers · " in filtre.totaux
    assert len(cles) == PAR_PAGE
    assert index_lus(requetes) >= {"candidature_matrice"}

    with CaptureQueriesContext(connection) as requetes:
        trouvees = FiltreDesCandidatures({"q": "habitat 07"}, admin).qs.values_list("pk", flat=True)
        assert 0 < trouvees.count() < DOSSIERS
        list(trouvees[:PAR_PAGE])
    assert index_lus(requetes) == {"candidature_liste"}
