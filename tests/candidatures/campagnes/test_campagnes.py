"""Les campagnes : les régler à l'heure de Paris, à plusieurs, sans toucher au code des dossiers déposés."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.campagnes import actions
from candidatures.etats import Etat
from candidatures.models import Campagne
from comptes.ecriture import Changement, Conflit
from comptes.models import Acte
from hlm_projets.ecran.champ_d_instant import ChampDHeure, instant_a_paris
from tests.comptes.saisie import lire, lire_la_reponse, phrases
from tests.fabriques import Monde, un_brouillon, un_national, une_campagne, une_candidature

LISTE = "/candidatures/campagnes/"
CREER = "/candidatures/campagnes/creer/"
SAISIE = {
    "code": "2027",
    "titre": "Session 2027",
    "edition": "6e édition",
    "ouverture_jour": "2027-01-04",
    "ouverture_heure": "09:00",
    "cloture_jour": "2027-06-30",
    "cloture_heure": "23:59",
    "tolerance_minutes": "0",
    "enveloppe": "12 500 000 €",
    "plafond": "200\u202f000,50 €",
    "taux_maximum": "50 %",
    "duree_minimum": "12",
    "duree_maximum": "36",
}


@pytest.fixture
def client(client_de: Callable[[str], Client]) -> Client:
    """Un navigateur d'administrateur."""
    return client_de("administrateur")


@pytest.fixture
def second(db: None) -> Client:
    """Un autre administrateur."""
    client = Client()
    client.force_login(un_national())
    return client


def fiche(campagne: Campagne) -> str:
    """L'adresse de sa page."""
    return f"{LISTE}{campagne.pk}/"


# --- Créer ---------------------------------------------------------------------------------------------------------------
def test_creer_a_l_heure_de_paris(client: Client, monde: Monde) -> None:
    assert client.post(CREER, SAISIE).status_code == 302
    campagne = Campagne.objects.get(code="2027")
    assert campagne.ouverture == datetime(2027, 1, 4, 8, tzinfo=UTC), "l'hiver, Paris est à UTC+1"
    assert campagne.cloture == datetime(2027, 6, 30, 21, 59, tzinfo=UTC), "l'été, à UTC+2"
    assert (campagne.enveloppe, campagne.plafond) == (Decimal("12500000.00"), Decimal("200000.50"))
    assert (campagne.taux_maximum, campagne.duree_minimum, campagne.duree_maximum) == (Decimal("50.00"), 12, 36)
    acte = Acte.objects.get(acte="creer_campagne")
    assert acte.par == monde.personne("administrateur")
    assert acte.detail["cloture"] == "mercredi 30 juin 2027 à 23\u00a0h\u00a059, heure de Paris"


def test_la_page_propose_des_valeurs_de_depart(client: Client) -> None:
    vide = lire(client, CREER, "code")
    assert (vide["tolerance_minutes"], vide["duree_minimum"], vide["duree_maximum"]) == ("0", "1", "60")
    assert vide["ouverture_jour"] == vide["cloture_heure"] == vide["enveloppe"] == ""


@pytest.mark.parametrize(
    ("champ", "texte", "phrase"),
    [
        ("code", "2027-A", "Le code ne compte que des lettres sans accent et des chiffres."),
        ("code", "", "Choisissez un code."),
        ("titre", " ", "Écrivez le titre."),
        ("cloture_jour", "", "Indiquez aussi la date."),
        ("cloture_heure", "", "Indiquez aussi l'heure."),
        ("cloture_heure", "25:00", "« 25:00 » n'est pas une heure. Écrivez-la comme 23 h 59."),
        ("cloture_jour", "2027-02-30", "Cette date n'existe pas."),
        ("cloture_jour", "2027-01-03", "La clôture précède l'ouverture"),
        ("enveloppe", "1.000.000", "Voulez-vous dire 1\u00a0000\u00a0000 €"),
        ("enveloppe", "1 000 000 001", "Le montant dépasse 1\u00a0000\u00a0000\u00a0000\u00a0€"),
        ("plafond", "5 000 001", "Le montant dépasse 5\u00a0000\u00a0000\u00a0€"),
        ("plafond", "-5", "n'est pas un nombre"),
        ("taux_maximum", "101", "Une part va de 0 à 100 %."),
        ("duree_maximum", "6", "La durée maximale est plus courte que la durée minimale."),
        ("duree_maximum", "61", "Le nombre attendu va de 1 à 60 mois."),
        ("tolerance_minutes", "99999", "Le nombre attendu va de 0 à 1\u00a0440 minutes."),
    ],
)
def test_une_reponse_fausse_est_dite_et_rien_n_est_cree(champ: str, texte: str, phrase: str, client: Client) -> None:
    reponse = client.post(CREER, SAISIE | {champ: texte})
    assert reponse.status_code == 200
    assert " ".join(phrase.split()) in phrases(reponse)
    assert "<title>Erreur : " in phrases(reponse)
    assert not Campagne.objects.exists()
    assert not Acte.objects.exists()


@pytest.mark.parametrize("code", ["2026a", "2026A"])
def test_deux_campagnes_ne_portent_pas_le_meme_code(code: str, client: Client) -> None:
    une_campagne(code="2026a", titre="La première")
    assert "« La première » porte déjà ce code" in phrases(client.post(CREER, SAISIE | {"code": code}))
    assert Campagne.objects.count() == 1


def test_un_second_clic_ne_cree_pas_une_seconde_campagne(client: Client) -> None:
    codes = [client.post(CREER, SAISIE).status_code for _ in range(2)]
    assert codes == [302, 200]
    assert Campagne.objects.count() == Acte.objects.count() == 1


# --- Les heures (F-21) ---------------------------------------------------------------------------------------------------
def test_une_heure_qui_n_existe_pas_le_dit_et_en_propose_une_autre(client: Client) -> None:
    reponse = client.post(CREER, SAISIE | {"ouverture_jour": "2026-03-29", "ouverture_heure": "02:30"})
    assert "2 h 30 n'existe pas le 29 mars 2026 : cette nuit-là, l'heure passe de 2 h à 3 h." in phrases(reponse)
    assert "Écrivez par exemple 1 h 59 ou 3 h 00." in phrases(reponse)
    assert lire_la_reponse(reponse, "code")["ouverture_heure"] == "02:30"


def test_une_heure_qui_a_lieu_deux_fois_le_dit_et_en_propose_une_autre(client: Client) -> None:
    reponse = client.post(
        CREER, SAISIE | {"cloture_jour": "2026-10-25", "cloture_heure": "02:30", "ouverture_jour": "2026-01-01"}
    )
    assert "2 h 30 a lieu deux fois le 25 octobre 2026 : cette nuit-là, l'heure revient de 3 h à 2 h." in phrases(reponse)


@pytest.mark.parametrize(
    ("jour", "heure", "code"),
    [
        (date(2026, 3, 29), time(1, 59, 59), None),
        (date(2026, 3, 29), time(2, 0), "inexistant"),
        (date(2026, 3, 29), time(2, 59, 59), "inexistant"),
        (date(2026, 3, 29), time(3, 0), None),
        (date(2026, 10, 25), time(1, 59, 59), None),
        (date(2026, 10, 25), time(2, 0), "ambigu"),
        (date(2026, 10, 25), time(2, 59, 59), "ambigu"),
        (date(2026, 10, 25), time(3, 0), None),
        (date(2026, 10, 24), time(2, 30), None),
    ],
)
def test_les_bords_des_changements_d_heure(jour: date, heure: time, code: str | None) -> None:
    if code is None:
        assert instant_a_paris(jour, heure).replace(tzinfo=None) == datetime.combine(jour, heure)
        return
    with pytest.raises(ValidationError) as refus:
        instant_a_paris(jour, heure)
    assert refus.value.code == code


@pytest.mark.parametrize(
    ("texte", "lue"),
    [
        ("23:59", time(23, 59)),
        ("9h", time(9)),
        ("9 h 05", time(9, 5)),
        ("23\u00a0H\u00a059", time(23, 59)),
        ("23:59:59", time(23, 59, 59)),
    ],
)
def test_une_heure_se_lit_comme_on_l_ecrit(texte: str, lue: time) -> None:
    assert ChampDHeure().clean(texte) == lue


@pytest.mark.parametrize("texte", ["24:00", "12:60", "midi", "9", "09:00:61", "-1:00", "１２:００", "9h5", "\x00"])
def test_ce_qui_n_est_pas_une_heure_est_refuse(texte: str) -> None:
    with pytest.raises(ValidationError):
        ChampDHeure().clean(texte)


# --- Modifier ------------------------------------------------------------------------------------------------------------
def test_enregistrer_sans_rien_changer_n_ecrit_rien(client: Client) -> None:
    client.post(CREER, SAISIE | {"cloture_heure": "23:59:59"})
    campagne = Campagne.objects.get()
    assert client.post(fiche(campagne), lire(client, fiche(campagne), "titre")).status_code == 302
    assert Campagne.objects.values().get() == Campagne.objects.values().get(pk=campagne.pk)
    assert [a.acte for a in Acte.objects.all()] == ["creer_campagne"]
    campagne.refresh_from_db()
    assert campagne.cloture == datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC)


def test_changer_la_cloture_se_lit_au_journal_et_dans_l_historique(client: Client) -> None:
    client.post(CREER, SAISIE)
    campagne = Campagne.objects.get()
    client.post(
        fiche(campagne), lire(client, fiche(campagne), "titre") | {"cloture_jour": "2027-07-02", "cloture_heure": "12:00"}
    )
    acte = Acte.objects.get(acte="modifier_campagne")
    avant, apres = (
        "mercredi 30 juin 2027 à 23\u00a0h\u00a059, heure de Paris",
        "vendredi 2 juillet 2027 à 12\u00a0h, heure de Paris",
    )
    assert acte.detail == {"campagne": campagne.pk, "changements": {"cloture": [avant, apres]}}
    page = phrases(client.get(fiche(campagne)))
    assert " ".join(f"Clôture : {avant} → {apres}".split()) in page
    assert page.count("Création") == 1


def test_l_historique_est_celui_de_cette_campagne(client: Client) -> None:
    for code in ("2027", "2028"):
        client.post(CREER, SAISIE | {"code": code})
    une, autre = Campagne.objects.order_by("code")
    client.post(fiche(une), lire(client, fiche(une), "titre") | {"titre": "Titre nouveau"})
    assert "Titre : Session 2027 → Titre nouveau" in phrases(client.get(fiche(une)))
    assert "Titre nouveau" not in phrases(client.get(fiche(autre)))


def test_seuls_les_champs_du_formulaire_changent(client: Client) -> None:
    campagne = une_campagne()
    avant = Campagne.objects.values().get()
    intrus = {"publiee_le": "2026-01-01 00:00", "publiee_le_jour": "2026-01-01", "id": "999", "pk": "999"}
    donnees = lire(client, fiche(campagne), "titre") | {"titre": "Permis"} | intrus
    assert client.post(fiche(campagne), donnees).status_code == 302
    apres = Campagne.objects.values().get()
    instants = ("ouverture", "cloture")  # la page les montre à la seconde
    assert {n: v for n, v in apres.items() if n not in instants} == {n: v for n, v in avant.items() if n not in instants} | {
        "titre": "Permis"
    }


def test_le_code_ne_change_plus_apres_le_premier_depot(client: Client, monde: Monde) -> None:
    assert monde.brouillon_a.campagne == monde.campagne
    assert "code" in lire(client, fiche(monde.campagne), "titre"), "un brouillon n'a pas de numéro : le code peut changer"
    assert monde.deposee_a.numero == "2026-77-001"
    donnees = lire(client, fiche(monde.campagne), "titre")
    assert "code" not in donnees
    assert "il ne change plus" in phrases(client.get(fiche(monde.campagne)))
    assert client.post(fiche(monde.campagne), donnees | {"code": "9999", "titre": "Autre titre"}).status_code == 302
    campagne = Campagne.objects.get(pk=monde.campagne.pk)
    assert (campagne.code, campagne.titre) == ("2026", "Autre titre")


def test_un_depot_pendant_la_saisie_fige_aussi_le_code(client: Client, monde: Monde) -> None:
    donnees = lire(client, fiche(monde.campagne), "code") | {"code": "9999"}
    assert monde.deposee_a.etat == Etat.DEPOSEE
    client.post(fiche(monde.campagne), donnees)
    changement = {"code": Changement("2026", "9999")}
    with pytest.raises(ValidationError, match="ne change plus"):
        actions.modifier_campagne(monde.campagne, changement, par=un_national(), le=timezone.now())
    assert Campagne.objects.get().code == "2026"


# --- À plusieurs ---------------------------------------------------------------------------------------------------------
def test_deux_saisies_s_ajoutent(client: Client, second: Client) -> None:
    client.post(CREER, SAISIE)
    campagne = Campagne.objects.get()
    ouverte = lire(client, fiche(campagne), "titre")
    second.post(fiche(campagne), lire(second, fiche(campagne), "titre") | {"plafond": "150 000"})
    assert client.post(fiche(campagne), ouverte | {"cloture_jour": "2027-07-01"}).status_code == 302
    campagne.refresh_from_db()
    assert campagne.plafond == Decimal("150000.00")
    assert campagne.cloture == datetime(2027, 7, 1, 21, 59, tzinfo=UTC)


def test_deux_clotures_se_signalent(client: Client, second: Client) -> None:
    client.post(CREER, SAISIE)
    campagne = Campagne.objects.get()
    ouverte = lire(client, fiche(campagne), "titre")
    second.post(fiche(campagne), lire(second, fiche(campagne), "titre") | {"cloture_jour": "2027-07-02"})
    reponse = client.post(fiche(campagne), ouverte | {"cloture_jour": "2027-07-09"})
    assert "Une autre personne vient d'écrire ici : « vendredi 2 juillet 2027 à 23 h 59, heure de Paris »" in phrases(reponse)
    assert client.post(fiche(campagne), lire_la_reponse(reponse, "titre")).status_code == 302
    campagne.refresh_from_db()
    assert campagne.cloture == datetime(2027, 7, 9, 21, 59, tzinfo=UTC)


def test_deux_saisies_justes_dont_la_somme_est_fausse(client: Client, second: Client) -> None:
    client.post(CREER, SAISIE)
    campagne = Campagne.objects.get()
    ouverte = lire(client, fiche(campagne), "titre")
    second.post(fiche(campagne), lire(second, fiche(campagne), "titre") | {"ouverture_jour": "2027-05-01"})
    reponse = client.post(fiche(campagne), ouverte | {"cloture_jour": "2027-04-01"})
    assert "La clôture précède l'ouverture" in phrases(reponse)
    campagne.refresh_from_db()
    assert campagne.ouverture < campagne.cloture == datetime(2027, 6, 30, 21, 59, tzinfo=UTC)


def test_deux_saisies_identiques_n_en_font_qu_une(db: None) -> None:
    campagne, par, le = une_campagne(titre="Avant"), un_national(), timezone.now()
    for _ in range(2):
        actions.modifier_campagne(campagne, {"titre": Changement("Avant", "Après")}, par=par, le=le)
    assert Acte.objects.count() == 1
    with pytest.raises(Conflit):
        actions.modifier_campagne(campagne, {"titre": Changement("Avant", "Encore")}, par=par, le=le)


# --- La liste ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_se_lit_en_autant_de_requetes(
    nombre: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(nombre):
        un_brouillon(une_campagne(), complet=False)
    with django_assert_num_queries(3):
        assert len(client.get(LISTE).context["lignes"]) == nombre


def test_la_liste_dit_l_etat_et_les_nombres(client: Client) -> None:
    instant = timezone.now()
    ouverte = une_campagne(titre="Ouverte")
    une_candidature(campagne=ouverte)
    for _ in range(2):
        un_brouillon(ouverte, complet=False)
    une_campagne(titre="À venir", ouverture=instant + timedelta(days=1), cloture=instant + timedelta(days=90))
    une_campagne(titre="Close", ouverture=instant - timedelta(days=9), cloture=instant - timedelta(days=1))
    lignes = client.get(LISTE).context["lignes"]
    assert [(c.titre, libelle, c.brouillons, c.deposees) for c, _, libelle in lignes] == [
        ("À venir", "à venir", 0, 0),
        ("Ouverte", "ouverte", 2, 1),
        ("Close", "close", 0, 0),
    ]


def test_une_liste_vide_dit_quoi_faire(client: Client) -> None:
    assert "Créez la première" in phrases(client.get(LISTE))
