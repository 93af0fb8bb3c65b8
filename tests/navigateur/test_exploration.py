"""Chaque rôle va partout : aucune panne, aucune fuite, rien d'écrit, rien d'inaccessible (V-20, V-22, F-25, F-27, D-1, D-9, D-12, D-14, D-15)."""

from __future__ import annotations

from functools import partial

import pytest

from candidatures.dossier.views import lire as dossier
from tests.droits.matrice import ROLES
from tests.fabriques import Monde
from tests.moules import Moules
from tests.navigateur.conftest import Ouvrir
from tests.navigateur.controles import LARGE
from tests.navigateur.gestes import entrer
from tests.navigateur.peuple import Peuple, reprendre
from tests.navigateur.robot import Robot, empreintes, est_hostile, examine, roles_joues, route_de

pytestmark = pytest.mark.navigateur

SANS_RETOUR = ("/deconnexion/", "/supprimer/", "/passage/deposer/")
"""Formulaires d'un seul bouton : les envoyer « vides », c'est les envoyer."""

A_LIRE = {"candidatures:fiche", "candidatures:lecture"}
ROUTES_HOSTILES = {
    **dict.fromkeys(("deposant", "invite_ecrire"), A_LIRE | {"candidatures:section", "candidatures:verifier"}),
    **dict.fromkeys(("agent_departemental", "agent_regional", "lecteur", "administrateur"), A_LIRE),
}
"""Les pages d'un dossier rempli d'attaques que ces rôles examinent à fond : accessibilité, HTML, 320 pixels."""

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
def peuple(transactional_db: None, moules: Moules) -> Peuple:
    """Un organisme a des dossiers dans chaque état, d'autres remplis d'attaques, et de quoi paginer ; l'autre a les siens."""
    return reprendre(moules)


def le_robot(ouvrir: Ouvrir, monde: Monde, role: str) -> Robot:
    """Le robot, connecté sous ce rôle."""
    page = ouvrir(viewport=LARGE)
    personne = None if role == "anonyme" else monde.personne(role)
    if personne:
        entrer(page, personne)
    return Robot(page, personne, partial(examine, role))


@pytest.mark.parametrize("role", roles_joues(*ROLES))
def test_chaque_role_va_partout_sans_rien_ecrire(ouvrir: Ouvrir, peuple: Peuple, role: str) -> None:
    robot = le_robot(ouvrir, peuple.monde, role)
    avant = empreintes()
    robot.explorer(peuple.departs)
    assert not robot.fautes, "\n".join(robot.fautes)
    assert [modele for modele, empreinte in empreintes().items() if empreinte != avant[modele]] == []
    assert len(robot.pages) >= 10
    hostiles = {route_de(adresse) for adresse in robot.examinees if est_hostile(adresse)}
    assert hostiles >= ROUTES_HOSTILES.get(role, set())
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
    envoyes: set[tuple[str, str, int]] = set()
    for adresse, cibles in list(robot.envois.items()):
        for rang, cible in enumerate(cibles):
            cle = (route_de(adresse), route_de(cible), rang)
            if cle not in envoyes and robot.examine(cle[0]) and not cible.endswith(SANS_RETOUR):
                envoyes.add(cle)
                envoyer_vide(robot, adresse, rang)


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
