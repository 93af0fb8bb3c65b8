"""Le robot : part d'un lot d'adresses, suit tous les liens, regarde chaque page une fois par route et par état."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.apps import apps
from django.db.models import Model
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Response

from avis.attendus import Niveau, attendu_de
from avis.regles import territoires
from candidatures.models import Campagne, Candidature
from comptes.models import Utilisateur
from tests import sentinelles
from tests.droits.lignes import CONNECTES
from tests.droits.matrice import MATRICE
from tests.navigateur.controles import constater, fautes_d_un_gabarit, fautes_d_une_page
from tests.navigateur.hostilites import ATTAQUE

FICHIERS = {"candidatures:pdf", "candidatures:recu_pdf", "candidatures:archive_telecharger", "sante", "security_txt", "jeton"}
FICHIERS |= {"candidatures:annexe", "candidatures:annexe_apercu"}
"""Routes qui ne rendent pas de page : demandées sans être affichées."""

ROLES_PROCHES = frozenset({"autre_bailleur", "autre_agent", "invite_lire", "invite_deposer"})
"""Rôles dont les pages sont celles d'un autre : la matrice les joue tous, le robot seulement si `ROBOT_COMPLET=1`."""


def roles_joues(*roles: str) -> list[str]:
    """Les rôles que le robot prend l'un après l'autre."""
    return [role for role in roles if os.environ.get("ROBOT_COMPLET") or role not in ROLES_PROCHES]


def examine(role: str, route: str) -> bool:
    """Ce rôle examine-t-il à fond les pages de cette route ? La réponse ne dépend que de la matrice des droits.

    Une page que tous lisent de même l'est par l'anonyme et par un seul connecté ; de deux rôles d'une même famille, le cadet
    n'examine que les routes où il n'obtient pas ce qu'obtient l'aîné ; le reste, chaque rôle l'examine.
    """
    if route in LUES_DE_MEME:
        return role in ("anonyme", PREMIER_CONNECTE)
    return role not in AINES or reponses(role, route) != reponses(AINES[role], route)


def reponses(role: str, route: str) -> tuple[int, ...]:
    """Ce que ce rôle obtient de chaque objet de cette route, envois compris."""
    return tuple(ligne.attendu(role) for ligne in MATRICE if ligne.route == route)


def _lues_de_meme() -> frozenset[str]:
    """Les routes où tous ceux qui sont connectés obtiennent une page, quel que soit l'objet."""
    routes = {ligne.route for ligne in MATRICE if ligne.methode == "GET"}
    fermees = {
        ligne.route for ligne in MATRICE if ligne.methode == "GET" and {ligne.attendu(role) for role in CONNECTES} != {200}
    }
    return frozenset(routes - fermees)


PREMIER_CONNECTE = "deposant"
AINES = {
    **dict.fromkeys(("redacteur", "autre_bailleur"), "deposant"),
    **dict.fromkeys(("invite_lire", "invite_deposer"), "invite_ecrire"),
    "autre_agent": "agent_departemental",
}
LUES_DE_MEME = _lues_de_meme()
Empreintes = Mapping[type[Model], str]


def empreintes() -> Empreintes:
    """L'état de chaque table, ligne à ligne (V-22)."""
    return {modele: _empreinte(modele) for modele in apps.get_models()}


def _empreinte(modele: type[Model]) -> str:
    lignes = modele._base_manager.order_by("pk").values_list()
    return hashlib.sha256(repr(list(lignes)).encode()).hexdigest()


class Robot:
    """Une personne (ou un anonyme) qui clique partout, et ce qu'elle a trouvé de fautif.

    `examine` : les routes dont ce rôle examine à fond les pages : chaque route, et tout assemblage d'éléments nouveau.
    """

    def __init__(self, page: Page, lecteur: Utilisateur | None, examine: Callable[[str], bool]) -> None:
        self.page, self.lecteur, self.examine = page, lecteur, examine
        self.fautes: list[str] = []
        self.titres: dict[str, str] = {}
        self.pages: list[str] = []
        self.envois: dict[str, list[str]] = {}
        self.examinees: list[str] = []
        self._sortes: set[tuple[str, bool]] = set()
        self._assemblages: set[str] = set()
        self._aspects: set[str] = set()
        self._vues: set[str] = set()
        self._refus: set[int] = set()
        self._permises: set[str] = set()

    def explorer(self, departs: Iterable[str]) -> None:
        """Toutes les adresses de départ (même refusées), puis tous les liens qu'on y lit (qui doivent mener quelque part)."""
        a_voir = deque((adresse, False) for adresse in departs)
        while a_voir:
            adresse, lue = a_voir.popleft()
            if self._est_a_voir(adresse):
                a_voir.extend((lien, True) for lien in (self.suivre(adresse) if lue else self.sonder(adresse)))

    def _est_a_voir(self, adresse: str) -> bool:
        """Vrai la première fois, par route et par état."""
        cle = cle_de(adresse)
        nouvelle = cle not in self._vues
        self._vues.add(cle)
        return nouvelle

    def sonder(self, adresse: str) -> list[str]:
        """Une adresse qu'on essaie : affichée si elle est ouverte, ou la première fois qu'elle est refusée ; sinon lue seulement."""
        reponse = self.page.request.get(adresse, max_redirects=0)
        self._noter(adresse, self._panne_ou_fuite(reponse))
        if 300 <= reponse.status < 400:
            return [urljoin(reponse.url, reponse.headers["location"]).partition("?")[0]]
        if route_de(adresse) in FICHIERS or (reponse.status >= 400 and reponse.status in self._refus):
            return []
        self._refus.add(reponse.status)
        return self.examiner(self.page.goto(adresse))

    def suivre(self, lien: str) -> list[str]:
        """Un lien lu dans une page : il ne doit pas être refusé."""
        if route_de(lien) in FICHIERS:
            reponse = self.page.request.get(lien)
            if reponse.status >= 400 or "content-security-policy" not in reponse.headers:
                self._noter(lien, [f"réponse {reponse.status}, ou sans politique de sécurité"])
            return []
        page = self.page.goto(lien)
        if page is None or page.status >= 400:
            self._noter(lien, ["lien mort"])
        return self.examiner(page)

    def examiner(self, reponse: Response | None) -> list[str]:
        """Examine la page affichée, venue de cette réponse ; rend ses liens."""
        assert reponse is not None
        self._vues.add(cle_de(self.page.url))
        constat, adresse = constater(self.page), urlsplit(self.page.url).path
        html = reponse.text()
        self._noter(adresse, self._panne_ou_fuite(reponse))
        self._noter(adresse, fautes_d_une_page(constat, reponse))
        if reponse.status == 200:
            self.pages.append(self.page.url)
            self.envois.setdefault(self.page.url, constat["envois"])
            self._noter(adresse, self._titre_repris(constat["titre"], self.page.url))
        if self._est_a_examiner(set(constat["assemblages"])):
            self.examinees.append(self.page.url)
            self._noter(adresse, fautes_d_un_gabarit(self.page, html, self._aspects))
        return constat["liens"]

    def _est_a_examiner(self, assemblages: set[str]) -> bool:
        """Vrai la première fois d'une route, hostile ou non ; ensuite, si la page assemble ce qu'aucune de ce rôle n'assemblait."""
        route = route_de(self.page.url)
        if not self.examine(route):
            return False
        sorte, neufs = (route, est_hostile(self.page.url)), assemblages - self._assemblages
        nouvelle = sorte not in self._sortes or bool(neufs)
        self._sortes.add(sorte)
        self._assemblages |= neufs
        return nouvelle

    def _panne_ou_fuite(self, reponse: Response | APIResponse) -> Iterator[str]:
        if reponse.status >= 500:
            yield f"panne {reponse.status}"
        nouvelles = sentinelles.marques_dans(reponse.text()) - self._permises
        if fuites := sentinelles.fuites_vers(self.lecteur, " ".join(nouvelles)):
            yield f"fuite {fuites}"
        self._permises |= nouvelles - set(fuites)

    def _titre_repris(self, titre: str, adresse: str) -> Iterator[str]:
        """Deux pages n'ont pas le même titre (D-9) ; la même, filtrée ou rangée autrement, si."""
        chemin = urlsplit(adresse).path.replace("passage/deposer", "verifier")  # la même page
        if self.titres.setdefault(titre, chemin) != chemin:
            yield f"même titre que {self.titres[titre]} : {titre}"

    def _noter(self, adresse: str, fautes: Iterable[str]) -> None:
        self.fautes += [f"{adresse} : {faute}" for faute in fautes]


def porte_une_attaque(candidature: Candidature) -> bool:
    """Vrai d'une candidature dont les textes sont des attaques."""
    return ATTAQUE in str(candidature.nom)


def est_hostile(adresse: str) -> bool:
    """Vrai de la page d'un dossier, ou d'un de ses avis, dont les textes sont des attaques."""
    with suppress(Resolver404):
        trouve = resolve(urlsplit(adresse).path)
        pk = trouve.kwargs.get("pk")
        if isinstance(pk, int) and trouve.namespace in ("candidatures", "avis"):
            candidature = Candidature.objects.filter(pk=pk).first()
            return candidature is not None and porte_une_attaque(candidature)
    return False


def route_de(adresse: str) -> str:
    """Le nom de la route d'une adresse, vide si aucune."""
    try:
        return resolve(urlsplit(adresse).path).view_name
    except Resolver404:
        return ""


def cle_de(adresse: str) -> str:
    """Route, état de l'objet, autres paramètres : deux adresses de même clé se valent."""
    parties = urlsplit(adresse)
    try:
        trouve = resolve(parties.path)
    except Resolver404:
        return parties.path
    arguments: dict[str, Any] = dict(trouve.kwargs)
    if isinstance(pk := arguments.get("pk"), int):
        espace = trouve.view_name.partition(":")[0]
        arguments["pk"] = _ETATS[espace](pk, arguments) if espace in _ETATS else ""
    requete = sorted(nom for nom, valeur in parse_qsl(parties.query) if valeur)
    return f"{trouve.view_name} {sorted(arguments.items())} {requete}"


def _etat_du_dossier(pk: int, arguments: dict[str, Any]) -> str:
    """L'état, l'organisme et l'avancement d'une candidature ; et si ses textes sont des attaques."""
    candidature = Candidature.objects.filter(pk=pk).first()
    if candidature is None:
        return str(pk)
    return f"{candidature.etat} {candidature.organisme_id} {bool(candidature.nom)} {porte_une_attaque(candidature)}"


def _etat_de_l_avis(pk: int, arguments: dict[str, Any]) -> str:
    """L'état du dossier, et l'étape de cet avis."""
    candidature, niveau = Candidature.objects.filter(pk=pk).first(), str(arguments["niveau"])
    if candidature is None or niveau not in Niveau or arguments["territoire"] not in territoires(candidature, Niveau(niveau)):
        return str(pk)
    if candidature.est_brouillon:
        return str(candidature.etat)
    attendu = attendu_de(candidature, Niveau(niveau), arguments["territoire"], timezone.now())
    return f"{candidature.etat} {attendu.etape} {attendu.a_un_brouillon} {porte_une_attaque(candidature)}"


def _etat_de_la_campagne(pk: int, arguments: dict[str, Any]) -> str:
    """Publiée, ou non."""
    campagne = Campagne.objects.filter(pk=pk).first()
    return str(bool(campagne.publiee_le)) if campagne else str(pk)


_ETATS: dict[str, Callable[[int, dict[str, Any]], str]] = {
    "candidatures": _etat_du_dossier,
    "avis": _etat_de_l_avis,
    "pilotage": _etat_de_la_campagne,
}
