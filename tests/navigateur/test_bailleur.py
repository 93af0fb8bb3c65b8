"""Le bailleur se trompe, revient en arrière, supprime, retire, habite loin : rien ne se perd, rien ne se fait deux fois."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from candidatures.models import Candidature
from hlm_projets.models import Courriel
from tests.fabriques import relire, un_bailleur, un_brouillon, une_campagne, une_candidature
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.depot import deposer, organisme_de, un_deposant
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.saisie import INTITULES, nomme

pytestmark = pytest.mark.navigateur
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def brouillon(page: Page) -> Candidature:
    """Un brouillon prêt à déposer, et sa personne connectée sur la page."""
    personne = un_deposant()
    organisme = organisme_de(personne)
    entrer(page, personne)
    return un_brouillon(organisme=organisme, par=personne)


# --- Se tromper (F-06) -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_un_champ_faux_n_emporte_pas_les_autres(ouvrir: Ouvrir, javascript: bool) -> None:
    page, personne = ouvrir(java_script_enabled=javascript), un_deposant()
    brouillon = un_brouillon(organisme=organisme_de(personne), par=personne)
    entrer(page, personne)
    page.goto(f"/candidatures/{brouillon.pk}/section/publics/")
    menages = page.get_by_role("textbox", name=nomme(INTITULES["nombre_menages"]))
    publics = page.get_by_role("textbox", name=nomme(INTITULES["caracteristiques_publics"]))
    menages.fill("une trentaine")
    publics.fill("Des ménages\n\n- fragiles")
    envoyer(page, "Enregistrer et continuer")
    expect(page).to_have_title(re.compile(r"^Erreur : "))
    expect(menages).to_have_value("une trentaine")
    expect(menages).to_have_attribute("aria-invalid", "true")
    expect(menages).to_have_accessible_description(re.compile("n'est pas un nombre entier"))
    assert relire(brouillon).caracteristiques_publics == "Des ménages\n\n- fragiles"
    assert relire(brouillon).nombre_menages == 24
    exiger_un_resume_qui_mene(page, INTITULES["nombre_menages"], javascript=javascript)


def exiger_un_resume_qui_mene(page: Page, intitule: str, *, javascript: bool) -> None:
    """Le résumé a le foyer ; son lien mène au champ."""
    resume = page.get_by_role("alert")
    if javascript:
        expect(resume).to_be_focused()
    lien = resume.get_by_role("link", name=intitule)
    lien.click()
    champ = page.get_by_role("textbox", name=nomme(intitule))
    expect(champ).to_be_in_viewport()
    if javascript:
        expect(champ).to_be_focused()


def test_un_montant_ambigu_est_demande_a_sa_ligne(page: Page, brouillon: Candidature) -> None:
    page.goto(f"/candidatures/{brouillon.pk}/section/montage-financier/")
    depenses = page.get_by_role("table", name="Dépenses, par volet")
    depenses.get_by_label("Volet, ligne 2", exact=True).fill("Coordination")
    depenses.get_by_label("Montant (€), ligne 2", exact=True).fill("390.760")
    envoyer(page, "Enregistrer")
    expect(depenses.get_by_label("Montant (€), ligne 2", exact=True)).to_have_value("390.760")
    expect(depenses.get_by_text(re.compile("peut se lire de deux façons"))).to_be_visible()
    assert [ligne.libelle for ligne in brouillon.lignes.filter(nature="depense")] == ["Accompagnement", "Coordination"]


# --- Revenir en arrière (F-16) ---------------------------------------------------------------------------------------------
def test_revenir_en_arriere_apres_le_depot(page: Page, brouillon: Candidature) -> None:
    page.goto(f"/candidatures/{brouillon.pk}/section/duree/")
    envoyer(page, "Enregistrer et continuer")
    suivre(page, "Continuer : vérifier et déposer")
    deposer(page)
    for _ in range(3):
        page.go_back()
        exiger_le_titre(page, relire(brouillon).titre)
        expect(page.get_by_role("button", name=re.compile("Enregistrer|Déposer"))).to_have_count(0)
    exiger_un_seul_depot(brouillon)


def test_renvoyer_le_depot_rend_le_meme_recu(page: Page, brouillon: Candidature) -> None:
    page.goto(f"/candidatures/{brouillon.pk}/verifier/")
    numero = deposer(page)
    page.reload()
    exiger_le_titre(page, "Cette candidature est déjà déposée")
    expect(page.get_by_role("main")).to_contain_text(numero)
    exiger_un_seul_depot(brouillon)


def exiger_un_seul_depot(candidature: Candidature) -> None:
    """Un dépôt au journal, un reçu par personne."""
    assert candidature.evenements.filter(acte="deposer").count() == 1
    assert Courriel.objects.filter(nom="recu_depot").count() == Courriel.objects.values("destinataire").distinct().count()


def test_une_page_restee_ouverte_rend_ce_qui_y_est_tape(page: Page, brouillon: Candidature) -> None:
    autre_onglet = page.context.new_page()
    autre_onglet.goto(f"/candidatures/{brouillon.pk}/section/partenariat/")
    page.goto(f"/candidatures/{brouillon.pk}/verifier/")
    deposer(page)
    autre_onglet.get_by_role("textbox", name=nomme(INTITULES["partenaires"])).fill("Un texte\ntapé trop tard")
    reponse = envoyer(autre_onglet, "Enregistrer")
    assert reponse.status == 409
    exiger_le_titre(autre_onglet, "Cette candidature ne peut plus être modifiée")
    expect(autre_onglet.get_by_label(INTITULES["partenaires"])).to_have_value("Un texte\ntapé trop tard")
    assert "trop tard" not in relire(brouillon).partenaires
    suivre(autre_onglet, "Lire le dossier")
    exiger_le_titre(autre_onglet, brouillon.titre)


# --- Être deux sur la même section (F-09) ---------------------------------------------------------------------------------------
def test_a_deux_sur_une_section_rien_ne_s_efface(ouvrir: Ouvrir) -> None:
    personne = un_deposant()
    organisme = organisme_de(personne)
    brouillon = un_brouillon(organisme=organisme, par=personne)
    premiere, seconde = ouvrir(), ouvrir()
    for page, qui in ((premiere, personne), (seconde, un_bailleur(organisme))):
        entrer(page, qui)
        page.goto(f"/candidatures/{brouillon.pk}/section/accompagnement/")
    changer(premiere, methodologie="La méthode de la première", adhesion_menage="L'adhésion de la première")
    envoyer(premiere, "Enregistrer")
    changer(seconde, methodologie="La méthode de la seconde", relation_bailleur="La relation de la seconde")
    envoyer(seconde, "Enregistrer")
    expect(seconde).to_have_title(re.compile("^Erreur : "))
    expect(seconde.get_by_role("alert")).to_be_focused()
    expect(seconde.get_by_role("group", name="La réponse enregistrée")).to_contain_text("La méthode de la")
    expect(champ(seconde, "methodologie")).to_have_value("La méthode de la seconde")
    gardee = relire(brouillon)
    assert gardee.methodologie == "La méthode de la première"
    assert (gardee.adhesion_menage, gardee.relation_bailleur) == ("L'adhésion de la première", "La relation de la seconde")
    seconde.get_by_label("La mienne, telle qu’elle est dans le formulaire").press("Space")
    envoyer(seconde, "Enregistrer")
    assert relire(brouillon).methodologie == "La méthode de la seconde"


def changer(page: Page, **reponses: str) -> None:
    """Tape ces réponses."""
    for nom, texte in reponses.items():
        champ(page, nom).fill(texte)


def champ(page: Page, nom: str) -> Locator:
    """Le champ de texte d'une rubrique, trouvé par son intitulé."""
    return page.get_by_role("textbox", name=nomme(INTITULES[nom]))


# --- Supprimer, retirer ------------------------------------------------------------------------------------------------------
def test_supprimer_un_brouillon_se_confirme(page: Page, brouillon: Candidature) -> None:
    page.goto(f"/candidatures/{brouillon.pk}/")
    suivre(page, "Supprimer ce brouillon")
    suivre(page, "Garder le brouillon")
    assert Candidature.objects.filter(pk=brouillon.pk).exists()
    suivre(page, "Supprimer ce brouillon")
    envoyer(page, "Supprimer définitivement")
    exiger_le_titre(page, "Mes candidatures")
    expect(page.get_by_role("status")).to_contain_text("est supprimé")
    assert not Candidature.objects.filter(pk=brouillon.pk).exists()


def test_retirer_une_candidature_se_motive(page: Page) -> None:
    personne = un_deposant()
    deposee = une_candidature(organisme=organisme_de(personne), par=personne)
    entrer(page, personne)
    page.goto(f"/candidatures/{deposee.pk}/")
    suivre(page, "Retirer la candidature")
    envoyer(page, "Retirer la candidature")
    expect(page).to_have_title(re.compile(r"^Erreur : "))
    motif = page.get_by_role("textbox", name=nomme("Motif"))
    expect(motif).to_have_accessible_description(re.compile(r"^0 caractère sur 2\s000 admis Écrivez le motif\."))
    motif.fill("Le partenaire s'est désisté.")
    envoyer(page, "Retirer la candidature")
    exiger_le_titre(page, deposee.titre)
    chronologie = page.get_by_role("region", name="Chronologie").get_by_role("listitem").first
    expect(chronologie).to_contain_text("Candidature retirée")
    expect(chronologie).to_contain_text("Le partenaire s'est désisté.")
    assert relire(deposee).etat == "retiree"


# --- Habiter loin (F-20) -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("departement", "fuseau", "heure"),
    [
        ("971", "America/Guadeloupe", "(18 h 59, heure de la Guadeloupe)"),
        ("973", "America/Cayenne", "(19 h 59, heure de la Guyane)"),
        ("974", "Indian/Reunion", "mardi 1er décembre {} à 2 h 59"),
        ("976", "Indian/Mayotte", "mardi 1er décembre {} à 1 h 59"),
    ],
)
def test_l_echeance_est_dite_a_l_heure_d_ici_et_de_la_bas(ouvrir: Ouvrir, departement: str, fuseau: str, heure: str) -> None:
    page, personne = ouvrir(timezone_id=fuseau), un_deposant()
    annee = next(an for an in range(timezone.now().year + 1, 9999) if datetime(an, 11, 30, tzinfo=PARIS).weekday() == 0)
    campagne = une_campagne(cloture=datetime(annee, 11, 30, 23, 59, tzinfo=PARIS))
    brouillon = un_brouillon(campagne, organisme_de(personne), par=personne, departements=(departement,))
    entrer(page, personne)
    for adresse in ("/candidatures/mes/", f"/candidatures/{brouillon.pk}/", f"/candidatures/{brouillon.pk}/verifier/"):
        page.goto(adresse)
        texte = re.sub(r"\s", " ", page.get_by_role("main").inner_text())
        assert f"lundi 30 novembre {annee} à 23 h 59, heure de Paris" in texte
        assert heure.format(annee) in texte
