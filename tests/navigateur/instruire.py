"""Les gestes de l'instruction : un service lit, rédige et rend son avis ; l'administrateur rouvre, décide et publie."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from avis.models import AvisDepartemental, AvisRegional
from candidatures.models import Candidature
from comptes.models import Role, Service, Utilisateur
from territoires.models import Departement
from tests.exemples.vraies import Fiche
from tests.fabriques import habiliter, une_personne
from tests.navigateur.depot import telecharger
from tests.navigateur.gestes import entrer, envoyer, exiger_le_titre, suivre
from tests.navigateur.mains import Souris
from tests.navigateur.papier import AvisDuPapier, plat
from tests.navigateur.saisie import nomme

RENDRE, BROUILLON = "Rendre l’avis", "Enregistrer le brouillon"
COCHEES = {"reproductibilite", "sens"}
INTITULES = {
    False: {str(champ.name): str(getattr(champ, "verbose_name", "")) for champ in AvisDepartemental._meta.get_fields()},
    True: {str(champ.name): str(getattr(champ, "verbose_name", "")) for champ in AvisRegional._meta.get_fields()},
}


# --- Les services --------------------------------------------------------------------------------------------------------
def le_service(territoire: str) -> Service:
    """Celui qui rend : à la région, le service du logement ; au département, tour à tour la cohésion sociale et le logement."""
    if territoire.startswith("R"):
        return Service.objects.get(region=territoire[1:], type="region_logement")
    sorte = "social" if sum(map(ord, territoire)) % 2 else "logement"
    return Service.objects.get(departement=territoire, type=f"departement_{sorte}")


def les_agents(fiche: Fiche) -> dict[str, Utilisateur]:
    """Un agent par territoire de la fiche ; en Île-de-France à plusieurs départements, la DRIHL siège aux deux niveaux."""
    agents = {code: habiliter(une_personne(), Role.AGENT, le_service(code)) for code in fiche["departements"]}
    regions = Departement.objects.filter(pk__in=agents).values_list("region_id", flat=True).distinct()
    for region in regions:
        deux_niveaux = region == "11" and "93" in agents
        personne = agents["93"] if deux_niveaux else une_personne()
        agents[f"R{region}"] = habiliter(personne, Role.AGENT, le_service(f"R{region}"))
    if "R11" in agents and "93" in agents:
        agents["93"] = agents["R11"]
    return agents


def exiger_le_message(page: Page, texte: str) -> None:
    """Ce qui vient d'être fait est dit."""
    expect(page.get_by_role("status").filter(has_text=texte)).to_be_visible()


# --- Un avis -------------------------------------------------------------------------------------------------------------
def a_taper(territoire: str, *, de_nouveau: bool = False) -> dict[str, str]:
    """Des réponses propres à ce territoire : une fuite, ou deux blocs échangés, se verraient."""
    marque = f"{territoire}{' bis' if de_nouveau else ''}"
    rang = sum(map(ord, territoire))
    if territoire.startswith("R"):
        sens = "defavorable" if rang % 3 == 0 else "favorable"
        return {"sens": sens, "champ_libre": f"Avis global de la région {marque}.\n· un premier point\n· un second"}
    return {
        "champ_libre": f"Ce qu’en pense le service {marque}.\n\nDeux réserves :\n· le calendrier ;\n· le recrutement.",
        "pertinence": f"Pertinence vue du {marque}.",
        "reproductibilite": ("faible", "moyen", "fort")[rang % 3],
        "conditions": f"1) Un bilan à six mois, {marque}.\n2) Une convention." if rang % 2 else "",
    }


def ouvrir_l_avis(page: Page, agent: Utilisateur, numero: str, territoire: str) -> None:
    """De l'accueil de l'agent (« À traiter »), au dossier et à son avis."""
    entrer(page, agent)
    exiger_le_titre(page, "À traiter")
    lien = page.locator(f"a[href$='{chemin(territoire)}']").and_(page.get_by_role("link", name=re.compile(re.escape(numero))))
    with page.expect_navigation():
        lien.click()
    expect(page.get_by_role("main")).to_contain_text(numero)


def chemin(territoire: str) -> str:
    """« /departement/77/ », « /region/11/ »."""
    return f"/region/{territoire[1:]}/" if territoire.startswith("R") else f"/departement/{territoire}/"


def champ(page: Page, territoire: str, nom: str) -> Locator:
    """Le champ de cette rubrique, trouvé par son intitulé officiel."""
    intitule = nomme(INTITULES[territoire.startswith("R")][nom])
    return page.get_by_role("radiogroup" if nom in COCHEES else "textbox", name=intitule)


def rediger(page: Page, territoire: str, reponses: Mapping[str, str]) -> None:
    """Répond à chaque rubrique, enregistre le brouillon, et le retrouve."""
    souris = Souris(page)
    for nom, reponse in reponses.items():
        if nom in COCHEES:
            souris.cocher(champ(page, territoire, nom).locator(f"input[value={reponse}]"))
        else:
            souris.taper(champ(page, territoire, nom), reponse)
    envoyer(page, BROUILLON)
    exiger_le_message(page, "Le brouillon est enregistré")
    for nom, reponse in reponses.items():
        if nom in COCHEES:
            expect(champ(page, territoire, nom).locator(f"input[value={reponse}]")).to_be_checked()
        else:
            expect(champ(page, territoire, nom)).to_have_value(reponse)


def rendre(page: Page, territoire: str, reponses: Mapping[str, str]) -> AvisDuPapier:
    """Signe ; rend l'avis tel que l'écran le montre ensuite : le service, et l'instant."""
    envoyer(page, RENDRE)
    exiger_le_message(page, "L'avis est rendu")
    expect(page.get_by_role("button", name=re.compile("avis|brouillon"))).to_have_count(0)
    service = str(le_service(territoire))
    signature = plat(page.locator("#avis").inner_text())
    assert service in signature
    dit = plat(page.locator("#avis strong").inner_text())
    assert dit.startswith("Rendu le ")
    return AvisDuPapier(reponses, service, dit.removeprefix("Rendu le "))


def donner_son_avis(page: Page, agent: Utilisateur, numero: str, territoire: str, *, de_nouveau: bool = False) -> AvisDuPapier:
    """« À traiter », lire, rédiger, enregistrer, rendre."""
    ouvrir_l_avis(page, agent, numero, territoire)
    reponses = a_taper(territoire, de_nouveau=de_nouveau)
    rediger(page, territoire, reponses)
    return rendre(page, territoire, reponses)


# --- L'administrateur ----------------------------------------------------------------------------------------------------
def rouvrir(page: Page, candidature: Candidature, territoire: str, motif: str) -> None:
    """Depuis le dossier ; sans motif, rien ne se rouvre."""
    page.goto(f"/candidatures/{candidature.pk}/")
    with page.expect_navigation():
        page.locator(f"a[href$='{chemin(territoire)}rouvrir/']").click()
    envoyer(page, "Rouvrir l'avis")
    expect(page).to_have_title(re.compile("^Erreur : "))
    page.get_by_role("textbox", name=nomme("Motif")).fill(motif)
    envoyer(page, "Rouvrir l'avis")
    exiger_le_message(page, "L'avis est rouvert")


def decider(page: Page, candidature: Candidature, passage: str, **reponses: str) -> None:
    """De la page des décisions, avec le montant ou le motif qu'il faut ; on y revient."""
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Décisions").click()
    suivre(page, f"{passage} : {candidature.reference}")
    for intitule, reponse in reponses.items():
        page.get_by_role("textbox", name=nomme(intitule.replace("_", " "))).fill(reponse)
    envoyer(page, passage)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Décisions")


def publier(page: Page, *, nombre: int) -> None:
    """Relire, cocher, publier : la case oubliée, rien ne part."""
    suivre(page, "Relire et publier les décisions")
    bouton = f"Publier {nombre} décision{'s' if nombre > 1 else ''}"
    envoyer(page, bouton)
    expect(page).to_have_title(re.compile("^Erreur : "))
    Souris(page).cocher(page.get_by_role("checkbox", name=re.compile("J'ai relu ces décisions")))
    envoyer(page, bouton)
    exiger_le_message(page, "publié")


# --- Le dossier et son PDF -----------------------------------------------------------------------------------------------
def pdf_lu_par(page: Page, personne: Utilisateur, candidature: Candidature) -> bytes:
    """Le PDF tel que cette personne le télécharge depuis le dossier."""
    entrer(page, personne)
    page.goto(f"/candidatures/{candidature.pk}/")
    exiger_le_titre(page, candidature.titre)
    return telecharger(page, "Le PDF du dossier")
