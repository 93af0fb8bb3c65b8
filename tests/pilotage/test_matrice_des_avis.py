"""La matrice : qui la voit, ce que dit chaque case, les totaux, les filtres, les requêtes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from avis import actions
from avis.attendus import Etape, Niveau
from avis.lignes import reecrire_les_attendus
from candidatures.etats import Etat
from candidatures.models import Candidature
from comptes.models import Role, Service, Utilisateur
from comptes.portees import portee_de
from pilotage.matrice.forms import FiltreDeLaMatrice
from pilotage.matrice.releve import avis_connus, phrase
from pilotage.matrice.requetes import Suivi, candidatures_suivies, regions_montrees, suivis
from territoires.models import Departement
from tests.avis.fabriques import DEPARTEMENT, REGION, TROIS_REGIONS, agent, ecrire, rendre, un_contributeur, un_dossier
from tests.fabriques import Monde, habiliter, un_agent, un_national, une_campagne, une_candidature
from tests.hlm_projets.une_page import exiger_une_page
from tests.pilotage.fabriques import au_comite, decider
from tests.pilotage.releve import Releve

pytestmark = pytest.mark.django_db
MATRICE = reverse("pilotage:matrice")
OuvrirUnClient = Callable[[str], Client]


def connecte(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def ligne(candidature: Candidature, personne: Utilisateur, *, dans: timedelta = timedelta(0), region: str = "") -> Suivi:
    """La ligne de ce dossier, vue par cette personne."""
    return suivis([candidature.pk], personne, timezone.now() + dans, region=region)[0]


def totaux(personne: Utilisateur, *, regions: Collection[str] | None = None) -> str:
    """La phrase en tête de la matrice de cette personne."""
    maintenant = timezone.now()
    suivies, avis = candidatures_suivies(personne), avis_connus(portee_de(personne), maintenant, regions)
    return phrase(suivies.count(), suivies, avis, maintenant)


def reporter(dossier: Candidature, niveau: Niveau, territoire: str, echeance: datetime) -> None:
    actions.reporter(dossier, niveau, territoire, echeance, par=un_national(), maintenant=timezone.now(), motif="Motif.")


def mots(suivi: Suivi) -> dict[str, str]:
    """« 77 » → « rendu », « R11 » → « attendu »."""
    dits = {case.code: case.etape.label for region in suivi.regions for case in region.departements}
    return dits | {f"R{region.region.pk}": region.regionale.etape.label for region in suivi.regions}


class TestQuiLaVoit:
    @pytest.mark.parametrize(
        ("role", "code"), [(r, 200 if r in ("agent_regional", "lecteur", "administrateur") else 404) for r in Monde.ROLES]
    )
    def test_la_region_le_comite_le_national(self, role: str, code: int, monde: Monde, client_de: OuvrirUnClient) -> None:
        assert (monde.deposee_a.etat, monde.deposee_b.etat) == (Etat.DEPOSEE.value, Etat.DEPOSEE.value)
        assert client_de(role).get(MATRICE).status_code == code

    def test_un_agent_regional_n_y_lit_que_sa_region(self) -> None:
        """Un dossier de trois régions ne lui montre que la sienne ; un dossier d'ailleurs n'y est pas."""
        a_huit, ailleurs = un_dossier(TROIS_REGIONS), un_dossier(["13"])
        personne = un_agent("32", regional=True)
        assert mots(ligne(a_huit, personne)) == {"59": "attendu", "62": "attendu", "R32": "pas encore son tour"}
        assert ailleurs not in candidatures_suivies(personne)
        page = connecte(personne).get(MATRICE).content.decode()
        assert str(a_huit.numero) in page
        assert str(ailleurs.numero) not in page
        assert "Matrice des avis – Hauts-de-France" in page

    def test_qui_a_deux_regions_choisit(self) -> None:
        dreal_24 = Service.objects.get(region="24", type="region_logement")
        personne = habiliter(un_agent("32", regional=True), Role.AGENT, dreal_24)
        dossier = un_dossier(TROIS_REGIONS)
        assert set(mots(ligne(dossier, personne))) == {"59", "62", "R32", "45", "R24"}
        page = connecte(personne).get(MATRICE, {"region": "24"}).content.decode()
        assert page.count('class="case__lieu"') == 1
        assert '<option value="11">' not in page

    def test_departement_et_region_a_la_fois(self) -> None:
        """La DRIHL siège aux deux niveaux : une habilitation de plus n'ouvre pas d'autre région."""
        ddt = Service.objects.get(departement="13", type="departement_logement")
        personne = habiliter(un_agent("11", regional=True), Role.AGENT, ddt)
        ailleurs = un_dossier(["13"])
        assert Candidature.objects.visibles_par(personne).filter(pk=ailleurs.pk).exists()
        assert ailleurs not in candidatures_suivies(personne)

    def test_ni_brouillon_ni_retrait(self) -> None:
        national, retiree = un_national(), une_candidature(Etat.RETIREE)
        assert list(candidatures_suivies(national)) == []
        page = connecte(national).get(MATRICE).content.decode()
        assert str(retiree.numero) not in page
        assert "Aucun dossier" in page


class TestLesCases:
    def test_chaque_etape_a_son_mot(self) -> None:
        """Rendu, brouillon, attendu, en retard, passé outre, pas encore son tour."""
        dossier, national = un_dossier(["77", "75", "13"]), un_national()
        assert mots(ligne(dossier, national)) == {"13": "attendu", "75": "attendu", "77": "attendu"} | dict.fromkeys(
            ("R11", "R93"), "pas encore son tour"
        )
        rendre(dossier, DEPARTEMENT, "77")
        rendre(dossier, DEPARTEMENT, "13")
        assert mots(ligne(dossier, national)) == {
            "13": "rendu",
            "75": "attendu",
            "77": "rendu",
            "R11": "pas encore son tour",
            "R93": "attendu",
        }
        en_retard = timedelta(days=11)
        assert mots(ligne(dossier, national, dans=en_retard))["75"] == "en retard"
        rendre(dossier, REGION, "11", le=timezone.now() + en_retard, motif="Sans réponse.")
        assert mots(ligne(dossier, national))["75"] == "passé outre"
        assert mots(ligne(dossier, national))["R11"] == "rendu"

    @pytest.mark.parametrize(("niveau", "territoire", "cle"), [(DEPARTEMENT, "77", "77"), (REGION, "11", "R11")])
    def test_un_brouillon_n_est_nomme_qu_a_son_service(self, niveau: Any, territoire: str, cle: str) -> None:
        dossier = un_dossier()
        if niveau == REGION:
            rendre(dossier, DEPARTEMENT, "77")
        ecrire(dossier, niveau, territoire)
        vus = {
            "national": mots(ligne(dossier, un_national()))[cle],
            "comité": mots(ligne(dossier, un_national(Role.LECTEUR)))[cle],
            "DREAL": mots(ligne(dossier, agent(REGION, "11")))[cle],
            "contributeur": mots(ligne(dossier, un_contributeur("11")))[cle],
        }
        regional = "brouillon" if niveau == REGION else "attendu"
        assert vus == {"national": "attendu", "comité": "attendu", "DREAL": regional, "contributeur": regional}

    def test_le_mot_brouillon_n_est_meme_pas_dans_la_page_du_national(self) -> None:
        dossier = un_dossier()
        ecrire(dossier, DEPARTEMENT, "77")
        page = connecte(un_national()).get(MATRICE).content.decode()
        assert "brouillon" not in page.casefold()

    @pytest.mark.parametrize("rendus", [False, True])
    def test_chaque_lien_s_ouvre_a_qui_le_lit(self, rendus: bool) -> None:
        """Une case mène à l'avis s'il s'ouvre, au dossier sinon : jamais à une page introuvable."""
        dossier = un_dossier(TROIS_REGIONS)
        for code in ("59", "62") if rendus else ():
            rendre(dossier, DEPARTEMENT, code)
        for personne in (un_national(), un_national(Role.LECTEUR), agent(REGION, "32"), un_contributeur("32")):
            client = connecte(personne)
            page = client.get(MATRICE).content.decode()
            liens = set(re.findall(r'class="case [^"]*" href="([^"]+)"', page))
            assert liens
            assert {lien: client.get(lien).status_code for lien in liens} == dict.fromkeys(liens, 200)

    def test_un_agent_ne_lit_pas_une_decision_tue(self) -> None:
        dossier = au_comite()
        decider(dossier)
        lus = {nom: ligne(dossier, p).etat for nom, p in (("agent", agent(REGION, "11")), ("national", un_national()))}
        assert lus == {"agent": Etat.COMITE, "national": Etat.RETENUE}
        client = connecte(agent(REGION, "11"))
        assert str(dossier.numero) in client.get(MATRICE, {"etat": "comite"}).content.decode()
        assert str(dossier.numero) not in client.get(MATRICE, {"etat": "retenue"}).content.decode()


def exiger_la_meme_matrice(personne: Utilisateur, maintenant: datetime) -> None:
    """Filtre par filtre, tri par tri : les dossiers, leur ordre et les totaux sont ceux que disait le calcul."""
    portee = portee_de(personne)
    filtres = [{}, {"tri": "nom"}, {"tri": "retard"}, {"region": "11"}, {"region": "11", "tri": "retard"}, {"campagne": ""}]
    for etape in Etape:
        filtres += [{"etape": etape.value}, {"etape": etape.value, "region": "32"}, {"etape": etape.value, "campagne": ""}]
    for demande in filtres:
        filtre = FiltreDeLaMatrice(QueryDict(urlencode(demande)), personne, maintenant)
        sans_etape = {nom: valeur for nom, valeur in demande.items() if nom != "etape" and (nom, valeur) != ("tri", "retard")}
        tous = FiltreDeLaMatrice(QueryDict(urlencode(sans_etape)), personne, maintenant).qs
        releve = Releve(tous, portee, maintenant, regions_montrees(portee, filtre.retenus.get("region", "")))
        cles = releve.cles(etape=filtre.retenus.get("etape", ""), par_retard=filtre.retenus.get("tri") == "retard")
        assert list(filtre.qs.values_list("pk", flat=True)) == cles, demande
        assert phrase(len(cles), filtre.qs, filtre.avis, maintenant) == releve.phrase(cles), demande
        assert filtre.totaux == releve.phrase(cles), demande


class TestTotaux:
    def test_les_totaux_sont_ceux_des_cases(self) -> None:
        campagne = une_campagne(echeance_departementale=timezone.now() - timedelta(hours=1))
        un, deux = (une_candidature(campagne=campagne, departements=d) for d in (["77", "75"], ["13"]))
        rendre(un, DEPARTEMENT, "77")
        national = un_national()
        assert totaux(national) == "2 dossiers · 1 avis rendu sur 5 · 2 en retard"
        assert totaux(national, regions=["93"]) == "2 dossiers · 0 avis rendu sur 2 · 1 en retard"
        assert totaux(national) in connecte(national).get(MATRICE).content.decode()
        rendre(un, REGION, "11", motif="Sans réponse.")
        assert totaux(national) == "2 dossiers · 2 avis rendus sur 4 · 1 en retard"  # passé outre : n'est plus attendu
        assert deux.etat == Etat.DEPOSEE

    @pytest.mark.parametrize("dans", [timedelta(0), timedelta(days=11), timedelta(days=21)])
    def test_le_releve_compte_ce_que_montrent_les_cases(self, dans: timedelta) -> None:
        """Deux lectures, une règle : à chaque étape, pour chaque personne, les mêmes nombres."""
        dossiers = [un_dossier(TROIS_REGIONS) for _ in range(3)]
        for code in ("59", "62", "45"):
            rendre(dossiers[0], DEPARTEMENT, code)
        ecrire(dossiers[0], REGION, "32")
        rendre(dossiers[0], REGION, "24")
        ecrire(dossiers[1], DEPARTEMENT, "75")
        rendre(dossiers[1], DEPARTEMENT, "59")
        rendre(dossiers[1], REGION, "32", le=timezone.now() + timedelta(days=11), motif="Sans réponse.")
        reporter(dossiers[2], DEPARTEMENT, "75", timezone.now() + timedelta(days=15))
        reporter(dossiers[2], REGION, "11", timezone.now() + timedelta(hours=1))
        for personne in (
            un_national(),
            un_national(Role.LECTEUR),
            agent(REGION, "32"),
            un_contributeur("11"),
            agent(REGION, "24"),
        ):
            maintenant, portee = timezone.now() + dans, portee_de(personne)
            releve = Releve(candidatures_suivies(personne), portee, maintenant, regions_montrees(portee, ""))
            montres = {s.candidature.pk: Counter(c.etape for c in s.cases) for s in suivis(releve.cles(), personne, maintenant)}
            assert {pk: Counter(etapes) for pk, etapes in releve.etapes.items()} == montres
            if portee.administre or "32" in portee.regions:  # la France ; une région, qui a un brouillon
                exiger_la_meme_matrice(personne, maintenant)

    def test_ils_valent_pour_toutes_les_pages(self, monde: Monde) -> None:
        un_modele(monde, 26)
        page = connecte(un_national()).get(MATRICE).content.decode()
        assert "26 dossiers" in page
        assert page.count('class="matrice__dossier"') == 25
        assert 'rel="next"' in page


def un_modele(monde: Monde, nombre: int) -> None:
    """Des dossiers déposés, écrits par lot."""
    crees = Candidature.objects.bulk_create(
        Candidature(
            campagne=monde.campagne,
            organisme=monde.organisme_a,
            etat=Etat.DEPOSEE,
            nom=f"P{n}",
            numero=f"2026-77-{n:03}",
            deposee_le=timezone.now(),
        )
        for n in range(nombre)
    )
    for candidature in crees:
        candidature.departements.set(Departement.objects.filter(pk="77"))
    reecrire_les_attendus(Candidature.objects.filter(pk__in=[c.pk for c in crees]))


class TestFiltres:
    @pytest.fixture
    def dossiers(self) -> dict[str, Candidature]:
        ancienne = une_campagne(cloture=timezone.now() + timedelta(days=1))
        recente = une_campagne(echeance_departementale=timezone.now() - timedelta(hours=1))
        dossiers = {
            "ancien": une_candidature(campagne=ancienne, nom="Ancien"),
            "retard": une_candidature(campagne=recente, nom="Zèbre", departements=["13"]),
            "rendu": une_candidature(campagne=recente, nom="Abeille"),
        }
        rendre(dossiers["rendu"], DEPARTEMENT, "77")
        return dossiers

    @pytest.mark.parametrize(
        ("filtre", "attendus"),
        [
            ({}, ["retard", "rendu"]),
            ({"campagne": ""}, ["ancien", "retard", "rendu"]),
            ({"region": "11"}, ["rendu"]),
            ({"etape": "en_retard"}, ["retard"]),
            ({"etape": "rendu"}, ["rendu"]),
            ({"etape": "passe_outre"}, []),
            ({"q": "zebre"}, ["retard"]),
            ({"etat": "avis_regionaux"}, ["rendu"]),
            ({"tri": "nom"}, ["rendu", "retard"]),
            ({"tri": "retard"}, ["retard", "rendu"]),
            ({"tri": "etat"}, ["retard", "rendu"]),
            ({"tri": "invente", "etape": "brouillon", "region": "99", "page": "zz"}, ["retard", "rendu"]),
        ],
    )
    def test_chaque_filtre(self, filtre: dict[str, str], attendus: list[str], dossiers: dict[str, Candidature]) -> None:
        page = connecte(un_national()).get(MATRICE, filtre).content.decode()
        ordre = re.findall(r'<span class="insecable">([^<]+)</span>', page)
        numeros = {str(c.numero): nom for nom, c in dossiers.items()}
        assert sorted(ordre) == sorted(str(dossiers[nom].numero) for nom in attendus)
        if "tri" in filtre and filtre["tri"] != "invente":
            assert [numeros[n] for n in ordre] == attendus
        assert ("Un filtre n’a pas été compris" in page) is ("invente" in filtre.values())
        exiger_une_page(page)

    @pytest.mark.parametrize("valeur", ["\x00", "'", "a" * 5000, "💥", "%"])
    def test_une_valeur_hostile_ne_casse_rien(self, valeur: str, dossiers: dict[str, Candidature]) -> None:
        client = connecte(un_national())
        for nom in ("q", "etape", "region", "campagne", "tri", "etat", "page"):
            assert client.get(MATRICE, {nom: valeur}).status_code == 200


def test_requetes_constantes(monde: Monde, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Autant de requêtes pour une ligne d'un département que pour trois lignes de huit."""
    campagne, personne = une_campagne(), un_national()
    une_candidature(campagne=campagne)
    client = connecte(personne)
    client.get(MATRICE)  # la session est lue
    with django_assert_num_queries(NOMBRE_DE_REQUETES):
        client.get(MATRICE)
    for _ in range(2):
        dossier = une_candidature(campagne=campagne, departements=TROIS_REGIONS)
        rendre(dossier, DEPARTEMENT, "59")
    with django_assert_num_queries(NOMBRE_DE_REQUETES):
        assert client.get(MATRICE).content.decode().count('class="matrice__dossier"') == 3


NOMBRE_DE_REQUETES = 8
