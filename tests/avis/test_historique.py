"""L'historique d'un brouillon d'avis : la page de la fiche, pour le service seul."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from avis.models import AvisDepartemental, ChangementDAvis
from candidatures.models import Candidature
from comptes.models import Role, Utilisateur
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    adresse,
    agent,
    ecrire,
    ouvrir,
    rendre,
    rouvrir,
    un_collegue,
    un_contributeur,
)
from tests.fabriques import un_agent, un_bailleur, un_national
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db


def page(client: Client, dossier: Candidature, rubrique: str = "") -> str:
    reponse = client.get(adresse(dossier, route="historique"), {"rubrique": rubrique} if rubrique else {})
    assert reponse.status_code == 200
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte


def remettre(client: Client, dossier: Candidature, rubrique: str, moment: str, lu: str | None = None) -> Any:
    lu = page(client, dossier, rubrique).partition('name="lu" value="')[2].partition('"')[0] if lu is None else lu
    return client.post(adresse(dossier, route="historique"), {"rubrique": rubrique, "moment": moment, "lu": lu})


@pytest.fixture
def changements(dossier: Candidature) -> list[ChangementDAvis]:
    """Deux textes et deux réponses cochées, du plus récent au plus ancien."""
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Le chat noir.", reproductibilite="faible")
    ecrire(dossier, DEPARTEMENT, "77", un_collegue("77"), champ_libre="Le chien noir.", reproductibilite="fort")
    return list(dossier.changements_des_avis.filter(rubrique="champ_libre"))


def test_le_sommaire_puis_la_comparaison(dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]) -> None:
    assert "Historique" in agent_77.get(adresse(dossier)).content.decode()
    sommaire = page(agent_77, dossier)
    assert sommaire.index("?rubrique=champ_libre") < sommaire.index("?rubrique=reproductibilite")
    assert "2 changements" in sommaire
    texte = page(agent_77, dossier, "champ_libre")
    assert "[retiré : </span>chat" in texte
    assert changements[0].par_nom in texte
    assert "C’est le texte d’aujourd’hui." in texte
    coche = page(agent_77, dossier, "reproductibilite")
    assert "Faible" in coche
    assert "Fort" in coche


def test_remettre_ecrit_par_la_porte_ordinaire(
    dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]
) -> None:
    assert remettre(agent_77, dossier, "champ_libre", f"{changements[1].pk}-apres").status_code == 302
    assert AvisDepartemental.objects.get().champ_libre == "Le chat noir."
    assert dossier.changements_des_avis.filter(rubrique="champ_libre").count() == 3
    assert remettre(agent_77, dossier, "champ_libre", f"{changements[1].pk}-avant").status_code == 302
    assert AvisDepartemental.objects.get().champ_libre == ""


def test_un_collegue_passe_entre_la_lecture_et_le_clic(
    dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]
) -> None:
    lu = page(agent_77, dossier, "champ_libre").partition('name="lu" value="')[2].partition('"')[0]
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Un troisième.")
    reponse = remettre(agent_77, dossier, "champ_libre", f"{changements[1].pk}-apres", lu)
    assert reponse.status_code == 409
    exiger_une_page(reponse.content.decode())
    assert AvisDepartemental.objects.get().champ_libre == "Un troisième."


def test_celui_que_la_page_montrait_n_est_pas_dit_remis_sur_celui_d_un_collegue(
    dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]
) -> None:
    lu = page(agent_77, dossier, "champ_libre").partition('name="lu" value="')[2].partition('"')[0]
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Un troisième.")
    reponse = remettre(agent_77, dossier, "champ_libre", f"{changements[0].pk}-apres", lu)
    assert reponse.status_code == 409
    assert AvisDepartemental.objects.get().champ_libre == "Un troisième."


def test_un_avis_rendu_se_lit_mais_ne_se_remet_pas(
    dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]
) -> None:
    rendre(dossier, DEPARTEMENT, "77", champ_libre="L'avis rendu.")
    assert "Remettre ce texte" not in page(agent_77, dossier, "champ_libre")
    reponse = remettre(agent_77, dossier, "champ_libre", f"{changements[1].pk}-apres", "")
    assert "L&#x27;avis est déjà rendu" in agent_77.get(reponse["Location"]).content.decode()
    assert AvisDepartemental.objects.get().champ_libre == "L'avis rendu."
    rouvrir(dossier, DEPARTEMENT, "77")
    assert remettre(agent_77, dossier, "champ_libre", f"{changements[1].pk}-apres").status_code == 302
    assert AvisDepartemental.objects.get().champ_libre == "Le chat noir."


def test_l_historique_d_un_autre_avis_ne_se_lit_ni_ne_se_remet(
    dossier: Candidature, agent_77: Client, changements: list[ChangementDAvis]
) -> None:
    ecrire(dossier, REGION, "11", champ_libre="De la région.")
    autre = ChangementDAvis.objects.get(rubrique="champ_libre", niveau=REGION)
    reponse = agent_77.get(
        adresse(dossier, route="historique"), {"rubrique": "champ_libre", "de": f"{autre.pk}-avant", "a": f"{autre.pk}-apres"}
    )
    assert "De la région." not in reponse.content.decode()
    remettre(agent_77, dossier, "champ_libre", f"{autre.pk}-apres")
    assert AvisDepartemental.objects.get().champ_libre == "Le chien noir."


@pytest.mark.parametrize("requete", [{"rubrique": "motif_passer_outre"}, {"rubrique": "\x00"}, {"rubrique": "service_nom"}])
def test_une_adresse_sale_ne_fait_pas_de_panne(dossier: Candidature, agent_77: Client, requete: dict[str, str]) -> None:
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Un texte.")
    reponse = agent_77.get(adresse(dossier, route="historique"), requete)
    assert "?rubrique=champ_libre" in reponse.content.decode()


LISENT: dict[str, Callable[[Candidature], Utilisateur]] = {
    "ddt": lambda dossier: un_agent("77"),
    "ddcs": lambda dossier: un_collegue("77"),
}
NE_LISENT_PAS: dict[str, Callable[[Candidature], Utilisateur]] = {
    "bailleur": lambda dossier: un_bailleur(dossier.organisme),
    "autre département": lambda dossier: un_agent("13"),
    "dreal": lambda dossier: agent(REGION, "11"),
    "contributeur": lambda dossier: un_contributeur("11"),
    "comité": lambda dossier: un_national(Role.LECTEUR),
    "national": lambda dossier: un_national(),
}


@pytest.mark.parametrize("role", [*LISENT, *NE_LISENT_PAS])
@pytest.mark.parametrize("rendu", [False, True], ids=["brouillon", "rendu"])
def test_le_service_seul_lit_l_historique(dossier: Candidature, role: str, rendu: bool) -> None:
    """Un avis rendu se lit de sa région et du national ; jamais les brouillons dont il vient."""
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Un brouillon.")
    if rendu:
        rendre(dossier, DEPARTEMENT, "77")
    client = ouvrir((LISENT | NE_LISENT_PAS)[role](dossier))
    for methode in (client.get, client.post):
        reponse = methode(adresse(dossier, route="historique"), {"rubrique": "champ_libre"})
        if role in NE_LISENT_PAS:
            assert reponse.status_code == 404
        else:
            assert reponse.status_code in (200, 302)
