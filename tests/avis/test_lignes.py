"""Les avis attendus gardés en lignes disent, après chaque acte et à chaque instant, ce que dit le calcul."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avis import actions, totaux
from avis.attendus import Niveau
from avis.lignes import CLE, VALEURS, reecrire_les_attendus
from avis.models import AvisAttendu, CompteDAvis
from candidatures import abonnes
from candidatures.campagnes.actions import modifier_campagne
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.models import Campagne, Candidature
from candidatures.verrou import Refus
from comptes.ecriture import Changement
from tests.avis.accord import exiger_l_accord, exiger_les_totaux
from tests.avis.fabriques import DEPARTEMENT, REGION, ecrire, rendre, reporter, rouvrir, un_dossier
from tests.fabriques import deposer, relire, un_bailleur, un_brouillon, un_national, une_campagne
from tests.pilotage.fabriques import decider

pytestmark = pytest.mark.django_db


# --- Des actes tirés au sort ----------------------------------------------------------------------------------------------
DEPARTEMENTS = ("75", "77", "59")
"""Deux d'une région, un d'une autre."""
TERRITOIRES = [(DEPARTEMENT, code) for code in DEPARTEMENTS] + [(REGION, code) for code in ("11", "32")]
JOURS = st.integers(-3, 30)


class Scene:
    """Une campagne et trois dossiers ; chaque acte est essayé, refusé ou non, comme le ferait une personne."""

    def __init__(self) -> None:
        self.campagne, self.national = une_campagne(echeance_departementale=dans(5), echeance_regionale=dans(10)), un_national()
        self.dossiers = [
            un_dossier(DEPARTEMENTS, campagne=self.campagne),
            un_dossier(["77"], campagne=self.campagne),
            un_brouillon(self.campagne, departements=["75", "59"]),
        ]

    def agir(self, acte: str, rang: int, ou: tuple[Niveau, str], jours: int) -> None:
        """Un acte sur un dossier ; un refus ne change rien."""
        with suppress(Refus, DejaFranchi, actions.DejaRendu, PermissionDenied, StopIteration):
            ACTES[acte](self, relire(self.dossiers[rang]), ou, jours)

    def passer(self, dossier: Candidature, passage: str) -> None:
        """Par le bailleur."""
        franchir(dossier, PASSAGES[passage], par=un_bailleur(dossier.organisme), maintenant=timezone.now(), motif="Motif.")

    def dater(self, dossier: Candidature, ou: tuple[Niveau, str], jours: int) -> None:
        """Change les dates de la campagne, ou les efface."""
        campagne = Campagne.objects.get(pk=self.campagne.pk)
        voulues = {
            "echeance_departementale": dans(jours) if jours % 4 else None,
            "echeance_regionale": dans(jours + 3) if jours % 3 else None,
        }
        changements = {nom: Changement(getattr(campagne, nom), voulue) for nom, voulue in voulues.items()}
        modifier_campagne(campagne, changements, par=self.national, le=timezone.now())


def dans(jours: int) -> datetime:
    return (timezone.now() + timedelta(days=jours)).replace(microsecond=0)


Acte = Callable[[Scene, Candidature, tuple[Niveau, str], int], object]
ACTES: dict[str, Acte] = {
    "deposer": lambda scene, d, ou, jours: deposer(d, un_bailleur(d.organisme), timezone.now()) if d.est_brouillon else None,
    "retirer": lambda scene, d, ou, jours: scene.passer(d, "retirer"),
    "ecrire": lambda scene, d, ou, jours: ecrire(d, *ou),
    "rendre": lambda scene, d, ou, jours: rendre(d, *ou, le=dans(jours), motif="Sans réponse." if ou[0] == REGION else ""),
    "rouvrir": lambda scene, d, ou, jours: rouvrir(d, *ou),
    "reporter": lambda scene, d, ou, jours: reporter(d, *ou, jours=jours),
    "decider": lambda scene, d, ou, jours: decider(d),
    "revenir": lambda scene, d, ou, jours: decider(d, "revenir_au_comite"),
    "dater": Scene.dater,
}
SUITES = st.lists(
    st.tuples(st.sampled_from(sorted(ACTES)), st.integers(0, 2), st.sampled_from(TERRITOIRES), JOURS), min_size=4, max_size=10
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(suite=SUITES)
def test_apres_chaque_acte_les_lignes_disent_ce_que_dit_le_calcul(suite: list[tuple[str, int, tuple[Niveau, str], int]]) -> None:
    with transaction.atomic():  # chaque suite d'actes part d'une base sans dossier
        scene = Scene()
        for acte in suite:
            scene.agir(*acte)
            exiger_l_accord()
        transaction.set_rollback(True)


def test_chaque_acte_a_son_tour() -> None:
    """Le tirage ne garantit pas qu'un acte aboutisse : ici chacun aboutit, et change une ligne au moins."""
    scene, (grand, petit, brouillon) = Scene(), range(3)
    exiger_l_accord()
    for acte, rang, ou, jours in (
        ("deposer", brouillon, TERRITOIRES[0], 0),
        ("ecrire", grand, (DEPARTEMENT, "75"), 0),
        ("rendre", grand, (DEPARTEMENT, "75"), 0),
        ("rouvrir", grand, (DEPARTEMENT, "75"), 0),
        ("reporter", grand, (DEPARTEMENT, "59"), 8),
        ("reporter", grand, (REGION, "11"), 9),
        ("ecrire", grand, (REGION, "11"), 0),
        ("rendre", grand, (REGION, "11"), 7),  # en passant outre
        ("rouvrir", grand, (REGION, "11"), 0),
        ("dater", grand, TERRITOIRES[0], 7),
        ("dater", grand, TERRITOIRES[0], 12),
        ("rendre", petit, (DEPARTEMENT, "77"), 0),
        ("rendre", petit, (REGION, "11"), 1),
        ("retirer", grand, TERRITOIRES[0], 0),
    ):
        avant = lignes()
        scene.agir(acte, rang, ou, jours)
        assert lignes() != avant, f"{acte} n'a rien changé"
        exiger_l_accord()


def lignes() -> list[tuple[Any, ...]]:
    """Toutes, telles qu'en base."""
    return list(AvisAttendu.objects.order_by(*CLE).values_list(*CLE, *VALEURS))


# --- L'abonnement, la migration, ce qui s'écrit ---------------------------------------------------------------------------
def test_les_avis_suivent_les_actes_de_candidatures() -> None:
    assert [reecrire_les_attendus] == abonnes._ABONNES
    abonnes.abonner(reecrire_les_attendus)
    assert [reecrire_les_attendus] == abonnes._ABONNES


def test_la_migration_ecrit_ce_qu_ecrivent_les_actes() -> None:
    """Elle redit la règle d'alors, sur des dossiers de toutes sortes."""
    scene = Scene()
    for acte, rang, ou, jours in (
        ("ecrire", 0, (DEPARTEMENT, "75"), 0),
        ("rendre", 0, (DEPARTEMENT, "59"), 0),
        ("reporter", 0, (DEPARTEMENT, "77"), 8),
        ("ecrire", 0, (REGION, "11"), 0),
        ("rendre", 1, (REGION, "11"), 20),
        ("deposer", 2, TERRITOIRES[0], 0),
        ("reporter", 2, (REGION, "32"), 3),
    ):
        scene.agir(acte, rang, ou, jours)
    un_dossier(["93"], echeance=None)
    retire = un_dossier(["91"])
    rendre(retire, DEPARTEMENT, "91")
    scene.passer(relire(retire), "retirer")
    ecrites = lignes()
    assert {ligne[VALEURS.index("etape") + len(CLE)] for ligne in ecrites} == {
        *("attendu", "brouillon", "rendu", "passe_outre", "sans_objet")
    }
    AvisAttendu.objects.all().delete()
    CompteDAvis.objects.all().delete()
    import_module("avis.migrations.0005_avis_attendus").ecrire(apps, connection)
    import_module("avis.migrations.0006_listes_des_avis").completer(apps, connection)
    assert lignes() == ecrites
    exiger_les_totaux()


def test_ce_qui_est_juste_n_est_pas_reecrit_et_ce_qui_est_de_trop_s_efface() -> None:
    dossier = un_dossier(["77"])
    cles = set(AvisAttendu.objects.values_list("pk", flat=True))
    reecrire_les_attendus(Candidature.objects.all())
    assert set(AvisAttendu.objects.values_list("pk", flat=True)) == cles
    AvisAttendu.objects.create(
        candidature=dossier, niveau="departement", territoire="13", region_id="93", etape="attendu", attend=False
    )
    AvisAttendu.objects.filter(niveau="region").update(etape="rendu")
    reecrire_les_attendus(Candidature.objects.filter(pk=dossier.pk))
    assert {(ligne.territoire, ligne.etape) for ligne in AvisAttendu.objects.all()} == {("77", "attendu"), ("11", "attendu")}
    totaux.recompter()
    exiger_l_accord()


def test_les_lots_se_suivent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Un lot plein, un lot à moitié : aucun dossier n'est sauté."""
    monkeypatch.setattr("avis.lignes.LOT", 2)
    for _ in range(3):
        un_dossier(["77"])
    ecrites = lignes()
    AvisAttendu.objects.all().delete()
    reecrire_les_attendus(Candidature.objects.all())
    assert lignes() == ecrites


# --- Les totaux -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("trop", "tasse"), [(-1, True), (0, False), (1, False)])
def test_trop_d_ecarts_s_additionnent(monkeypatch: pytest.MonkeyPatch, trop: int, tasse: bool) -> None:
    scene = Scene()
    for jours in (5, 6, 7):  # chaque date change les avis de groupe : les anciens s'annulent
        scene.agir("dater", 0, TERRITOIRES[0], jours)
    ecarts = CompteDAvis.objects.count()
    monkeypatch.setattr("avis.totaux.TROP", ecarts + trop)
    assert totaux.tasser() is tasse
    assert (CompteDAvis.objects.count() < ecarts) is tasse
    assert not tasse or not CompteDAvis.objects.filter(nombre__lte=0).exists()
    exiger_les_totaux()


def test_ce_qui_ne_se_reduit_pas_n_est_pas_recrit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Autant de groupes que de lignes : les additionner n'en ôterait aucune, et le travailleur recommencerait sans fin."""
    un_dossier(["77", "75"])
    monkeypatch.setattr("avis.totaux.TROP", 0)
    avant = set(CompteDAvis.objects.values_list("pk", flat=True))
    assert not totaux.tasser()
    assert set(CompteDAvis.objects.values_list("pk", flat=True)) == avant


def test_les_totaux_se_refont_d_apres_les_lignes() -> None:
    un_dossier(["77", "75"])
    CompteDAvis.objects.update(nombre=7)
    totaux.recompter()
    exiger_les_totaux()
