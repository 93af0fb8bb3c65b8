"""La sentinelle des avis : chaque champ porte une marque ; dans chaque état, chaque rôle ne lit que les siennes, et les lit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avis import actions as avis
from avis.attendus import Niveau
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.dossier.views import lire as vues
from candidatures.models import Campagne, Candidature
from candidatures.plusieurs_mains import presence
from comptes.models import Role, Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, agent, ecrire, un_contributeur, un_dossier
from tests.fabriques import relire, un_agent, un_bailleur, un_national

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]

TERRITOIRES = ((DEPARTEMENT, "77"), (DEPARTEMENT, "13"), (REGION, "11"), (REGION, "93"))
TEXTES = {Niveau.DEPARTEMENT: ("champ_libre", "pertinence", "conditions"), Niveau.REGION: ("champ_libre",)}
D77, D13, R11, R93 = ("departement-77", "departement-13", "region-11", "region-93")
TOUTES = {D77, D13, R11, R93}
MARQUE = re.compile(r"zzavis:((?:departement|region)-\w+):(\w+)zz")

ROLES: dict[str, Callable[[Candidature], Utilisateur]] = {
    "bailleur": lambda dossier: un_bailleur(dossier.organisme),
    "ddt77": lambda dossier: un_agent("77"),
    "ddt13": lambda dossier: un_agent("13"),
    "ddt59": lambda dossier: un_agent("59"),
    "dreal11": lambda dossier: agent(REGION, "11"),
    "drjscs11": lambda dossier: un_contributeur("11"),
    "dreal93": lambda dossier: agent(REGION, "93"),
    "comite": lambda dossier: un_national(Role.LECTEUR),
    "administrateur": lambda dossier: un_national(),
}
SIENS = {"ddt77": {D77}, "ddt13": {D13}, "dreal11": {R11}, "drjscs11": {R11}, "dreal93": {R93}}
"""Les avis que chacun écrit, donc dont il lit le brouillon."""
RENDUS = SIENS | {
    "dreal11": {R11, D77},
    "drjscs11": {R11, D77},
    "dreal93": {R93, D13},
    "comite": TOUTES,
    "administrateur": TOUTES,
}
"""Les avis que chacun lit une fois rendus."""


def cle(niveau: Niveau, territoire: str) -> str:
    return f"{niveau.value}-{territoire}"


def marques(niveau: Niveau, territoire: str) -> dict[str, Any]:
    """Des réponses marquées à chaque champ de texte."""
    textes: dict[str, Any] = {nom: f"zzavis:{cle(niveau, territoire)}:{nom}zz" for nom in TEXTES[niveau]}
    return textes | ({"reproductibilite": "fort"} if niveau == DEPARTEMENT else {"sens": "favorable"})


# --- Les états -----------------------------------------------------------------------------------------------------------
def brouillons(dossier: Candidature) -> None:
    for niveau, territoire in TERRITOIRES:
        ecrire(dossier, niveau, territoire, **marques(niveau, territoire))


def rendus(dossier: Candidature) -> None:
    brouillons(dossier)
    for niveau, territoire in TERRITOIRES:
        avis.rendre(dossier, niveau, territoire, par=agent(niveau, territoire), maintenant=timezone.now())


def departements_rendus(dossier: Candidature) -> None:
    brouillons(dossier)
    for territoire in ("77", "13"):
        avis.rendre(dossier, DEPARTEMENT, territoire, par=un_agent(territoire), maintenant=timezone.now())


def rouvert(dossier: Candidature) -> None:
    rendus(dossier)
    avis.rouvrir(dossier, REGION, "11", par=un_national(), maintenant=timezone.now(), motif="zzavis:region-11:reouverturezz")


def passe_outre(dossier: Candidature) -> None:
    brouillons(dossier)
    hier = timezone.now() - timedelta(days=1)
    Campagne.objects.filter(pk=dossier.campagne_id).update(echeance_departementale=hier)
    motif = "zzavis:region-11:motif_passer_outrezz"
    avis.rendre(dossier, REGION, "11", par=agent(REGION, "11"), maintenant=timezone.now(), motif_passer_outre=motif)


def retire(dossier: Candidature) -> None:
    departements_rendus(dossier)
    par = un_bailleur(dossier.organisme)
    franchir(dossier, PASSAGES["retirer"], par=par, maintenant=timezone.now(), motif="Abandon.")


def decide(dossier: Candidature, publiee: bool = False, communiques: bool = False) -> None:
    rendus(dossier)
    franchir(dossier, PASSAGES["ne_pas_retenir"], par=un_national(), maintenant=timezone.now(), motif="Motif.")
    publiee_le = timezone.now() if publiee else None
    Campagne.objects.filter(pk=dossier.campagne_id).update(publiee_le=publiee_le, avis_communiques=communiques)


DEPARTEMENTS_SEULS = {r: (lu & {D77, D13}) | (SIENS.get(r, set()) & {R11, R93}) for r, lu in RENDUS.items()}
ETATS: dict[str, tuple[Callable[[Candidature], None], dict[str, set[str]]]] = {
    "brouillons": (brouillons, SIENS),
    "départements rendus": (departements_rendus, DEPARTEMENTS_SEULS),
    "tous rendus": (rendus, RENDUS),
    "région 11 rouverte": (rouvert, RENDUS | {"comite": TOUTES - {R11}, "administrateur": TOUTES - {R11}}),
    "région 11 passée outre": (passe_outre, SIENS | {"comite": {R11}, "administrateur": {R11}}),
    "retiré": (retire, DEPARTEMENTS_SEULS),
    "décidé, tu": (decide, RENDUS),
    "publié, avis communiqués": (partial(decide, publiee=True, communiques=True), RENDUS | {"bailleur": TOUTES}),
    "publié, avis non communiqués": (partial(decide, publiee=True), RENDUS),
}


# --- Ce que chacun peut demander -------------------------------------------------------------------------------------------
def pages(dossier: Candidature) -> Iterator[str]:
    for route in ("fiche", "lecture", "pdf", "recu"):
        yield reverse(f"candidatures:{route}", args=[dossier.pk])
    yield reverse("candidatures:franchir", args=[dossier.pk, "retirer"])
    for route in ("candidatures:mes", "candidatures:liste", "avis:a_traiter", "pilotage:matrice", "pilotage:decisions"):
        yield reverse(route)
    for niveau, territoire in TERRITOIRES:
        yield reverse("avis:avis", args=[dossier.pk, niveau.value, territoire])
        historique = reverse("avis:historique", args=[dossier.pk, niveau.value, territoire])
        yield from (historique, *(f"{historique}?rubrique={nom}" for nom in TEXTES[niveau]))
    for route in ("rouvrir", "reporter"):
        yield reverse(f"avis:{route}", args=[dossier.pk, "region", "11"])


def lues(personne: Utilisateur, dossier: Candidature) -> set[tuple[str, str]]:
    """Toutes les marques qu'une personne obtient, de page en page et en écrivant chez autrui."""
    client, trouvees = Client(), set()
    client.force_login(personne)
    for url in pages(dossier):
        trouvees |= set(MARQUE.findall(client.get(url).content.decode()))
    for niveau, territoire in TERRITOIRES:
        url = reverse("avis:avis", args=[dossier.pk, niveau.value, territoire])
        for adresse, envoi in ((url, {}), (f"{url}saisie/", FRAPPE), (f"{url}etat/", FRAPPE), (f"{url}historique/", REMISE)):
            reponse = client.post(adresse, {"champ_libre": "x" * 20_001} | envoi, headers={"X-Saisie": "1"})
            trouvees |= set(MARQUE.findall(reponse.content.decode()))
    return trouvees


FRAPPE = {"champs": "champ_libre pertinence", "pertinence": "", "lu": "champ_libre:0 pertinence:0 conditions:0"}
"""Un envoi au fil de la frappe, d'une page qui n'a rien lu de ce qui est gardé : ce qu'on lui rendrait de plus se verrait."""
REMISE = {"rubrique": "champ_libre", "moment": "1-apres", "lu": "champ_libre:0"}


@pytest.fixture(autouse=True)
def _pdf_lisibles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Le PDF rend ce qu'on lui donne à imprimer."""
    monkeypatch.setattr(vues, "produire_pdf", lambda document: repr(document).encode())


@pytest.mark.parametrize("etat", ETATS)
def test_chaque_role_ne_lit_que_ses_avis_et_les_lit(etat: str) -> None:
    mener, permis = ETATS[etat]
    dossier = un_dossier(["77", "13"])
    mener(dossier)
    dossier = relire(dossier)
    for role, fabrique in ROLES.items():
        obtenues = lues(fabrique(dossier), dossier)
        textes = {(territoire, champ) for territoire, champ in obtenues if champ not in ("motif_passer_outre", "reouverture")}
        attendues = {
            (territoire, champ)
            for territoire in permis.get(role, set())
            for champ in TEXTES[Niveau(territoire.partition("-")[0])]
        }
        assert textes == attendues, role
        autres = {territoire for territoire, champ in obtenues - textes}
        assert autres <= ({R11} if role in ("dreal11", "drjscs11", "comite", "administrateur") else set()), role


def test_le_motif_de_la_derogation_se_lit_de_sa_region_et_du_national_seuls() -> None:
    dossier = un_dossier(["77", "13"])
    passe_outre(dossier)
    lisent = {role for role, fabrique in ROLES.items() if (R11, "motif_passer_outre") in lues(fabrique(dossier), dossier)}
    assert lisent == {"dreal11", "drjscs11", "comite", "administrateur"}


@pytest.mark.parametrize("communiques", [True, False])
def test_le_sens_et_le_caractere_reproductible_ne_se_cochent_que_pour_qui_les_lit(
    communiques: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Une case n'a pas de marque : on lit celles du document donné à imprimer."""
    documents: list[Any] = []

    def retenir(document: Any) -> bytes:
        documents.append(document)
        return b"%PDF"

    monkeypatch.setattr(vues, "produire_pdf", retenir)
    dossier = un_dossier(["77", "13"])
    decide(dossier, publiee=True, communiques=communiques)
    permis = RENDUS | ({"bailleur": TOUTES} if communiques else {})
    for role in set(ROLES) - {"ddt59"}:
        client = Client()
        client.force_login(ROLES[role](dossier))
        client.get(reverse("candidatures:pdf", args=[dossier.pk]))
        assert _coches(documents.pop()) == len(permis.get(role, set())), role


def _coches(document: Any) -> int:
    """Le nombre de cases cochées dans les avis : une par avis montré."""
    return sum(c.cochee for s in document.avis for bloc in s.blocs for rubrique in bloc.rubriques for c in rubrique.cases)


# --- Qui rédige ------------------------------------------------------------------------------------------------------------
def test_qui_redige_un_avis_n_est_su_que_de_son_service() -> None:
    """Le bailleur, les autres services et le national n'apprennent ni qu'un avis s'écrit, ni par qui."""
    dossier = un_dossier(["77", "13"])
    brouillons(dossier)
    redacteur = un_agent("77")
    Utilisateur.objects.filter(pk=redacteur.pk).update(nom="zzavis:departement-77:redacteurzz")
    presente = Client()
    presente.force_login(Utilisateur.objects.get(pk=redacteur.pk))
    assert presente.post(reverse("avis:etat", args=[dossier.pk, "departement", "77"])).status_code == 200
    savent = {role for role, fabrique in ROLES.items() if (D77, "redacteur") in lues(fabrique(dossier), dossier)}
    assert savent == {"ddt77"}


def test_une_presence_a_un_avis_n_est_jamais_dite_a_qui_remplit_la_fiche() -> None:
    """Même si la ligne de présence survit au passage d'un état à l'autre."""
    dossier, redacteur, instant = un_dossier(), un_agent("77"), timezone.now()
    presence.signaler(dossier, redacteur, "avis-departement-77", instant)
    assert presence.presents(dossier, sauf=un_bailleur(dossier.organisme), le=instant) == []
    assert presence.presents_a(dossier, "avis-departement-77", sauf=un_agent("77"), le=instant) == [str(redacteur)]
    assert presence.presents_a(dossier, "avis-region-11", sauf=un_agent("77"), le=instant) == []
