"""L'enregistrement au fil de la frappe : rien de tapé ne se perd, et la page ne dit enregistré que ce qui l'est (A-1, F-03, F-05, F-06, F-07)."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.fabriques import relire
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.frappe import (
    ENREGISTRE,
    NON_ENREGISTRE,
    SAISIES,
    TEXTE,
    Frappe,
    en_panne,
    positions,
    tuer,
)
from tests.navigateur.gestes import entrer

pytestmark = pytest.mark.navigateur


# --- Enregistrer -----------------------------------------------------------------------------------------------------------
def test_ce_qu_on_tape_s_enregistre_sans_rien_demander(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    expect(frappe.etat).to_have_text("Enregistrement…")
    assert frappe.previent_avant_de_partir()
    frappe.attendre_l_enregistrement()
    assert not frappe.previent_avant_de_partir()
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_chaque_genre_de_reponse_s_enregistre(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, "projet", complet=False)
    page = frappe.page
    page.get_by_text("Île-de-France").click()
    page.get_by_label("Seine-et-Marne").press("Space")
    organismes = page.get_by_role("table", name=re.compile("Organismes porteurs"))
    organismes.get_by_label("Nom de l'organisme, ligne 2", exact=True).fill("Association voisine")
    frappe.attendre_l_enregistrement()
    gardee = relire(frappe.brouillon)
    assert [d.pk for d in gardee.departements.all()] == ["77"]
    assert [o.nom for o in gardee.organismes.all()][1:] == ["Association voisine"]

    frappe.aller("publics")
    page.get_by_role("radiogroup", name="Ménages éligibles au DALO").get_by_label("oui").press("Space")
    frappe.aller("mobilisation")
    page.get_by_label("Création d'une offre nouvelle", exact=True).press("Space")
    frappe.attendre_l_enregistrement()
    page.get_by_label("Création d'une offre nouvelle", exact=True).press("Space")
    frappe.attendre_l_enregistrement()
    assert (frappe.garde("dalo"), frappe.garde("offre_nouvelle")) == (True, False)


def test_seul_ce_qui_change_est_envoye(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    with frappe.page.expect_request(SAISIES) as envoi:
        frappe.champ("nombre_menages").fill("31")
    corps = envoi.value.post_data or ""
    assert re.findall(r'name="(\w+)"', corps) == ["csrfmiddlewaretoken", "champs", "page", "rang", "lu", "nombre_menages"]
    frappe.attendre_l_enregistrement()
    assert frappe.garde("nombre_menages") == 31


def test_pendant_une_frappe_continue_on_enregistre_quand_meme(ouvrir: Ouvrir) -> None:
    """Un onglet tué en pleine frappe perd au plus deux secondes."""
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    champ, debut = frappe.champ("caracteristiques_publics"), time.monotonic()
    champ.focus()
    tapes: list[float] = []
    while time.monotonic() - debut < 6:
        frappe.page.keyboard.type("a")
        tapes.append(time.monotonic())
        frappe.page.wait_for_timeout(50)
    coupure = time.monotonic()
    tuer(frappe.page)
    gardes = len(str(frappe.garde("caracteristiques_publics")))
    perdues = [coupure - instant for instant in tapes[gardes:]]
    assert gardes > 0
    assert max(perdues, default=0) <= 2


def test_une_page_tuee_apres_deux_secondes_et_demie_ne_perd_rien(ouvrir: Ouvrir) -> None:
    """F-05."""
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    frappe.champ("caracteristiques_publics").press_sequentially("Un texte de bonne longueur", delay=20)
    frappe.page.wait_for_timeout(2_500)
    tuer(frappe.page)
    assert frappe.garde("caracteristiques_publics") == "Un texte de bonne longueur"


def test_un_onglet_ferme_ou_cache_envoie_le_reste(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.close(run_before_unload=False)
    onglet = ouvrir()
    entrer(onglet, frappe.personne)
    suite = Frappe(onglet, frappe.brouillon, frappe.personne)
    suite.aller("publics")
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_l_envoi_part_apres_une_pause_ou_au_plus_tard(ouvrir: Ouvrir) -> None:
    """A-1, la part de la page : 0,7 s sans frappe, ou 1,5 s de frappe continue. L'accusé entier se mesure (`bench/accuse.py`)."""
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    page, envois = frappe.page, []
    page.clock.install()
    frappe.aller("publics")
    page.clock.pause_at(datetime.now(tz=UTC) + timedelta(hours=1))
    page.on("request", lambda requete: envois.append(requete.url) if requete.url.endswith("/saisie/") else None)
    champ = frappe.champ("caracteristiques_publics")
    for attentes in ([699], [500, 500, 499]):
        for attente in attentes:
            champ.press_sequentially("a")
            page.clock.run_for(attente)
        assert not envois
        with page.expect_response(SAISIES):
            page.clock.run_for(1)
        frappe.attendre_l_enregistrement()
        assert len(envois) == 1
        envois.clear()


# --- Réseau, serveur (F-03) --------------------------------------------------------------------------------------------------
def test_le_reseau_tombe_puis_revient(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    frappe.couper_le_reseau()
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("Tapé hors ligne")
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    expect(frappe.page.locator("[data-attente]")).to_have_text(re.compile(r"^ – nouvel essai dans \d+ s$"))
    assert frappe.previent_avant_de_partir()
    frappe.page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(champ).to_have_value("Tapé hors ligne")
    frappe.page.context.set_offline(False)
    expect(frappe.page.get_by_role("heading", level=1)).to_have_text("Publics cibles du projet")
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == "Tapé hors ligne"


def test_le_serveur_tombe_deux_fois_puis_revient(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    pannes = en_panne(frappe.page, 2)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert frappe.garde("caracteristiques_publics") != TEXTE
    assert not list(violations(frappe.page))
    frappe.attendre_l_enregistrement()
    assert len(pannes) == 2
    frappe.page.reload()
    expect(frappe.champ("caracteristiques_publics")).to_have_value(TEXTE)


def test_reessayer_n_attend_pas(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    en_panne(frappe.page, 4)
    frappe.champ("nombre_menages").fill("31")
    expect(frappe.page.locator("[data-attente]")).to_have_text(re.compile(r"dans [48] s"))
    frappe.page.unroute(SAISIES)
    frappe.page.get_by_role("button", name="Réessayer").press("Enter")
    expect(frappe.etat).to_have_text(ENREGISTRE, timeout=2_000)


def test_une_reponse_perdue_ne_fait_pas_un_conflit(ouvrir: Ouvrir) -> None:
    """Le serveur a écrit, la page ne l'a pas su : elle ne se dispute pas elle-même."""
    frappe = Frappe.ouvrir(ouvrir)
    frappe.page.route(SAISIES, lambda route: (route.fetch(), route.abort())[1], times=1)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("Un début")
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert frappe.garde("caracteristiques_publics") == "Un début"
    champ.press_sequentially(", et la suite")
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == "Un début, et la suite"


# --- Une réponse fausse (F-06), aux bornes (F-07) --------------------------------------------------------------------------------
def test_une_reponse_fausse_n_empeche_pas_les_autres(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    menages, publics = frappe.champ("nombre_menages"), frappe.champ("caracteristiques_publics")
    menages.fill("une trentaine")
    publics.fill(TEXTE)
    expect(frappe.etat).to_have_text(re.compile(r"^Enregistré à \d\d:\d\d, sauf 1 réponse à corriger$"))
    expect(menages).to_have_attribute("aria-invalid", "true")
    expect(menages).to_have_accessible_description(re.compile("« une trentaine » n'est pas un nombre entier"))
    assert (frappe.garde("nombre_menages"), frappe.garde("caracteristiques_publics")) == (24, TEXTE)
    assert frappe.previent_avant_de_partir()
    assert not list(violations(frappe.page))
    menages.fill("30")
    frappe.attendre_l_enregistrement()
    expect(menages).not_to_have_attribute("aria-invalid", "true")
    expect(menages).not_to_have_accessible_description(re.compile("n'est pas un nombre entier"))
    assert frappe.garde("nombre_menages") == 30


def test_une_cellule_fausse_se_dit_sous_le_tableau(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, "montage-financier")
    depenses = frappe.page.get_by_role("table", name="Dépenses, par volet")
    avant = positions(frappe.page)
    depenses.get_by_label("Volet, ligne 2", exact=True).fill("Coordination")
    montant = depenses.get_by_label("Montant (€), ligne 2", exact=True)
    montant.fill("390.760")
    expect(montant).to_have_attribute("aria-invalid", "true")
    expect(montant).to_have_accessible_description(re.compile("peut se lire de deux façons"))
    expect(frappe.page.locator(".tableau__faute").first).to_contain_text("Montant (€), ligne 2 : ")
    assert positions(frappe.page) == avant
    assert not list(violations(frappe.page))
    montant.fill("390 760")
    frappe.attendre_l_enregistrement()
    expect(frappe.page.locator(".tableau__faute").first).to_be_empty()
    assert [ligne.libelle for ligne in frappe.brouillon.lignes.filter(nature="depense")] == ["Accompagnement", "Coordination"]


@pytest.mark.parametrize(("fin", "juste"), [("", True), ("x", False)], ids=["à la borne", "un de trop"])
def test_un_texte_a_la_borne_avec_ses_retours_a_la_ligne(ouvrir: Ouvrir, fin: str, juste: bool) -> None:
    """F-07 : 20 000 points de code, retours à la ligne, emojis et e + accent comptés comme au serveur."""
    frappe = Frappe.ouvrir(ouvrir)
    motif = f"{'ligne ' * 10}\n👩‍👧 e\u0301te\u0301\N{NO-BREAK SPACE};\n"
    normalise = motif.replace("e\u0301", "é")
    texte = motif * (20_000 // len(normalise))
    reste = 20_000 - len(normalise) * (20_000 // len(normalise))
    texte += "z" * reste + fin
    champ = frappe.champ("caracteristiques_publics")
    avant = frappe.garde("caracteristiques_publics")
    champ.fill(texte)
    compteur = frappe.page.locator("#id_caracteristiques_publics_compteur")
    if juste:
        expect(compteur).to_have_text(re.compile(r"^20\s000 caractères sur 20\s000 admis$"))
        frappe.attendre_l_enregistrement()
        assert frappe.garde("caracteristiques_publics") == texte.replace("e\u0301", "é")
        return
    expect(compteur).to_have_text(re.compile(r"^1 caractère de trop"))
    expect(champ).to_have_accessible_description(re.compile(r"compte 20\s001 caractères"))
    assert frappe.garde("caracteristiques_publics") == avant
