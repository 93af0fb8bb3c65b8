"""L'enregistrement au fil de la frappe : rien de tapé ne se perd, et la page ne dit enregistré que ce qui l'est (A-1, F-01 à F-09, V-54)."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TropLong

from candidatures.actions import enregistrer, franchir
from candidatures.circuit import PASSAGES
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import violations
from tests.navigateur.depot import organisme_de
from tests.navigateur.frappe import (
    ENREGISTRE,
    NON_ENREGISTRE,
    SAISIES,
    Frappe,
    en_panne,
    finir_les_sessions,
    se_reconnecter,
)
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre
from tests.navigateur.mains import Clavier

pytestmark = pytest.mark.navigateur

TEXTE = "Des ménages « fragiles »,\n\n- isolés & âgés\n- <b>endettés</b>\n\tœuvre 👩‍👧 déjà\N{NO-BREAK SPACE}!"


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
    page.get_by_label("Seine-et-Marne").check(force=True)
    organismes = page.get_by_role("table", name=re.compile("Organismes porteurs"))
    organismes.get_by_label("Nom de l'organisme, ligne 2", exact=True).fill("Association voisine")
    frappe.attendre_l_enregistrement()
    gardee = relire(frappe.brouillon)
    assert [d.pk for d in gardee.departements.all()] == ["77"]
    assert [o.nom for o in gardee.organismes.all()][1:] == ["Association voisine"]

    frappe.aller("publics")
    page.get_by_role("radiogroup", name="Ménages éligibles au DALO").get_by_label("oui").check(force=True)
    frappe.aller("mobilisation")
    page.get_by_label("Création d'une offre nouvelle", exact=True).check(force=True)
    frappe.attendre_l_enregistrement()
    page.get_by_label("Création d'une offre nouvelle", exact=True).uncheck(force=True)
    frappe.attendre_l_enregistrement()
    assert (frappe.garde("dalo"), frappe.garde("offre_nouvelle")) == (True, False)


def test_seul_ce_qui_change_est_envoye(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    with frappe.page.expect_request(SAISIES) as envoi:
        frappe.champ("nombre_menages").fill("31")
    corps = envoi.value.post_data or ""
    assert re.findall(r'name="(\w+)"', corps) == ["csrfmiddlewaretoken", "champs", "page", "lu", "nombre_menages"]
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
    frappe.page.context.close()
    gardes = len(str(frappe.garde("caracteristiques_publics")))
    perdues = [coupure - instant for instant in tapes[gardes:]]
    assert gardes > 0
    assert max(perdues, default=0) <= 2


def test_une_page_tuee_apres_deux_secondes_et_demie_ne_perd_rien(ouvrir: Ouvrir) -> None:
    """F-05."""
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    frappe.champ("caracteristiques_publics").press_sequentially("Un texte de bonne longueur", delay=20)
    frappe.page.wait_for_timeout(2_500)
    frappe.page.context.close()
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


def test_l_accuse_du_serveur_vient_en_moins_de_deux_secondes(ouvrir: Ouvrir, record_property: Any) -> None:
    """A-1 : de la dernière frappe à « Enregistré ». La durée est imprimée ; la borne n'est qu'un garde-fou."""
    frappe = Frappe.ouvrir(ouvrir, complet=False)
    champ, durees = frappe.champ("caracteristiques_publics"), []
    for rang in range(20):
        champ.press_sequentially(f"phrase {rang} ", delay=10)
        derniere = time.monotonic()
        frappe.attendre_l_enregistrement()
        durees.append(time.monotonic() - derniere)
    p95 = statistics.quantiles(durees, n=20)[-1]
    print(f"\nde la dernière frappe à l'accusé : p50 {statistics.median(durees):.2f} s, p95 {p95:.2f} s")  # noqa: T201 – la mesure demandée
    record_property("p95", p95)
    assert statistics.median(durees) <= 2


# --- Session finie (F-01), jeton changé (F-02) -----------------------------------------------------------------------------
def test_la_session_expire_pendant_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill(TEXTE)
    frappe.attendre_l_enregistrement()
    finir_les_sessions()
    champ.press_sequentially(" Et ceci, tapé sans session.", delay=20)
    expect(frappe.dialogue).to_be_visible()
    expect(frappe.etat).to_have_text(re.compile("votre session a expiré$"))
    expect(champ).to_have_value(f"{TEXTE} Et ceci, tapé sans session.")
    assert frappe.garde("caracteristiques_publics") == TEXTE
    assert frappe.previent_avant_de_partir()
    assert not list(violations(frappe.page))

    with frappe.page.context.expect_page() as nouvel_onglet:
        frappe.dialogue.get_by_role("link", name="Se connecter").click()
    se_reconnecter(nouvel_onglet.value, frappe.personne)
    expect(frappe.dialogue).to_be_hidden()
    expect(frappe.etat).to_have_text(ENREGISTRE)
    expect(champ).to_be_focused()
    assert frappe.garde("caracteristiques_publics") == f"{TEXTE} Et ceci, tapé sans session."


def test_une_page_oubliee_apprend_que_la_session_est_finie(ouvrir: Ouvrir) -> None:
    """Sans rien taper ; le dialogue se ferme au clavier, et se rouvre."""
    frappe = Frappe.ouvrir(ouvrir)
    finir_les_sessions()
    expect(frappe.dialogue).to_be_visible()
    frappe.page.keyboard.press("Escape")
    expect(frappe.dialogue).to_be_hidden()
    frappe.page.get_by_role("button", name="Se reconnecter").press("Enter")
    expect(frappe.dialogue).to_be_visible()


def test_enregistrer_sans_session_garde_la_page(ouvrir: Ouvrir) -> None:
    """« Enregistrer et continuer » ne quitte pas la page tant que rien n'est écrit."""
    frappe = Frappe.ouvrir(ouvrir)
    finir_les_sessions()
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(frappe.dialogue).to_be_visible()
    exiger_le_titre(frappe.page, "Publics cibles du projet")
    expect(frappe.champ("caracteristiques_publics")).to_have_value(TEXTE)


def test_se_reconnecter_dans_un_autre_onglet_ne_gene_pas(ouvrir: Ouvrir) -> None:
    """F-02 : le jeton de la page est périmé ; elle en prend un neuf, sans rien demander."""
    frappe = Frappe.ouvrir(ouvrir)
    autre = frappe.page.context.new_page()
    autre.goto("/")
    with autre.expect_navigation():
        autre.get_by_role("button", name="Se déconnecter").click()
    autre.goto("/connexion/")
    se_reconnecter(autre, frappe.personne)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == TEXTE
    envoyer(frappe.page, "Enregistrer")
    expect(frappe.page.get_by_text("Section « Publics cibles du projet » enregistrée.")).to_be_visible()


def test_reconnecte_sous_un_autre_compte(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    etranger = un_bailleur(un_brouillon().organisme)
    finir_les_sessions()
    champ = frappe.champ("caracteristiques_publics")
    champ.fill(TEXTE)
    expect(frappe.dialogue).to_be_visible()
    autre = frappe.page.context.new_page()
    autre.goto("/connexion/")
    se_reconnecter(autre, etranger)
    expect(frappe.etat).to_contain_text("le compte connecté n’a pas accès à cette page")
    expect(champ).to_have_value(TEXTE)
    assert frappe.previent_avant_de_partir()
    finir_les_sessions()
    autre.goto("/connexion/")
    se_reconnecter(autre, frappe.personne)
    frappe.page.get_by_role("button", name="Réessayer").click()
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == TEXTE


# --- Réseau, serveur (F-03) --------------------------------------------------------------------------------------------------
def test_le_reseau_tombe_puis_revient(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    frappe.page.context.set_offline(True)
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


# --- Plusieurs mains (F-09), plus modifiable -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("choix", "attendu"),
    [
        ("Garder la mienne", "La mienne, à garder"),
        ("Prendre l’autre", "La leur, à garder"),
        ("Garder les deux, l’une après l’autre", "La leur, à garder\n\nLa mienne, à garder"),
    ],
)
def test_deux_textes_pour_une_reponse(ouvrir: Ouvrir, choix: str, attendu: str) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    collegue = un_bailleur(organisme_de(frappe.personne))
    enregistrer(frappe.brouillon, {"caracteristiques_publics": "La leur, à garder"}, par=collegue)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("La mienne, à garder")
    conflit = frappe.page.locator("[data-conflit=caracteristiques_publics]")
    expect(conflit).to_be_visible()
    expect(frappe.etat).to_have_text(re.compile("sauf 1 réponse à choisir$"))
    assert not list(violations(frappe.page))
    champ.press("End")
    frappe.page.wait_for_timeout(1_000)
    assert frappe.garde("caracteristiques_publics") == "La leur, à garder"
    conflit.get_by_role("button", name=choix).press("Enter")
    expect(conflit).to_have_count(0)
    expect(champ).to_have_value(attendu)
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == attendu
    champ.press("End")
    champ.press_sequentially("!")
    frappe.attendre_l_enregistrement()
    assert frappe.garde("caracteristiques_publics") == f"{attendu}!"


def test_deux_onglets_de_la_meme_personne(ouvrir: Ouvrir) -> None:
    """F-09 : deux réponses s'ajoutent ; la même, tapée des deux côtés, montre les deux textes."""
    frappe = Frappe.ouvrir(ouvrir)
    second = Frappe(frappe.page.context.new_page(), frappe.brouillon, frappe.personne)
    second.aller("publics")
    frappe.champ("nombre_menages").fill("31")
    frappe.attendre_l_enregistrement()
    second.champ("caracteristiques_publics").fill("Du second onglet")
    second.attendre_l_enregistrement()
    assert (frappe.garde("nombre_menages"), frappe.garde("caracteristiques_publics")) == (31, "Du second onglet")
    second.champ("nombre_menages").fill("32")
    expect(second.page.locator("[data-conflit=nombre_menages]")).to_be_visible()
    assert frappe.garde("nombre_menages") == 31


def test_deposee_par_un_collegue_pendant_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    deposer_par_ailleurs(frappe)
    champ = frappe.champ("caracteristiques_publics")
    champ.fill("Tapé trop tard")
    expect(frappe.etat).to_contain_text("vient d'être déposée")
    expect(champ).to_have_value("Tapé trop tard")
    with pytest.raises(TropLong), frappe.page.expect_request(SAISIES, timeout=2_000):
        champ.press_sequentially(" encore")
    assert "trop tard" not in str(frappe.garde("caracteristiques_publics"))


def deposer_par_ailleurs(frappe: Frappe) -> None:
    """Un collègue dépose, ailleurs."""
    deposant = un_bailleur(organisme_de(frappe.personne))
    franchir(relire(frappe.brouillon), PASSAGES["deposer"], par=deposant, maintenant=timezone.now())


# --- La page ------------------------------------------------------------------------------------------------------------------
POSITIONS = """() => [...document.querySelectorAll("form[data-saisie] .champ, form[data-saisie] td, form[data-saisie] button")]
  .filter((e) => e.offsetParent).map((e) => { const r = e.getBoundingClientRect(); return [Math.round(r.left), Math.round(r.top + scrollY), Math.round(r.width)]; })"""


def positions(page: Page) -> Any:
    """Où est chaque champ."""
    return page.evaluate(POSITIONS)


@pytest.mark.parametrize("largeur", [1280, 375])
def test_rien_ne_bouge_pendant_qu_on_tape(ouvrir: Ouvrir, largeur: int) -> None:
    """Ni l'état, ni une erreur, ni une panne, ni une correction ne déplacent un champ."""
    frappe = Frappe.ouvrir(ouvrir, viewport={"width": largeur, "height": 800})
    menages, publics = frappe.champ("nombre_menages"), frappe.champ("caracteristiques_publics")
    avant = positions(frappe.page)
    menages.fill("une trentaine environ, selon les arrivées")
    publics.press_sequentially("abc")
    expect(menages).to_have_attribute("aria-invalid", "true")
    assert positions(frappe.page) == avant
    en_panne(frappe.page, 1)
    publics.press_sequentially("def")
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert positions(frappe.page) == avant
    menages.fill("30")
    frappe.attendre_l_enregistrement()
    assert positions(frappe.page) == avant
    assert frappe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_une_erreur_rendue_par_le_serveur_se_leve_sans_rien_deplacer(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    menages = frappe.champ("nombre_menages")
    menages.fill("une trentaine")
    envoyer(frappe.page, "Enregistrer")
    expect(menages).to_have_attribute("aria-invalid", "true")
    avant = positions(frappe.page)
    menages.fill("30")
    frappe.attendre_l_enregistrement()
    expect(menages).not_to_have_attribute("aria-invalid", "true")
    assert positions(frappe.page) == avant


def test_au_clavier_seul(ouvrir: Ouvrir) -> None:
    """Taper, lire l'état, réessayer : sans souris, et la barre ne cache jamais le foyer."""
    frappe = Frappe.ouvrir(ouvrir)
    clavier = Clavier(frappe.page)
    en_panne(frappe.page, 9)
    clavier.taper(frappe.champ("caracteristiques_publics"), TEXTE)
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    frappe.page.unroute(SAISIES)
    clavier.activer(frappe.page.get_by_role("button", name="Réessayer"))
    frappe.attendre_l_enregistrement()
    for bouton in ("Enregistrer", "Enregistrer et continuer"):
        clavier.aller(frappe.page.get_by_role("button", name=bouton, exact=True))
    clavier.aller(frappe.champ("nombre_menages"))
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_rien_n_est_garde_dans_le_navigateur(ouvrir: Ouvrir) -> None:
    """V-54."""
    frappe = Frappe.ouvrir(ouvrir)
    frappe.page.context.set_offline(True)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    expect(frappe.etat).to_have_text(NON_ENREGISTRE)
    assert frappe.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert frappe.page.evaluate("indexedDB.databases()") == []


def test_suivre_un_lien_emporte_ce_qui_vient_d_etre_tape(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir)
    frappe.champ("caracteristiques_publics").fill(TEXTE)
    frappe.page.get_by_role("navigation", name="Sections de la fiche").get_by_role("link", name="Accompagnement").click()
    exiger_le_titre(frappe.page, "Accompagnement")
    assert frappe.garde("caracteristiques_publics") == TEXTE


def test_les_etats_de_la_page_sont_accessibles_a_375_pixels(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, viewport={"width": 375, "height": 700})
    frappe.champ("nombre_menages").fill("31")
    frappe.attendre_l_enregistrement()
    assert not list(violations(frappe.page))
    finir_les_sessions()
    frappe.champ("nombre_menages").fill("32")
    expect(frappe.dialogue).to_be_visible()
    assert not list(violations(frappe.page))
    assert frappe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
