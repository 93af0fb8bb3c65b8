"""La fiche scellée se rend une fois : jamais la vue d'un autre, jamais un texte caviardé, jamais rien de qui la lit."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.template import Engine
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from avis.models import AvisDepartemental
from candidatures.documents import fragments
from candidatures.documents.fragments import GABARIT, cle_de, condensats, montrer, oublier
from candidatures.lecture.composition import a_lire
from candidatures.lecture.document import Document, Scelle
from candidatures.models import Candidature, Version
from comptes.models import Service
from tests.fabriques import Monde, un_brouillon, une_candidature
from tests.gardes import JournauxOuverts

pytestmark = pytest.mark.django_db
PAGES = ("candidatures:lecture", "candidatures:fiche")


@pytest.fixture(autouse=True)
def _rien_de_garde(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Chaque essai part d'un processus neuf, et n'oublie rien pour les autres."""
    settings.VAR_DIR = tmp_path
    caches["fragments"].clear()
    yield
    caches["fragments"].clear()


def gardes() -> list[str]:
    """Les fragments que ce processus garde."""
    cache: Any = caches["fragments"]
    return [cle for cle in cache._cache if not cle.endswith(":marque")]


def scelle(candidature: Candidature, **avis: Any) -> Scelle:
    lu = a_lire(Candidature.objects.get(pk=candidature.pk), avis)
    assert isinstance(lu, Scelle)
    return lu


def caviarder(candidature: Candidature, secret: str) -> None:
    """Ce que fera la conservation des données : récrire la version figée, puis tout oublier."""
    version = candidature.versions.get()
    with JournauxOuverts():
        Version.objects.filter(pk=version.pk).update(
            document=json.loads(json.dumps(version.document).replace(secret, "[retiré]"))
        )
    oublier()


# --- La même page ------------------------------------------------------------------------------------------------------------
def test_ce_qui_est_garde_est_ce_qui_serait_rendu() -> None:
    lu = scelle(une_candidature())
    premier, second = montrer(lu), montrer(lu)
    assert premier == second == montrer(lu.ouvrir())
    assert "document__section" in premier


def test_une_seconde_page_ne_rend_rien(monkeypatch: pytest.MonkeyPatch) -> None:
    candidature = une_candidature()
    montrer(scelle(candidature))
    monkeypatch.setattr(fragments, "_rendre", pytest.fail)
    montrer(scelle(candidature))


def test_un_brouillon_n_est_jamais_garde(client_de: Callable[[str], Client], monde: Monde) -> None:
    assert isinstance(a_lire(un_brouillon()), Document)
    assert client_de("redacteur").get(reverse(PAGES[0], args=[monde.brouillon_a.pk])).status_code == 200
    assert not gardes()


# --- La clé --------------------------------------------------------------------------------------------------------------------
def test_chaque_lettre_de_ce_qui_est_montre_est_dans_la_cle() -> None:
    """De la version figée, et de chaque avis."""
    lu = scelle(une_candidature())
    texte = json.dumps(lu.fige)
    autres = [replace(lu, fige=json.loads(texte[: m.start(1)] + "¤" + texte[m.end(1) :])) for m in _feuilles(texte)]
    section = lu.avis[0]
    bloc = section.blocs[0]
    avis = [replace(bloc, service="DDT"), replace(bloc, rendu_le="hier"), replace(bloc, territoire="ailleurs")]
    autres += [replace(lu, avis=(replace(section, blocs=(b,)), *lu.avis[1:])) for b in avis]
    assert len({cle_de(autre) for autre in [lu, *autres]}) == len(autres) + 1 > 40


def _feuilles(texte: str) -> Iterator[re.Match[str]]:
    """Le premier caractère de chaque texte écrit (« nom » : « texte »)."""
    return re.finditer(r'": "([a-zA-Z])', texte)


def test_changer_un_gabarit_change_la_cle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celui de la fiche, et chacun de ceux qu'il inclut, de proche en proche."""
    lu, avant, noms = scelle(une_candidature()), set(), [nom for nom, _ in fragments._sources(_gabarit())]
    assert len(set(noms)) >= 4, noms
    for nom in ["", *sorted(set(noms))]:
        dossier = tmp_path / (nom.replace("/", "-") or "rien")
        if nom:
            (dossier / nom).parent.mkdir(parents=True)
            (dossier / nom).write_text(_gabarit(nom).source + "\n<!-- changé -->")
        with monkeypatch.context() as patch:
            patch.setattr(Engine.get_default(), "dirs", [dossier, *Engine.get_default().dirs])
            _recharger()
            avant.add(cle_de(lu))
        _recharger()
    assert len(avant) == len(set(noms)) + 1


def _gabarit(nom: str = GABARIT) -> Any:
    gabarit: Any = get_template(nom)
    return gabarit.template


def _recharger() -> None:
    """Comme le serveur de développement quand un fichier change."""
    for chargeur in Engine.get_default().template_loaders:
        chargeur.reset()


def test_changer_le_code_change_la_cle(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = condensats()
    fragments._du_code.cache_clear()
    monkeypatch.setattr(fragments, "CODE", fragments.CODE[1:])
    assert condensats()[0] == avant[0]
    assert condensats()[1] != avant[1]
    fragments._du_code.cache_clear()


# --- Qui lit -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("ordre", [1, -1])
def test_chacun_ne_lit_que_sa_vue(page: str, ordre: int, monde: Monde, client_de: Callable[[str], Client]) -> None:
    """Le national lit l'avis rendu, l'agent d'un autre département et le bailleur jamais, qui que ce soit qui ait lu d'abord."""
    adresse = reverse(page, args=[monde.deposee_a.pk])
    agent = monde.personne("agent_departemental")
    AvisDepartemental.objects.create(
        candidature=monde.deposee_a,
        departement=monde.deposee_a.departements.all()[0],
        champ_libre="Un avis très favorable",
        auteur=agent,
        auteur_nom="Aline",
        service=Service.objects.filter(departement__isnull=False)[0],
        service_nom="DDT",
        rendu_le=monde.deposee_a.deposee_le,
    )
    lus = {}
    for role in ("administrateur", "redacteur", "lecteur", "deposant")[::ordre]:
        lus[role] = "Un avis très favorable" in client_de(role).get(adresse).content.decode()
    assert lus == {"administrateur": True, "lecteur": True, "redacteur": False, "deposant": False}
    assert len(gardes()) == 2, "une vue par contenu, partagée par ceux qui lisent la même"


@pytest.mark.parametrize("page", PAGES)
def test_rien_de_qui_lit_n_est_garde(page: str, monde: Monde, client_de: Callable[[str], Client]) -> None:
    """Ni jeton, ni nom, ni lien."""
    client = client_de("administrateur")
    reponse = client.get(reverse(page, args=[monde.deposee_a.pk]))
    (cle,) = gardes()
    cache: Any = caches["fragments"]
    garde = cache.get(cle.rpartition(":")[2])
    assert garde in reponse.content.decode()
    for interdit in ("csrf", "href", "<form", client.cookies["csrftoken"].value, str(monde.personne("administrateur"))):
        assert interdit not in garde, interdit


# --- Caviarder -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
def test_un_texte_caviarde_n_est_plus_montre_ni_garde(page: str, monde: Monde, client_de: Callable[[str], Client]) -> None:
    client, adresse = client_de("administrateur"), reverse(page, args=[monde.deposee_a.pk])
    texte = monde.deposee_a.versions.get().document["nom"]
    assert texte in client.get(adresse).content.decode()
    caviarder(monde.deposee_a, texte)
    assert not gardes()
    montre = client.get(adresse).content.decode()
    assert "[retiré]" in montre
    assert texte not in montre.split('class="feuille"')[1]


def test_un_autre_processus_oublie_aussi() -> None:
    """Un processus qui garde le fragment au moment du caviardage l'a oublié à sa page suivante."""
    contexte = get_context("fork")
    ici, la_bas = contexte.Pipe()
    lu = scelle(une_candidature())
    autre = contexte.Process(target=_autre_processus, args=(la_bas, lu), daemon=True)  # un échec ne laisse pas l'essai attendre
    autre.start()
    assert ici.recv() == 1, "il garde le fragment"
    oublier()
    ici.send("une autre page")
    assert ici.recv() == 1, "il n'a plus que celui de cette page"
    ici.send("fin")
    autre.join(10)
    assert autre.exitcode == 0


def _autre_processus(bout: Any, lu: Scelle) -> None:
    montrer(lu)
    bout.send(len(gardes()))
    bout.recv()
    montrer(replace(lu, fige=lu.fige | {"nom": "Un autre"}))
    bout.send(len(gardes()))
    bout.recv()
    os._exit(0)


def test_oublier_deux_fois_de_suite_oublie_deux_fois() -> None:
    """Même dans la même milliseconde : la marque est celle d'un fichier neuf."""
    lu, marques = scelle(une_candidature()), set()
    for _ in range(20):
        montrer(lu)
        assert len(gardes()) == 1
        oublier()
        assert not gardes()
        marques.add(fragments._marque())
    assert len(marques) > 1


def test_seul_ce_qui_oublie_les_fragments_leve_la_protection_des_versions() -> None:
    """Une fonction à venir qui récrirait une version sans les oublier les laisserait en mémoire."""
    racine = Path(fragments.__file__).resolve().parents[2]
    fautifs = [
        str(module.relative_to(racine))
        for application in ("hlm_projets", "territoires", "comptes", "candidatures", "avis", "pilotage")
        for module in (racine / application).rglob("*.py")
        if "lever_declencheurs(" in (source := module.read_text()) and "def lever_declencheurs(" not in source
        if "fragments" not in source
    ]
    assert not fautifs
