"""Toute la chaîne, chacun à son écran : le dépôt, les avis, la décision, la publication ; et le PDF de chacun, mot à mot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from avis.models import AvisRegional
from candidatures.echange.lire import lire_fiche
from candidatures.etats import Etat
from candidatures.imports.charger import charger
from candidatures.models import Campagne, Candidature
from comptes.models import Role, Utilisateur
from hlm_projets.models import Courriel
from territoires.models import Departement
from tests.exemples import fiches_inventees
from tests.exemples.vraies import Fiche, fiches_vraies
from tests.fabriques import relire, un_national
from tests.navigateur.depot import deposer, organisme_de, un_deposant
from tests.navigateur.gestes import commencer, entrer, envoyer, exiger_le_titre, se_connecter, suivre
from tests.navigateur.instruire import (
    RENDRE,
    a_taper,
    decider,
    donner_son_avis,
    les_agents,
    ouvrir_l_avis,
    pdf_lu_par,
    publier,
    rediger,
    rendre,
    rouvrir,
)
from tests.navigateur.papier import Avis, AvisDuPapier, exiger_la_fiche
from tests.navigateur.saisie import Saisie, nomme

pytestmark = pytest.mark.navigateur
FICHES = fiches_inventees() | fiches_vraies()
DECISIONS: tuple[tuple[str, Etat, dict[str, str], str], ...] = (
    ("Retenir", Etat.RETENUE, {"Montant_accordé": "120 000"}, "Montant accordé : 120 000 €"),
    ("Ne pas retenir", Etat.NON_RETENUE, {"Motif": "Le plan ne s'équilibre pas."}, "Le plan ne s'équilibre pas."),
    ("Mettre en liste complémentaire", Etat.LISTE_COMPLEMENTAIRE, {}, "Liste complémentaire"),
)
MOTIF = "Ce service n'a plus d'agent depuis deux mois."


class Chaine:
    """Un dossier, les gens qui le mènent, et les avis rendus jusqu'ici (« 77 », « R11 »)."""

    def __init__(self, page: Page, fiche: Fiche, bailleur: Utilisateur) -> None:
        self.page, self.fiche, self.bailleur = page, fiche, bailleur
        self.agents, self.national = les_agents(fiche), un_national()
        self.rendus: dict[str, AvisDuPapier] = {}
        self.candidature: Candidature

    @property
    def numero(self) -> str:
        """Celui du dossier."""
        return self.candidature.reference

    @property
    def regions(self) -> dict[str, set[str]]:
        """Les départements de chaque région : « R11 » → {« 75 », …}."""
        regions: dict[str, set[str]] = {}
        for departement in Departement.objects.filter(pk__in=self.fiche["departements"]):
            regions.setdefault(f"R{departement.region_id}", set()).add(departement.pk)
        return regions

    # --- Agir ----------------------------------------------------------------------------------------------------------
    def deposer_a_l_ecran(self) -> None:
        """Le bailleur tape toute sa fiche et dépose."""
        se_connecter(self.page, self.bailleur)
        commencer(self.page)
        Saisie(self.page).toute(self.fiche)
        self.candidature = Candidature.objects.get(numero=deposer(self.page))

    def deposer(self) -> None:
        """Le bailleur dépose, par la commande éprouvée ailleurs."""
        campagne, organisme = Campagne.objects.get(), organisme_de(self.bailleur)
        lue = lire_fiche(self.fiche)
        self.candidature = charger(lue, campagne, organisme, par=self.bailleur, maintenant=timezone.now(), deposer=True)

    def rend(self, territoire: str, *, de_nouveau: bool = False) -> None:
        """Le service de ce territoire donne son avis."""
        agent = self.agents[territoire]
        self.rendus[territoire] = donner_son_avis(self.page, agent, self.numero, territoire, de_nouveau=de_nouveau)

    def passe_outre(self, region: str) -> None:
        """La région rend sans attendre ses retardataires ; il lui faut un motif."""
        ouvrir_l_avis(self.page, self.agents[region], self.numero, region)
        reponses = a_taper(region)
        rediger(self.page, region, reponses)
        envoyer(self.page, RENDRE)
        expect(
            self.page.get_by_role("alert").get_by_text("Écrivez le motif pour passer outre les avis en retard")
        ).to_be_visible()
        champ_du_motif(self.page).fill(MOTIF)
        self.rendus[region] = rendre(self.page, region, reponses)

    def temps_qui_passe(self, **dates: timedelta) -> None:
        """Une date de la campagne est maintenant derrière nous."""
        Campagne.objects.update(**{nom: timezone.now() - recul for nom, recul in dates.items()})

    # --- Exiger --------------------------------------------------------------------------------------------------------
    def exiger_l_etat(self, etat: Etat) -> None:
        """L'état du dossier."""
        assert relire(self.candidature).etat == etat

    def exiger_le_pdf(self, personne: Utilisateur, avis: Avis) -> None:
        """Le PDF de cette personne dit la fiche, et ces avis-là, pas un autre."""
        exiger_la_fiche(pdf_lu_par(self.page, personne, self.candidature), self.fiche, self.numero, avis)

    def exiger_les_pdf_des_services(self) -> None:
        """Un département, le sien ; une région, ceux de ses départements et le sien ; le national et le comité, tous."""
        for code in list(self.fiche["departements"])[:2]:
            if self.agents[code] not in {self.agents[region] for region in self.regions}:
                self.exiger_le_pdf(self.agents[code], {cle: avis for cle, avis in self.rendus.items() if cle == code})
        for region, departements in self.regions.items():
            self.exiger_le_pdf(
                self.agents[region], {cle: avis for cle, avis in self.rendus.items() if cle == region or cle in departements}
            )
        for personne in (self.national, un_national(Role.LECTEUR)):
            self.exiger_le_pdf(personne, self.rendus)

    def exiger_que_le_bailleur_ne_sache_rien(self) -> None:
        """Avant la publication : « Au comité », et des avis vides."""
        self.exiger_le_pdf(self.bailleur, {})
        principal = self.page.get_by_role("main")
        expect(principal).to_contain_text("Au comité")
        for secret in (*(mot for _, etat, _, mot in DECISIONS for mot in (etat.label, mot)), MOTIF):
            expect(principal).not_to_contain_text(secret)


def champ_du_motif(page: Page) -> Locator:
    """Celui pour passer outre."""
    return page.get_by_role("textbox", name=nomme("Motif pour passer outre les avis en retard"))


@pytest.fixture
def bailleur(transactional_db: None) -> Utilisateur:
    """Un déposant, pendant une campagne ouverte dont les échéances sont à venir."""
    personne, instant = un_deposant(), timezone.now()
    Campagne.objects.update(
        echeance_departementale=instant + timedelta(days=40), echeance_regionale=instant + timedelta(days=50), enveloppe=500_000
    )
    return personne


@pytest.mark.parametrize(("rang", "nom"), list(enumerate(FICHES)), ids=list(FICHES))
def test_du_depot_a_la_publication(page: Page, bailleur: Utilisateur, tmp_path: Path, rang: int, nom: str) -> None:
    chaine = Chaine(page, FICHES[nom], bailleur)
    chaine.deposer_a_l_ecran() if nom == "val-d-ourcelle" else chaine.deposer()
    instruire(chaine)
    passage, etat, reponses, dit = DECISIONS[rang % len(DECISIONS)]
    entrer(page, chaine.national)
    decider(page, chaine.candidature, passage, **reponses)
    chaine.exiger_l_etat(etat)
    chaine.exiger_que_le_bailleur_ne_sache_rien()
    chaine.exiger_les_pdf_des_services()
    chaine.temps_qui_passe(cloture=timedelta(minutes=1))
    entrer(page, chaine.national)
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Décisions").click()
    publier(page, nombre=1)
    chaine.exiger_le_pdf(bailleur, {})
    expect(page.get_by_role("region", name="Décision")).to_contain_text(dit)
    assert Courriel.objects.filter(nom="decision", destinataire=bailleur.courriel).count() == 1
    Campagne.objects.update(avis_communiques=True)
    chaine.exiger_le_pdf(bailleur, chaine.rendus)
    sortie = tmp_path / "tous.pdf"
    call_command("exporter_pdf", chaine.numero, "--sortie", str(sortie))
    exiger_la_fiche(sortie.read_bytes(), chaine.fiche, chaine.numero, chaine.rendus)


def instruire(chaine: Chaine) -> None:
    """Tous les avis, jusqu'au comité ; à plusieurs départements, l'un est en retard, et sa région passe outre."""
    *premiers, dernier = sorted(chaine.fiche["departements"])
    for code in premiers or [dernier]:
        chaine.rend(code)
    entrer(chaine.page, chaine.national)
    rouvert = premiers[0] if premiers else dernier
    rouvrir(chaine.page, chaine.candidature, rouvert, "Une convention est arrivée après le rendu.")
    chaine.exiger_l_etat(Etat.DEPOSEE)
    del chaine.rendus[rouvert]
    chaine.rend(rouvert, de_nouveau=True)
    en_retard = next((region for region, siens in chaine.regions.items() if premiers and dernier in siens), "")
    if en_retard:
        chaine.exiger_l_etat(Etat.DEPOSEE)
        chaine.temps_qui_passe(echeance_departementale=timedelta(days=1))
        chaine.passe_outre(en_retard)
    for region in chaine.regions.keys() - {en_retard}:
        chaine.exiger_l_etat(Etat.AVIS_REGIONAUX)
        chaine.rend(region)
    chaine.exiger_l_etat(Etat.COMITE)


def test_un_retrait_pendant_l_instruction(page: Page, bailleur: Utilisateur) -> None:
    chaine = Chaine(page, FICHES["mare-nostrum"], bailleur)
    chaine.deposer()
    code, region = chaine.fiche["departements"][0], next(iter(chaine.regions))
    chaine.rend(code)
    ouvrir_l_avis(page, chaine.agents[region], chaine.numero, region)
    retenu = a_taper(region)
    rediger(page, region, retenu)
    retirer(page, chaine)
    page.goto("/")
    entrer(page, chaine.agents[region])
    exiger_le_titre(page, "À traiter")
    expect(page.get_by_role("main")).to_contain_text("0 à rendre")
    page.goto(f"/avis/{chaine.candidature.pk}/region/{region[1:]}/")
    expect(page.locator("#avis")).to_contain_text("Le dossier n'attend plus d'avis.")
    expect(page.locator("#avis")).to_contain_text("Avis global de la région")
    expect(page.get_by_role("button", name=RENDRE)).to_have_count(0)
    assert not AvisRegional.objects.exclude(rendu_le=None).exists()
    assert {c.destinataire for c in Courriel.objects.filter(nom="retrait_services")} == {
        chaine.agents[code].courriel,
        chaine.agents[region].courriel,
    }


def retirer(page: Page, chaine: Chaine) -> None:
    """Le bailleur, avec un motif."""
    entrer(page, chaine.bailleur)
    page.goto(f"/candidatures/{chaine.candidature.pk}/")
    suivre(page, "Retirer la candidature")
    page.get_by_role("textbox", name=nomme("Motif")).fill("Le partenaire s'est désisté.")
    envoyer(page, "Retirer la candidature")
    chaine.exiger_l_etat(Etat.RETIREE)
