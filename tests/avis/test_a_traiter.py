"""« À traiter » : l'ordre, les comptes, les filtres, les deux niveaux, et toujours le même nombre de requêtes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from avis import actions
from avis.a_traiter import Comptes, avis_a_traiter, en_lignes, ranger, territoires_de
from avis.attendus import A_FAIRE, Etape, attendus, avec_attendus
from avis.forms import FiltreATraiter
from avis.lignes import etape_a, reecrire_les_attendus
from avis.models import AvisAttendu
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Campagne, Candidature, LigneDuPlan
from comptes.models import Role, Service, Utilisateur
from tests.avis.colonnes import Colonnes, a_traiter_calcule
from tests.avis.fabriques import DEPARTEMENT, REGION, TROIS_REGIONS, agent, ecrire, ouvrir, rendre, un_dossier
from tests.fabriques import habiliter, un_agent, un_bailleur, un_national, une_campagne
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db

URL = "avis:a_traiter"


def page(personne: Utilisateur, **filtres: str) -> str:
    reponse = ouvrir(personne).get(reverse(URL), filtres)
    assert reponse.status_code == 200
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte


def lignes(personne: Utilisateur) -> list[AvisAttendu]:
    return avec_etape(avis_a_traiter(territoires_de(personne)), timezone.now())


def avec_etape(lignes: QuerySet[AvisAttendu], maintenant: datetime) -> list[AvisAttendu]:
    """Ces lignes, et leur étape à cet instant, dite par la base."""
    return list(ranger(lignes, maintenant).annotate(dite=etape_a(maintenant)))


def dossiers_dits(personne: Utilisateur) -> list[tuple[int, str]]:
    """Le dossier et l'étape de chaque ligne."""
    return [(a.candidature_id, vars(a)["dite"]) for a in lignes(personne)]


def references(texte: str) -> list[str]:
    return re.findall(r'<span class="discret insecable">([^<]+)</span>', texte)


@pytest.fixture
def campagne() -> Campagne:
    instant = timezone.now()
    return une_campagne(
        code="2026", echeance_departementale=instant + timedelta(days=3), echeance_regionale=instant + timedelta(days=20)
    )


def test_dans_l_ordre_ou_s_en_occuper(campagne: Campagne) -> None:
    """En retard d'abord, puis par échéance, puis rendus, puis ce qui n'est plus attendu."""
    retiree, attendue, en_retard, brouillon, rendue = (un_dossier(campagne=campagne) for _ in range(5))
    _decaler(en_retard, -timedelta(days=1))
    _decaler(brouillon, timedelta(days=1))
    ecrire(brouillon, DEPARTEMENT, "77", champ_libre="…")
    rendre(rendue, DEPARTEMENT, "77")
    franchir(retiree, PASSAGES["retirer"], par=un_bailleur(retiree.organisme), maintenant=timezone.now(), motif="x")
    personne = un_agent("77")
    assert dossiers_dits(personne) == [
        (en_retard.pk, Etape.EN_RETARD),
        (brouillon.pk, Etape.BROUILLON),
        (attendue.pk, Etape.ATTENDU),
        (rendue.pk, Etape.RENDU),
        (retiree.pk, Etape.SANS_OBJET),
    ]
    texte = page(personne)
    assert "5 reçus · 3 à rendre · 1 en retard" in texte
    assert references(texte) == [d.numero for d in (en_retard, brouillon, attendue, rendue, retiree)]
    for mot in (
        "<strong>hier</strong>",
        "<strong>demain</strong>",
        "<strong>dans 3\u00a0jours</strong>",
        "en retard",
        "brouillon",
    ):
        assert mot in texte


def _decaler(dossier: Candidature, duree: timedelta) -> None:
    """Un report, écrit comme s'il datait."""
    quand = timezone.now() + duree
    actions.reporter(
        dossier, DEPARTEMENT, "77", quand, par=un_national(), maintenant=quand - timedelta(days=3), motif="Report d'essai."
    )


def test_une_ligne_dit_tout(campagne: Campagne) -> None:
    dossier = un_dossier(campagne=campagne, nom="Familles de Marne", nombre_menages=30)
    texte = page(un_agent("77"))
    assert dossier.reference in texte
    assert "Familles de Marne" in texte
    assert dossier.organisme.nom in texte
    assert '<td class="chiffre" data-nom="Ménages">30</td>' in texte
    assert "21\u202f000\u00a0€" in texte or "21\u00a0000\u00a0€" in texte
    assert "Lire et rendre l&#x27;avis" in texte
    assert reverse("avis:avis", args=[dossier.pk, "departement", "77"]) in texte
    assert "1 reçu · 1 à rendre</strong>" in texte


def test_l_aide_demandee_ne_compte_que_l_appel_a_projets(campagne: Campagne) -> None:
    ligne, ressource, aap = LigneDuPlan, LigneDuPlan.Nature.RESSOURCE, LigneDuPlan.Financeur.APPEL_A_PROJETS
    dossier = un_dossier(campagne=campagne)
    dossier.lignes.all().delete()
    personne = un_agent("77")
    for plan, dite in (
        ([], ""),
        ([{"part": Decimal(40)}], "40\u00a0%"),
        ([{"montant": Decimal(1500)}, {"montant": Decimal(500)}], "2\u00a0000\u00a0€"),
    ):
        dossier.lignes.all().delete()
        ligne.objects.create(candidature=dossier, nature=ressource, financeur="etat", montant=Decimal(99))
        ligne.objects.create(candidature=dossier, nature=ligne.Nature.DEPENSE, montant=Decimal(77))
        for valeurs in plan:
            ligne.objects.create(candidature=dossier, nature=ressource, financeur=aap, **valeurs)
        aide = en_lignes(lignes(personne), territoires_de(personne), timezone.now())[0].aide_demandee
        assert aide.replace("\u202f", "\u00a0") == dite


def test_la_region_voit_ce_qui_n_est_pas_encore_a_son_tour(campagne: Campagne) -> None:
    premier, second = un_dossier(campagne=campagne), un_dossier(campagne=campagne)
    rendre(second, DEPARTEMENT, "77")
    ecrire(premier, REGION, "11", champ_libre="Préparé d'avance.")
    personne = agent(REGION, "11")
    assert dossiers_dits(personne) == [(second.pk, Etape.ATTENDU), (premier.pk, Etape.PAS_ENCORE)]
    texte = page(personne)
    assert "2 reçus · 1 à rendre" in texte
    assert "pas encore son tour" in texte
    assert "brouillon commencé" in texte
    assert "Lire et préparer l&#x27;avis" in texte


def drihl() -> Utilisateur:
    paris = Service.objects.get(departement="75", type="departement_logement")
    return habiliter(agent(REGION, "11"), Role.AGENT, paris)


def test_un_agent_aux_deux_niveaux_voit_les_deux(campagne: Campagne) -> None:
    dossier = un_dossier(["75", "77"], campagne=campagne)
    personne = drihl()
    assert [(a.niveau, a.territoire) for a in lignes(personne)] == [(DEPARTEMENT, "75"), (REGION, "11")]
    texte = page(personne)
    assert references(texte) == [dossier.numero, dossier.numero]
    assert 'name="territoire"' in texte
    assert references(page(personne, territoire="region-11")) == [dossier.numero]
    assert "Paris (75)" not in page(personne, territoire="region-11").partition("<tbody>")[2]


def test_un_seul_territoire_n_a_pas_de_filtre(campagne: Campagne) -> None:
    un_dossier(campagne=campagne)
    assert 'name="territoire"' not in page(un_agent("77"))


def test_chercher_et_filtrer(campagne: Campagne) -> None:
    ete, hiver = un_dossier(campagne=campagne, nom="Été en Brie"), un_dossier(campagne=campagne, nom="Hiver")
    rendre(hiver, DEPARTEMENT, "77")
    personne = un_agent("77")
    for filtres, trouves in (
        ({"q": "ete BRIE"}, [ete]),
        ({"q": hiver.numero}, [hiver]),
        ({"q": hiver.organisme.nom}, [hiver]),
        ({"etape": "a_faire"}, [ete]),
        ({"etape": "rendu"}, [hiver]),
        ({"etape": "inventee"}, [ete, hiver]),
        ({"q": "introuvable"}, []),
    ):
        texte = page(personne, **filtres)
        assert references(texte) == [d.numero for d in trouves], filtres
        assert "2 reçus · 1 à rendre" in texte
    assert "Aucun avis ne répond à ces filtres" in page(personne, q="introuvable")
    assert "Erreur : " in page(personne, etape="inventee")


def test_vide_et_accueillant() -> None:
    texte = page(un_agent("77"))
    assert "Rien à traiter pour l’instant" in texte
    assert "0 reçu · 0 à rendre" in texte
    assert 'role="search"' not in texte


def test_c_est_l_accueil_d_un_agent() -> None:
    assert ouvrir(un_agent("77")).get("/")["Location"] == reverse(URL)


def test_vingt_cinq_par_page(campagne: Campagne) -> None:
    modele = un_dossier(campagne=campagne)
    for rang in range(26):
        _copier(modele, rang)
    personne = un_agent("77")
    assert len(references(page(personne))) == 25
    assert len(references(page(personne, page="2"))) == 2
    assert len(references(page(personne, page="nulle"))) == 25


def _copier(modele: Candidature, rang: int) -> None:
    copie = Candidature.objects.create(
        campagne=modele.campagne, organisme=modele.organisme, etat=modele.etat, numero=f"copie-{rang}", deposee_le=timezone.now()
    )
    copie.departements.set(modele.departements.all())
    reecrire_les_attendus(Candidature.objects.filter(pk=copie.pk))


def requetes(personne: Utilisateur) -> list[str]:
    client = ouvrir(personne)
    client.get(reverse(URL))
    with CaptureQueriesContext(
        connection,
    ) as compte:
        client.get(reverse(URL))
    return [requete["sql"] for requete in compte.captured_queries]


def test_un_nombre_constant_de_requetes(campagne: Campagne) -> None:
    """1 et 3 lignes, 1 et 8 départements, un agent d'un territoire ou de tous."""
    un_dossier(["75"], campagne=campagne)
    personne = drihl()
    une = requetes(personne)
    for _ in range(2):
        dossier = un_dossier(TROIS_REGIONS, campagne=campagne)
        rendre(dossier, DEPARTEMENT, "75")
        _reporter(dossier)
    trois = requetes(personne)
    assert len(trois) == len(une), "\n".join(trois)
    assert len(trois) <= 22, "\n".join(trois)


def _reporter(dossier: Candidature) -> None:
    echeance: datetime = timezone.now() + timedelta(days=9)
    actions.reporter(dossier, DEPARTEMENT, "78", echeance, par=un_national(), maintenant=timezone.now(), motif="x")


def test_aucun_texte_d_avis_n_est_lu_pour_la_liste(campagne: Campagne) -> None:
    dossier = un_dossier(campagne=campagne)
    rendre(dossier, DEPARTEMENT, "77")
    assert not [sql for sql in requetes(un_agent("77")) if "pertinence" in sql or "descriptif" in sql]


@pytest.mark.parametrize(
    ("nombres", "phrase"),
    [
        ((0, 0, 0), "0 reçu · 0 à rendre"),
        ((1, 1, 0), "1 reçu · 1 à rendre"),
        ((12, 5, 1), "12 reçus · 5 à rendre · 1 en retard"),
    ],
)
def test_les_comptes_se_disent(nombres: tuple[int, int, int], phrase: str) -> None:
    assert str(Comptes(*nombres)) == phrase


def test_la_saisie_ne_coute_pas_plus_avec_huit_departements() -> None:
    """La page d'un avis : le même nombre de requêtes pour un dossier d'un ou de huit départements."""
    petit, grand = un_dossier(["75"]), un_dossier(TROIS_REGIONS)
    client: Any = ouvrir(agent(REGION, "11"))
    compte = []
    for dossier in (petit, grand):
        url = reverse("avis:avis", args=[dossier.pk, "region", "11"])
        client.get(url)
        with CaptureQueriesContext(connection) as captees:
            assert client.get(url).status_code == 200
        compte.append(len(captees))
    assert compte[0] == compte[1]
    assert compte[0] <= 22


def toutes_les_situations() -> None:
    """Des dossiers qui passent par toutes les étapes, à des dates et en des régions différentes."""
    instant = timezone.now()
    en_retard = une_campagne(echeance_departementale=instant - timedelta(days=1), echeance_regionale=instant + timedelta(days=1))
    dossiers = [un_dossier(TROIS_REGIONS), un_dossier(["75", "78"], campagne=en_retard), un_dossier(["77"], campagne=en_retard)]
    un_dossier(["93"], echeance=None)
    rendre(dossiers[0], DEPARTEMENT, "59")
    rendre(dossiers[0], DEPARTEMENT, "62")
    ecrire(dossiers[0], REGION, "32")
    ecrire(dossiers[0], REGION, "11")
    ecrire(dossiers[0], DEPARTEMENT, "75")
    _reporter(dossiers[0])
    rendre(dossiers[1], DEPARTEMENT, "78")
    rendre(dossiers[1], REGION, "11", motif="En retard.")
    retire = un_dossier(["91"])
    franchir(retire, PASSAGES["retirer"], par=un_bailleur(retire.organisme), maintenant=timezone.now(), motif="x")


def test_les_colonnes_disent_comme_les_attendus() -> None:
    """La lecture en colonnes et le calcul sur les objets s'accordent, étape, échéance et rendu, dans toutes les situations."""
    toutes_les_situations()
    candidatures, maintenant = Candidature.objects.order_by(), timezone.now()
    objets = {
        (a.candidature.pk, a.niveau, a.territoire.pk): (a.etape, a.echeance, a.avis.rendu_le if a.avis else None)
        for candidature in avec_attendus(candidatures)
        for a in attendus(candidature, maintenant)
    }
    colonnes = Colonnes(candidatures, maintenant)
    lus = {
        (r.dossier, r.niveau, r.territoire): (r.etape, r.echeance, r.rendu_le)
        for niveau, territoire in {(niveau, territoire) for _, niveau, territoire in objets}
        for r in colonnes.reperes(niveau, territoire)
    }
    assert lus == objets
    assert {etape for etape, _, _ in lus.values()} == set(Etape)


@pytest.mark.parametrize("dans", [timedelta(0), timedelta(days=10), timedelta(days=25)])
def test_la_base_range_et_compte_comme_le_calcul(dans: timedelta) -> None:
    """À trois dates, pour un agent des deux niveaux : mêmes avis, même ordre, mêmes étapes, mêmes comptes, page par page."""
    toutes_les_situations()
    personne = habiliter(drihl(), Role.AGENT, Service.objects.get(region="32", type="region_logement"))
    for code in ("59", "78", "91", "93"):
        personne = habiliter(personne, Role.AGENT, Service.objects.get(departement=code, type__endswith="logement"))
    exiger_le_meme_a_traiter(personne, timezone.now() + dans)


def exiger_le_meme_a_traiter(personne: Utilisateur, maintenant: datetime) -> None:
    """Sans filtre, puis filtre par filtre : ce que disait le calcul."""
    territoires = territoires_de(personne)
    calcules = a_traiter_calcule(personne, territoires, maintenant)
    lues = avis_a_traiter(territoires)
    assert [
        (a.candidature_id, a.niveau, a.territoire, vars(a)["dite"], a.echeance, a.rendu_le) for a in avec_etape(lues, maintenant)
    ] == [(r.dossier, r.niveau.value, r.territoire, r.etape.value, r.echeance, r.rendu_le) for r in calcules]
    a_rendre = [r for r in calcules if r.etape in A_FAIRE]
    assert Comptes.de(lues, maintenant) == Comptes(
        len(calcules), len(a_rendre), sum(r.etape == Etape.EN_RETARD for r in a_rendre)
    )
    for etape in Etape:
        filtrees = FiltreATraiter({"etape": etape.value}, territoires, maintenant).filtrer(ranger(lues, maintenant))
        assert [a.candidature_id for a in filtrees] == [r.dossier for r in calcules if r.etape == etape]
    for territoire in territoires:
        filtrees = FiltreATraiter({"territoire": territoire.cle}, territoires, maintenant).filtrer(ranger(lues, maintenant))
        siens = [r.dossier for r in calcules if f"{r.niveau}-{r.territoire}" == territoire.cle]
        assert [a.candidature_id for a in filtrees] == siens
