"""La liste : qui la voit, ce qu'on y cherche, ce qu'elle coûte, et ce qu'elle tait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from territoires.models import cle_de_nom
from tests.fabriques import Monde, un_brouillon, un_organisme, une_candidature, une_personne

Ouvrir = Callable[[str], Client]
LISTE = "/candidatures/"

pytestmark = pytest.mark.django_db


def numeros(reponse: Any) -> list[str]:
    """Les références affichées, dans l'ordre."""
    assert reponse.status_code == 200
    return [candidature.reference for candidature, *_ in reponse.context["lignes"]]


# --- Qui --------------------------------------------------------------------------------------------------------------
def test_chacun_voit_ce_qu_il_peut_lire(monde: Monde, client_de: Ouvrir) -> None:
    brouillon, a, b = monde.brouillon_a.reference, monde.deposee_a.reference, monde.deposee_b.reference
    roles = ("administrateur", "lecteur", "agent_departemental", "agent_regional", "autre_agent")
    vues = {role: set(numeros(client_de(role).get(LISTE))) for role in roles}
    assert vues == {
        "administrateur": {brouillon, a, b},
        "lecteur": {a, b},
        "agent_departemental": {a},
        "agent_regional": {a},
        "autre_agent": {b},
    }


@pytest.mark.parametrize("role", ["redacteur", "deposant", "autre_bailleur"])
def test_un_bailleur_va_a_sa_page(client_de: Ouvrir, role: str) -> None:
    reponse = client_de(role).get(LISTE)
    assert (reponse.status_code, reponse["Location"]) == (302, "/candidatures/mes/")


def test_une_personne_sans_role_n_a_pas_de_liste(client: Client) -> None:
    client.force_login(une_personne())
    assert client.get(LISTE).status_code == 404


def test_une_liste_vide_le_dit(client_de: Ouvrir) -> None:
    assert "Aucune candidature pour l’instant" in client_de("lecteur").get(LISTE).content.decode()


# --- Chercher ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def trois(monde: Monde) -> dict[str, Candidature]:
    """Trois candidatures que tout distingue."""
    enes = un_organisme(nom="Énergie et Logis", statut="ESH")
    return {
        "a": une_candidature(campagne=monde.campagne, departements=("77",), nom="Suivi de familles", nombre_menages=10),
        "b": une_candidature(
            campagne=monde.campagne, organisme=enes, departements=("13", "59"), nom="Œuvrer à Évry", nombre_menages=30
        ),
        "c": un_brouillon(departements=("974",), nom="Àpre début", nombre_menages=None),
    }


@pytest.mark.parametrize(
    ("adresse", "attendues"),
    [
        ("", "abc"),
        ("q=FAMILLES", "a"),
        ("q=familles suivi", "a"),
        ("q=evry", "b"),
        ("q=ÉVRY", "b"),
        ("q=ÉNERGIE", "b"),
        ("q=energie", "b"),
        ("q=apre", "c"),
        ("q=2026-77-001", "a"),
        ("q=2026-13", "b"),
        ("q=  ", "abc"),
        ("q=!!!", ""),
        ("q=%25", ""),
        ("q=introuvable", ""),
        ("etat=deposee", "ab"),
        ("etat=brouillon", "c"),
        ("departement=59", "b"),
        ("departement=13", "b"),
        ("departement=2A", ""),
        ("region=11", "a"),
        ("region=04", "c"),
        ("region=32&departement=13", "b"),
        ("region=11&q=evry", ""),
    ],
)
def test_chercher_et_filtrer(trois: dict[str, Candidature], client_de: Ouvrir, adresse: str, attendues: str) -> None:
    reponse = client_de("administrateur").get(f"{LISTE}?{quote(adresse, safe='=&%')}")
    assert sorted(numeros(reponse)) == sorted(trois[nom].reference for nom in attendues)
    assert reponse.context["page"].paginator.count == len(attendues)


def test_chercher_un_brouillon_par_sa_reference(trois: dict[str, Candidature], client_de: Ouvrir) -> None:
    reference = trois["c"].reference
    assert numeros(client_de("administrateur").get(LISTE, {"q": reference.lower()})) == [reference]


def test_filtrer_par_campagne(trois: dict[str, Candidature], monde: Monde, client_de: Ouvrir) -> None:
    reponse = client_de("administrateur").get(LISTE, {"campagne": monde.campagne.pk})
    assert sorted(numeros(reponse)) == sorted([trois["a"].reference, trois["b"].reference])


@pytest.mark.parametrize(("tri", "ordre"), [("", "bac"), ("numero", "bac"), ("nom", "cab"), ("menages", "bac")])
def test_trier(trois: dict[str, Candidature], client_de: Ouvrir, tri: str, ordre: str) -> None:
    """Ce qui n'a pas de valeur vient en dernier, sur les deux bases."""
    if tri == "nom":
        Candidature.objects.filter(pk=trois["c"].pk).update(nom="a")
    assert numeros(client_de("administrateur").get(LISTE, {"tri": tri})) == [trois[nom].reference for nom in ordre]


@pytest.mark.parametrize(
    "adresse",
    [
        "q=%00",
        "departement=999",
        "departement=%00",
        "region=zz",
        "campagne=abc",
        "campagne=99999999999999999999",
        "etat=%ED%A0%80",
        "tri=methodologie",
        "tri=-pk;drop",
        f"q={'x' * 300}",
    ],
)
def test_un_filtre_incompris_est_dit_et_ignore(trois: dict[str, Candidature], client_de: Ouvrir, adresse: str) -> None:
    reponse = client_de("administrateur").get(f"{LISTE}?{adresse}")
    assert len(numeros(reponse)) == 3
    assert "<title>Erreur : Candidatures" in reponse.content.decode()


@pytest.mark.parametrize("page", ["zzz", "0", "-1", "999999999999999999999", "%00", "1.5"])
def test_une_page_absurde_n_est_pas_une_panne(trois: dict[str, Candidature], client_de: Ouvrir, page: str) -> None:
    assert len(numeros(client_de("lecteur").get(f"{LISTE}?page={page}"))) == 2


def test_la_pagination_garde_les_filtres(monde: Monde, client_de: Ouvrir) -> None:
    modele = monde.deposee_a
    Candidature.objects.bulk_create(
        Candidature(
            campagne=modele.campagne, organisme=modele.organisme, etat=Etat.DEPOSEE, numero=f"T-{rang}", deposee_le=timezone.now()
        )
        for rang in range(30)
    )
    reponse = client_de("administrateur").get(f"{LISTE}?etat=deposee&tri=numero&page=2")
    assert len(numeros(reponse)) == 6
    assert "etat=deposee&amp;tri=numero&amp;page=1" in reponse.content.decode()


# --- Ce que la liste tait ---------------------------------------------------------------------------------------------
@pytest.fixture
def decidee(monde: Monde) -> Candidature:
    """Retenue, mais la décision n'est pas publiée."""
    return une_candidature(Etat.RETENUE, campagne=monde.campagne, organisme=monde.organisme_a, par=monde.personne("deposant"))


@pytest.mark.parametrize(
    ("role", "etat", "visible"),
    [
        ("administrateur", "retenue", True),
        ("administrateur", "comite", False),
        ("lecteur", "retenue", True),
        ("agent_departemental", "retenue", False),
        ("agent_departemental", "comite", True),
        ("agent_regional", "retenue", False),
    ],
)
def test_filtrer_par_etat_ne_trahit_pas_une_decision(
    decidee: Candidature, client_de: Ouvrir, role: str, etat: str, visible: bool
) -> None:
    reponse = client_de(role).get(LISTE, {"etat": etat})
    assert numeros(reponse) == ([decidee.reference] if visible else [])


def test_la_decision_publiee_se_lit(decidee: Candidature, client_de: Ouvrir) -> None:
    Campagne.objects.update(publiee_le=timezone.now())
    [(_, etat, _)] = client_de("agent_departemental").get(LISTE, {"etat": "retenue"}).context["lignes"]
    assert etat == Etat.RETENUE


def test_l_etat_annote_est_celui_que_lit_la_personne(decidee: Candidature, monde: Monde) -> None:
    for role in monde.ROLES:
        personne = monde.personne(role)
        for candidature in Candidature.objects.visibles_par(personne).avec_etat_lu(personne):
            assert vars(candidature)["etat_lu"] == candidature.etat_lu_par(personne), role


# --- Ce qu'elle coûte -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["administrateur", "lecteur", "agent_departemental", "agent_regional"])
@pytest.mark.parametrize("adresse", ["", "?etat=deposee&region=11&departement=77&tri=organisme", "?q=habitat"])
def test_une_ou_trois_lignes_memes_requetes(monde: Monde, client_de: Ouvrir, role: str, adresse: str) -> None:
    client = client_de(role)
    une_candidature(campagne=monde.campagne)
    avec_une = requetes(client, adresse)
    for _ in range(2):
        une_candidature(campagne=monde.campagne, departements=("77", "75", "91"))
    avec_trois = requetes(client, adresse)
    assert len(avec_une) == len(avec_trois) <= 10


def test_aucun_long_texte_n_est_lu(monde: Monde, client_de: Ouvrir) -> None:
    une_candidature(campagne=monde.campagne)
    lues = " ".join(requetes(client_de("administrateur"), ""))
    assert "methodologie" not in lues
    assert "territoires_departement" not in lues  # la référence est connue ; une ligne n'en montre que les codes


def requetes(client: Client, adresse: str) -> list[str]:
    with CaptureQueriesContext(connection) as capture:
        assert numeros(client.get(LISTE + adresse))
    return [requete["sql"] for requete in capture.captured_queries]


# --- La clé où l'on cherche ---------------------------------------------------------------------------------------------------
def test_la_cle_suit_ce_dont_elle_est_faite(monde: Monde) -> None:
    """Par `save`, par `save` de quelques champs, par lot ; un autre champ ne l'écrit pas."""
    une = Candidature.objects.create(campagne=monde.campagne, organisme=monde.organisme_a, nom="L'ÉTÉ, à Œting")
    assert relue(une) == cle_de_nom(une.nom) == "l ete a œting"
    une.nom = "Hiver"
    une.save(update_fields=["contact_nom"])
    assert relue(une) == "l ete a œting"
    une.save(update_fields=["nom"])
    assert relue(une) == "hiver"
    [deux] = Candidature.objects.bulk_create([Candidature(campagne=monde.campagne, organisme=monde.organisme_a, nom="Été")])
    assert relue(deux) == "ete"
    monde.organisme_a.nom = "Habitat d'Été"
    monde.organisme_a.save(update_fields=["nom"])
    monde.organisme_a.refresh_from_db()
    assert monde.organisme_a.cle == "habitat d ete"


def relue(candidature: Candidature) -> str:
    return Candidature.objects.values_list("cle", flat=True).get(pk=candidature.pk)


@pytest.mark.parametrize("longueur", [599, 600, 601])
def test_une_cle_tient_dans_un_index(monde: Monde, longueur: int) -> None:
    """Un texte plus long se cherche par son début."""
    une = Candidature.objects.create(campagne=monde.campagne, organisme=monde.organisme_a, nom="é" * longueur)
    assert len(relue(une)) == min(longueur, 600)


@pytest.mark.parametrize(
    ("texte", "trouve"),
    [
        ("", False),
        ("--- '", False),
        ("ÉTÉ", True),
        ("ete", True),
        ("%", False),
        ("_", False),
        ("ete absent", False),
        ("habitat", True),
    ],
)
def test_contenir_un_texte(monde: Monde, texte: str, trouve: bool) -> None:
    Candidature.objects.create(campagne=monde.campagne, organisme=monde.organisme_a, nom="L'été")
    monde.organisme_a.nom = "Hàbitat"
    monde.organisme_a.save()
    assert Candidature.objects.contenant(texte).exists() is trouve


def test_contenir_la_reference_d_un_brouillon(monde: Monde) -> None:
    une = Candidature.objects.create(campagne=monde.campagne, organisme=monde.organisme_a, nom="Projet")
    for texte in (f"B-{une.pk}", f"b{une.pk}"[0], str(une.pk)):
        assert une in Candidature.objects.contenant(texte)
    assert une not in Candidature.objects.contenant(f"B-{une.pk}0")
