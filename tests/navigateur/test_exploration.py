"""Chaque rôle va partout : aucune panne, aucune fuite, rien d'écrit, rien d'inaccessible (V-20, V-22, F-25, F-27, D-1, D-9, D-12, D-14, D-15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from avis.actions import reporter, rouvrir
from candidatures.dossier.views import lire as dossier
from candidatures.etats import DECIDES, Etat
from candidatures.models import Campagne
from tests.avis import fabriques as avis
from tests.droits.matrice import CLES, MATRICE, ROLES
from tests.fabriques import Monde, un_brouillon, une_campagne, une_candidature
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import LARGE
from tests.navigateur.gestes import se_connecter
from tests.navigateur.hostilites import avis_hostile, fiche_hostile
from tests.navigateur.robot import Robot, empreintes, roles_joues, route_de

pytestmark = pytest.mark.navigateur

DEJA_VUS: set[str] = set()
"""Gabarits et états examinés à fond, une fois pour tous les rôles."""
DEJA_VIDES: set[str] = set()
"""Formulaires envoyés vides, de même."""
SANS_RETOUR = ("/deconnexion/", "/supprimer/", "/passage/deposer/")
"""Formulaires d'un seul bouton : les envoyer « vides », c'est les envoyer."""
DE_QUOI_PAGINER = 30

VIDER = """(form) => {
  for (const champ of form.elements) {
    if (champ.type === "checkbox" || champ.type === "radio") champ.checked = false;
    else if (champ.localName === "select") champ.selectedIndex = 0;
    else if (champ.type !== "hidden" && champ.localName !== "button" && champ.localName !== "fieldset") champ.value = "";
  }
  form.requestSubmit();
}"""


@pytest.fixture(autouse=True)
def _sans_rendu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Le robot ne lit pas les PDF : d'autres essais le font."""
    monkeypatch.setattr(dossier, "produire_pdf", lambda document: b"%PDF")
    monkeypatch.setattr(dossier, "produire_recu", lambda recu: b"%PDF")


@pytest.fixture
def peuple(transactional_db: None) -> Monde:
    """Un organisme a des dossiers dans chaque état, l'un rempli d'attaques, et de quoi paginer ; l'autre a les siens."""
    monde = Monde()
    for role in Monde.ROLES:
        monde.personne(role)
    par = monde.personne("deposant")
    for etat in Etat:
        une_candidature(etat, campagne=monde.campagne, organisme=monde.organisme_a, par=par)
    hostile = une_candidature(campagne=monde.campagne, organisme=monde.organisme_a, par=par, **fiche_hostile())
    avis.rendre(hostile, avis.DEPARTEMENT, "77", monde.personne("agent_departemental"), **avis_hostile())
    un_brouillon(monde.campagne, monde.organisme_a, par=par, **fiche_hostile())
    for _ in range(DE_QUOI_PAGINER):
        un_brouillon(monde.campagne, monde.organisme_a, par=par, complet=False)
    peupler_les_avis(monde)
    peupler_la_publication(monde)
    return monde


def peupler_les_avis(monde: Monde) -> None:
    """Après l'échéance : un avis en retard, un brouillon, un report, un avis rouvert, un passé outre, un brouillon régional."""
    agent, region, national = (monde.personne(role) for role in ("agent_departemental", "agent_regional", "administrateur"))
    options: dict[str, Any] = {
        "organisme": monde.organisme_a,
        "par": monde.personne("deposant"),
        "campagne": une_campagne(code="2025"),
    }
    _, brouillon, reportee, rouverte, outre, regionale = (
        une_candidature(departements=departements, **options)
        for departements in (("77",), ("77",), ("77",), ("77",), ("77", "78"), ("77",))
    )
    instant = timezone.now()
    Campagne.objects.filter(code="2025").update(
        echeance_departementale=instant - timedelta(days=1), echeance_regionale=instant + timedelta(days=9)
    )
    deux_semaines = instant + timedelta(days=14)
    ecrire: dict[str, Any] = {"champ_libre": "Un début."}
    avis.ecrire(brouillon, avis.DEPARTEMENT, "77", agent, **ecrire)
    reporter(reportee, avis.DEPARTEMENT, "77", deux_semaines, par=national, maintenant=instant, motif="Un motif.")
    for candidature in (rouverte, outre, regionale):
        avis.rendre(candidature, avis.DEPARTEMENT, "77", agent)
    rouvrir(rouverte, avis.DEPARTEMENT, "77", par=national, maintenant=instant, motif="Un motif.")
    avis.rendre(outre, avis.REGION, "11", region, motif="Le département ne répond plus.")
    avis.ecrire(regionale, avis.REGION, "11", region, **ecrire)


def peupler_la_publication(monde: Monde) -> None:
    """Une campagne publiée, dont le bailleur lit les décisions et les avis."""
    options: dict[str, Any] = {
        "organisme": monde.organisme_a,
        "par": monde.personne("deposant"),
        "campagne": une_campagne(code="2024"),
    }
    for etat in DECIDES:
        une_candidature(etat, **options)
    instant = timezone.now()
    dates = {"ouverture": instant - timedelta(days=90), "cloture": instant - timedelta(days=60)}
    Campagne.objects.filter(code="2024").update(publiee_le=instant, avis_communiques=True, **dates)


def departs(monde: Monde) -> list[str]:
    """Toutes les routes qu'on peut demander, sur ses objets et sur ceux d'autrui."""
    lignes = [ligne for ligne in MATRICE if ligne.methode == "GET"]
    cles = {objet: CLES[objet](monde) for objet in {ligne.objet for ligne in lignes}}
    return ["/", *(reverse(ligne.route, kwargs={**cles[ligne.objet], **ligne.adresse}) for ligne in lignes)]


def le_robot(ouvrir: Ouvrir, monde: Monde, role: str) -> Robot:
    """Le robot, connecté sous ce rôle."""
    page = ouvrir(viewport=LARGE)
    personne = None if role == "anonyme" else monde.personne(role)
    if personne:
        se_connecter(page, personne)
    return Robot(page, personne, DEJA_VUS)


@pytest.mark.parametrize("role", roles_joues(*ROLES))
def test_chaque_role_va_partout_sans_rien_ecrire(ouvrir: Ouvrir, peuple: Monde, role: str) -> None:
    adresses, robot = departs(peuple), le_robot(ouvrir, peuple, role)
    avant = empreintes()
    robot.explorer(adresses)
    assert not robot.fautes, "\n".join(robot.fautes)
    assert [modele for modele, empreinte in empreintes().items() if empreinte != avant[modele]] == []
    assert len(robot.pages) >= 10
    envoyer_vides(robot)
    assert not robot.fautes, "\n".join(robot.fautes)


@pytest.mark.parametrize("role", ["anonyme", "deposant", "agent_departemental", "lecteur", "administrateur"])
def test_un_site_encore_vide_s_explore(ouvrir: Ouvrir, transactional_db: None, role: str) -> None:
    robot = le_robot(ouvrir, Monde(), role)
    robot.explorer(["/"])
    assert not robot.fautes, "\n".join(robot.fautes)


# --- Envoyer chaque formulaire vide ----------------------------------------------------------------------------------------
def envoyer_vides(robot: Robot) -> None:
    """Chaque formulaire POST des pages vues, une fois par route et par cible ; la page qui revient est examinée."""
    for adresse in list(robot.pages):
        for rang, cible in formulaires_de(robot.page, adresse):
            cle = f"{route_de(adresse)} {route_de(cible)} {rang}"
            if cle not in DEJA_VIDES and not cible.endswith(SANS_RETOUR):
                DEJA_VIDES.add(cle)
                envoyer_vide(robot, adresse, rang)


def formulaires_de(page: Page, adresse: str) -> Iterator[tuple[int, str]]:
    """Le rang et la cible des formulaires POST de la partie principale."""
    page.goto(adresse)
    cibles: list[str] = page.locator("main form[method=post]").evaluate_all("(tous) => tous.map((form) => form.action)")
    yield from enumerate(cibles)


def envoyer_vide(robot: Robot, adresse: str, rang: int) -> None:
    """Efface tout, envoie, examine ce qui revient : une page en erreur le dit dans son titre et y porte le foyer."""
    robot.page.goto(adresse)
    with robot.page.expect_navigation() as arrivee:
        robot.page.locator("main form[method=post]").nth(rang).evaluate(VIDER)
    robot.examiner(arrivee.value)
    if robot.page.locator("[aria-invalid=true]").count():
        assert robot.page.title().startswith("Erreur : "), adresse
        assert robot.page.locator("#erreurs:focus, [aria-invalid=true]:focus").count(), (
            f"{adresse} : le foyer n'est pas à l'erreur"
        )
