"""Le confort de la saisie : coller depuis un traitement de texte, remplir un tableau comme un tableur, compter, imprimer, reprendre."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from candidatures.champs import Choix, OuiNon, en_texte
from candidatures.documents.texte import nettoyer
from candidatures.echange import CHAMPS
from candidatures.models import Campagne, Candidature
from candidatures.textes import LIGNES, normaliser
from tests.fabriques import relire, un_brouillon, une_campagne, une_candidature
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import organisme_de, un_deposant
from tests.navigateur.frappe import Frappe
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.saisie import INTITULES, nomme

pytestmark = pytest.mark.navigateur

PRESSE_PAPIERS = Path(__file__).parent.parent / "exemples" / "presse_papiers"
COPIER = """({ html, texte }) => {
  const source = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: "x" }));
  source.select();
  source.addEventListener("copy", (evenement) => {
    evenement.clipboardData.setData("text/plain", texte);
    if (html) evenement.clipboardData.setData("text/html", html);
    evenement.preventDefault();
    source.remove();
  });
}"""


@pytest.fixture
def brouillon(page: Page) -> Candidature:
    """Un brouillon complet, et sa personne connectée ; rien ne s'enregistre au fil de la frappe, d'autres essais s'en chargent."""
    page.route("**/js/saisie.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    personne = un_deposant()
    entrer(page, personne)
    return un_brouillon(organisme=organisme_de(personne), par=personne)


def aller(page: Page, candidature: Candidature, code: str) -> None:
    page.goto(f"/candidatures/{candidature.pk}/section/{code}/")


def champ(page: Page, nom: str) -> Locator:
    return page.get_by_role("textbox", name=nomme(INTITULES[nom]))


def coller(page: Page, dans: Locator, texte: str, html: str = "") -> None:
    """Par le vrai presse-papiers : Ctrl+C d'une source qui y met ce qu'y mettrait un traitement de texte, puis Ctrl+V."""
    page.evaluate(COPIER, {"html": html, "texte": texte})
    page.keyboard.press("ControlOrMeta+c")
    dans.evaluate("(champ) => champ.focus({ preventScroll: true })")
    page.wait_for_load_state("networkidle")  # ce qui sert à coller se charge en entrant dans une zone de texte
    page.keyboard.press("ControlOrMeta+v")


# --- Coller depuis un traitement de texte -------------------------------------------------------------------------------------
@pytest.mark.parametrize("nom", sorted(chemin.stem for chemin in PRESSE_PAPIERS.glob("*.html")))
def test_coller_garde_puces_numeros_et_paragraphes(page: Page, brouillon: Candidature, nom: str) -> None:
    html, brut, attendu = (
        (PRESSE_PAPIERS / f"{nom}{suffixe}").read_text("utf-8") for suffixe in (".html", ".brut.txt", ".attendu.txt")
    )
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("avant  après")
    zone.evaluate("(zone) => zone.setSelectionRange(6, 6)")
    coller(page, zone, brut, html)
    expect(zone).to_have_value(f"avant {attendu} après")
    envoyer(page, "Enregistrer")
    assert relire(brouillon).methodologie == normaliser(f"avant {attendu} après")
    expect(zone).to_have_value(f"avant {attendu} après")


def test_un_collage_s_annule_et_le_compteur_suit(page: Page, brouillon: Candidature) -> None:
    html, brut = ((PRESSE_PAPIERS / f"word_puces{suffixe}").read_text("utf-8") for suffixe in (".html", ".brut.txt"))
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("Le texte d'avant")
    coller(page, zone, brut, html)
    expect(page.locator("#id_methodologie_compteur")).to_have_text(re.compile(rf"^{len(zone.input_value())} caractères sur"))
    page.keyboard.press("ControlOrMeta+z")
    expect(zone).to_have_value("Le texte d'avant")


def test_sans_html_le_texte_arrive_tel_quel_et_ses_puces_deviennent_lisibles(page: Page, brouillon: Candidature) -> None:
    brut = "\uf0b7\tun point\no\tdessous\n§\tplus bas\nfin"
    aller(page, brouillon, "accompagnement")
    zone = champ(page, "methodologie")
    zone.fill("")
    coller(page, zone, brut)
    expect(zone).to_have_value(brut)
    envoyer(page, "Enregistrer")
    expect(zone).to_have_value("•\tun point\n•\tdessous\n•\tplus bas\nfin")


# --- Les tableaux comme un tableur -----------------------------------------------------------------------------------------------
def tableau(page: Page, legende: str) -> Locator:
    return page.get_by_role("table", name=re.compile(f"^{legende}"))


def cellule(table: Locator, colonne: str, ligne: int) -> Locator:
    return table.get_by_label(f"{colonne}, ligne {ligne}", exact=True)


def test_tout_au_clavier_entree_descend_remonte_et_allonge(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    lignes = depenses.locator("tbody tr")
    avant = lignes.count()
    cellule(depenses, "Volet", 2).focus()
    for rang in range(2, avant + 3):
        expect(cellule(depenses, "Volet", rang)).to_be_focused()
        page.keyboard.type(f"Volet {rang}")
        page.keyboard.press("Tab")
        page.keyboard.type(f"{rang} 000,50 €")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
    expect(lignes).to_have_count(avant + 3)
    expect(page.get_by_role("status").filter(has_text=f"Ligne {avant + 3} ajoutée.")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    expect(cellule(depenses, "Volet", avant + 2)).to_be_focused()
    envoyer(page, "Enregistrer")
    gardees = [(ligne.libelle, str(ligne.montant)) for ligne in brouillon.lignes.filter(nature="depense")]
    assert gardees[1:] == [(f"Volet {rang}", f"{rang}000.50") for rang in range(2, avant + 3)]


def test_le_bouton_ajoute_une_ligne_et_y_mene(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "projet")
    organismes = tableau(page, "Organismes porteurs")
    avant = organismes.locator("tbody tr").count()
    bouton = page.locator("#organismes-porteurs").get_by_role("button", name="Ajouter une ligne")
    for ajoutee in range(avant + 1, 61):
        bouton.press("Enter")
        expect(cellule(organismes, "Nom de l'organisme", ajoutee)).to_be_focused()
    bouton.press("Enter")
    expect(page.get_by_role("status").filter(has_text="60 lignes au plus.")).to_have_count(1)
    cellule(organismes, "Nom de l'organisme", 60).fill("Le soixantième")
    envoyer(page, "Enregistrer")
    assert [porteur.nom for porteur in brouillon.organismes.all()][-1] == "Le soixantième"


BLOC = (
    "Appel à projets\tAide demandée\t1 234,50 €\t\tdemandé\r\n"
    "a_confirmer\tCAF\t12\u202f000\t30 %\tA CONFIRMER\r\n"
    'Autre\t"Fondation ""Abri""\r\net mécènes"\t3000\t\tacquis\r\n'
    "PORTEUR\tFonds propres\t41,37€\t\t\r\n"
    "\tSans financeur\t1\t\tpromis\r\n"
)


def test_coller_un_bloc_d_un_tableur(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    ressources = tableau(page, "Ressources")
    coller(page, cellule(ressources, "Financeur", 3), BLOC)
    expect(ressources.locator("tbody tr")).to_have_count(7)
    expect(cellule(ressources, "Montant (€)", 3)).to_have_value("1 234,50 €")
    expect(cellule(ressources, "Libellé", 4)).to_have_value("CAF (a_confirmer)")
    expect(cellule(ressources, "Libellé", 7)).to_have_value("Sans financeur (promis)")
    phrase = page.get_by_role("status").filter(has_text="5 lignes collées.")
    expect(phrase).to_contain_text("Ligne 4 : « a_confirmer » n’est pas dans la liste ; il est gardé dans le libellé.")
    envoyer(page, "Enregistrer")
    colonnes = ("financeur", "libelle", "montant", "part", "etat")
    gardees = [tuple(map(str, ligne)) for ligne in brouillon.lignes.filter(nature="ressource").values_list(*colonnes)][2:]
    assert gardees == [
        ("appel_a_projets", "Aide demandée", "1234.50", "None", "demande"),
        ("", "CAF (a_confirmer)", "12000.00", "30.00", "a_confirmer"),
        ("autre", 'Fondation "Abri" et mécènes', "3000.00", "None", "acquis"),
        ("porteur", "Fonds propres", "41.37", "None", ""),
        ("", "Sans financeur (promis)", "1.00", "None", ""),
    ]


def test_un_collage_de_tableur_s_annule_et_ce_qui_deborde_n_est_pas_jete(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    premiere = cellule(depenses, "Volet", 1)
    bloc = "\n".join(f"Volet {rang}\t{rang}\t\tcolonne de trop {rang}" for rang in range(1, 63))
    coller(page, premiere, bloc)
    expect(depenses.locator("tbody tr")).to_have_count(60)
    reste = page.get_by_role("textbox", name="Ce qui n’a pas trouvé de place dans le tableau").first
    expect(reste).to_have_value(re.compile(r"^colonne de trop 1\n.*Volet 61\t61\t\tcolonne de trop 61\nVolet 62", re.DOTALL))
    page.get_by_role("button", name="Annuler le collage").click()
    expect(premiere).to_have_value("Accompagnement")
    expect(cellule(depenses, "Montant (€)", 1)).to_have_value("42\u00a0000")
    expect(cellule(depenses, "Volet", 60)).to_have_value("")


def test_un_bloc_colle_s_enregistre_au_fil_de_la_frappe(ouvrir: Ouvrir) -> None:
    frappe = Frappe.ouvrir(ouvrir, "montage-financier")
    depenses = tableau(frappe.page, "Dépenses")
    coller(frappe.page, cellule(depenses, "Volet", 2), "Suivi\t1 500,50 €\r\nCoordination\t300\r\n")
    frappe.attendre_l_enregistrement()
    gardees = frappe.brouillon.lignes.filter(nature="depense").values_list("libelle", "montant")
    assert [(libelle, str(montant)) for libelle, montant in gardees][1:] == [("Suivi", "1500.50"), ("Coordination", "300.00")]
    frappe.page.wait_for_load_state("networkidle")


def test_un_mot_seul_se_colle_comme_ailleurs(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    volet = cellule(tableau(page, "Dépenses"), "Volet", 1)
    volet.evaluate("(champ) => champ.setSelectionRange(0, 0)")
    coller(page, volet, "Suivi, ")
    expect(volet).to_have_value("Suivi, Accompagnement")


def test_une_ligne_ajoutee_apres_une_faute_est_neuve(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "montage-financier")
    depenses = tableau(page, "Dépenses")
    derniere = depenses.locator("tbody tr").count()
    cellule(depenses, "Montant (€)", derniere).fill("beaucoup")
    envoyer(page, "Enregistrer")
    cellule(depenses, "Montant (€)", derniere).press("Enter")
    neuve = cellule(depenses, "Montant (€)", derniere + 1)
    expect(neuve).to_be_focused()
    expect(neuve).to_have_value("")
    expect(neuve).not_to_have_attribute("aria-invalid", "true")
    expect(depenses.locator("tbody tr").last.locator(".fr-messages-group")).to_have_count(0)


# --- Compter -------------------------------------------------------------------------------------------------------------------
MOTIFS = ["a", "e\u0301", "\u00a0", "😀", "👩‍👩‍👧", "ligne\r\n", "\u2028", "\x07bip", "\uf0b7\t"]


@pytest.mark.parametrize("nom", ["nom", "methodologie", "nombre_menages_precision"])
def test_le_compteur_compte_comme_le_serveur(page: Page, brouillon: Candidature, nom: str) -> None:
    """F-07 : au caractère près, à la borne, pour chaque signe difficile ; juste avant la borne et juste après."""
    maximum: int = getattr(CHAMPS[nom], "maximum", 0)
    aller(page, brouillon, {"nom": "projet", "methodologie": "accompagnement"}.get(nom, "publics"))
    zone, compteur = page.locator(f"#id_{nom}"), page.locator(f"[data-compteur=id_{nom}]")
    for motif in MOTIFS:
        points = len(normaliser(motif))
        fois = min(maximum // points, LIGNES - 1)
        juste = motif * fois + "a" * (maximum - fois * points)
        assert len(normaliser(juste)) == maximum
        for texte, depasse in ((juste, False), (juste + "b", True)):
            zone.evaluate(
                "(zone, texte) => { zone.value = texte; zone.dispatchEvent(new Event('input', {bubbles: true})); }", texte
            )
            expect(compteur).to_be_visible()
            attendu = "1 caractère de trop" if depasse else f"{maximum:,}".replace(",", "\u202f")
            assert (compteur.text_content() or "").startswith(attendu), (motif, compteur.text_content())


def test_le_compteur_compte_aussi_les_lignes(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "accompagnement")
    zone, compteur = champ(page, "methodologie"), page.locator("#id_methodologie_compteur")
    zone.fill("a\n" * (LIGNES - 1) + "b")
    expect(compteur).to_have_text(re.compile(r"^1\s999 caractères sur"))
    zone.fill("a\n" * LIGNES + "b")
    expect(compteur).to_have_text(re.compile(r"^1 ligne de trop, sur 1\s000 admises$"))


def test_une_precision_ne_se_compte_que_vers_la_fin_et_rien_ne_bouge(page: Page, brouillon: Candidature) -> None:
    aller(page, brouillon, "publics")
    zone, compteur = page.locator("#id_dalo_precision"), page.locator("[data-compteur=id_dalo_precision]")
    suivant = page.locator("#id_caracteristiques_publics")
    zone.fill("a" * 799)
    expect(compteur).to_be_hidden()
    avant = suivant.bounding_box()
    zone.press_sequentially("b")
    expect(compteur).to_be_visible()
    assert suivant.bounding_box() == avant


# --- Imprimer --------------------------------------------------------------------------------------------------------------------
def test_toute_la_fiche_s_imprime_et_elle_seule(page: Page, brouillon: Candidature, tmp_path: Path) -> None:
    """Chaque réponse y est, dans l'ordre ; ni menu, ni bouton, ni lien de navigation."""
    page.goto(f"/candidatures/{brouillon.pk}/")
    suivre(page, "Imprimer toute la fiche")
    expect(page.get_by_role("button", name="Imprimer toute la fiche")).to_be_visible()
    fichier = tmp_path / "fiche.pdf"
    page.pdf(path=fichier, format="A4", prefer_css_page_size=True)
    texte = texte_du_pdf(fichier)
    for nom, reponse in reponses_attendues(relire(brouillon)).items():
        assert sans_blanc(reponse) in texte, nom
    for ligne in brouillon.lignes.all():
        assert sans_blanc(ligne.libelle) in texte
    assert "Total42000" in texte.replace("\u202f", "").replace("\u00a0", "")
    for mot in (
        "Mes candidatures",
        "Se déconnecter",
        "Aller au contenu",
        "Imprimer toute la fiche",
        "La même fiche en PDF",
        "Aide",
    ):
        assert sans_blanc(mot) not in texte, mot


def reponses_attendues(candidature: Candidature) -> dict[str, str]:
    """Ce que chaque rubrique dit, cases à part."""
    return {
        nom: en_texte(champ, getattr(candidature, nom)) for nom, champ in CHAMPS.items() if not isinstance(champ, (OuiNon, Choix))
    }


def texte_du_pdf(fichier: Path) -> str:
    lu = subprocess.run(["pdftotext", "-raw", fichier, "-"], capture_output=True, check=True).stdout.decode()
    return sans_blanc(lu)


def sans_blanc(texte: str) -> str:
    """Sans blanc ni tiret, marqueurs de liste compris : la page les espace à sa façon."""
    return "".join(nettoyer(texte).split()).replace("-", "")


def test_une_rubrique_courte_ne_se_coupe_pas(page: Page, brouillon: Candidature, tmp_path: Path) -> None:
    """Chaque intitulé est sur la page du début de sa réponse."""
    fichier = tmp_path / "fiche.pdf"
    page.goto(f"/candidatures/{brouillon.pk}/lecture/")
    page.pdf(path=fichier, format="A4", prefer_css_page_size=True)
    pages = subprocess.run(["pdftotext", "-raw", fichier, "-"], capture_output=True, check=True).stdout.decode().split("\f")
    assert len(pages) > 2
    for nom in ("methodologie", "adhesion_menage", "partenaires", "cofinancements", "typologie_logements"):
        (une,) = [page_ for page_ in pages if f"Réponse à {nom} " in page_]
        assert sans_blanc(INTITULES[nom]) in sans_blanc(une)


# --- Reprendre -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_reprendre_un_dossier_puis_le_relire(ouvrir: Ouvrir, javascript: bool) -> None:
    page, personne = ouvrir(java_script_enabled=javascript), un_deposant()
    organisme = organisme_de(personne)
    ancienne = une_candidature(campagne=une_campagne(code="2025"), organisme=organisme, par=personne)
    instant = timezone.now()
    dates: dict[str, Any] = {"ouverture": instant - timedelta(days=90), "cloture": instant - timedelta(days=60)}
    Campagne.objects.filter(code="2025").update(**dates)
    entrer(page, personne)
    suivre(page, f"Reprendre dans une nouvelle candidature : {ancienne.titre}")
    page.get_by_text("Tout garder", exact=True).click()
    page.get_by_role("combobox", name=INTITULES["methodologie"]).select_option(label="garder, à relire")
    page.get_by_role("combobox", name=INTITULES["partenaires"]).select_option(label="laisser vide")
    envoyer(page, "Créer le brouillon")
    nouvelle = Candidature.objects.get(origine=ancienne)
    exiger_le_titre(page, nouvelle.titre)
    suivre(page, "1 rubrique à relire")
    suivre(page, INTITULES["methodologie"])
    champ(page, "adhesion_menage").fill("Tapé avant de dire relu")
    expect(page.get_by_text("Reprise de 2025 : à relire")).to_be_visible()
    envoyer(page, f"C’est relu : {INTITULES['methodologie']}")
    expect(page.get_by_text("Reprise de 2025 : à relire")).to_have_count(0)
    gardee = relire(nouvelle)
    assert (gardee.a_revoir, gardee.adhesion_menage, gardee.partenaires) == ([], "Tapé avant de dire relu", "")


def test_entree_dans_une_section_reprise_ne_dit_rien_relu(page: Page, brouillon: Candidature) -> None:
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=["nombre_menages"])
    aller(page, brouillon, "publics")
    with page.expect_navigation():
        champ(page, "nombre_menages").press("Enter")
    exiger_le_titre(page, "Modalités de mobilisation des logements")
    assert relire(brouillon).a_revoir == ["nombre_menages"]


def test_changer_une_rubrique_reprise_efface_sa_marque_sans_rien_deplacer(page: Page, brouillon: Candidature) -> None:
    Candidature.objects.filter(pk=brouillon.pk).update(a_revoir=["nombre_menages", "dalo"])
    aller(page, brouillon, "publics")
    marques, suivant = page.locator(".a-relire p"), page.locator("#id_caracteristiques_publics")
    avant = suivant.bounding_box()
    page.locator("#id_nombre_menages_precision").press_sequentially("x")
    expect(marques.first).to_be_hidden()
    expect(marques.last).to_be_visible()
    assert suivant.bounding_box() == avant
    envoyer(page, "Enregistrer")
    assert relire(brouillon).a_revoir == ["dalo"]
