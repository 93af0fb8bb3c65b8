"""Le robot : part d'un lot d'adresses, suit tous les liens, regarde chaque page une fois par route et par état."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from tests.navigateur.controles import constater, fautes_d_un_gabarit, fautes_d_une_page

FICHIERS = {"candidatures:pdf", "candidatures:recu_pdf", "candidatures:archive_telecharger", "sante", "security_txt", "jeton"}
FICHIERS |= {"candidatures:annexe", "candidatures:annexe_apercu"}
"""Routes qui ne rendent pas de page : demandées sans être affichées."""

ROLES_PROCHES = frozenset({"autre_bailleur", "autre_agent", "invite_lire", "invite_deposer"})
"""Rôles dont les pages sont celles d'un autre : la matrice les joue tous, le robot seulement si `ROBOT_COMPLET=1`."""


def roles_joues(*roles: str) -> list[str]:
    """Les rôles que le robot prend l'un après l'autre."""
    return [role for role in roles if os.environ.get("ROBOT_COMPLET") or role not in ROLES_PROCHES]


Empreintes = Mapping[type[Model], str]


def empreintes() -> Empreintes:
    """L'état de chaque table, ligne à ligne (V-22)."""
    return {modele: _empreinte(modele) for modele in apps.get_models()}


def _empreinte(modele: type[Model]) -> str:
    lignes = modele._base_manager.order_by("pk").values_list()
    return hashlib.sha256(repr(list(lignes)).encode()).hexdigest()


class Robot:
    """Une personne (ou un anonyme) qui clique partout, et ce qu'elle a trouvé de fautif.

    `deja_vus` : les gabarits et états déjà examinés à fond, partagés entre les rôles.
    """

    def __init__(self, page: Page, lecteur: Utilisateur | None, deja_vus: set[str]) -> None:
        self.page, self.lecteur, self.deja_vus = page, lecteur, deja_vus
        self.fautes: list[str] = []
        self.titres: dict[str, str] = {}
        self.pages: list[str] = []
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
            self._noter(adresse, self._titre_repris(constat["titre"], self.page.url))
        if constat["signature"] not in self.deja_vus:
            self.deja_vus.add(constat["signature"])
            self._noter(adresse, fautes_d_un_gabarit(self.page, html))
        return constat["liens"]

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
    """L'état, l'organisme et l'avancement d'une candidature."""
    candidature = Candidature.objects.filter(pk=pk).first()
    return f"{candidature.etat} {candidature.organisme_id} {bool(candidature.nom)}" if candidature else str(pk)


def _etat_de_l_avis(pk: int, arguments: dict[str, Any]) -> str:
    """L'état du dossier, et l'étape de cet avis."""
    candidature, niveau = Candidature.objects.filter(pk=pk).first(), str(arguments["niveau"])
    if candidature is None or niveau not in Niveau or arguments["territoire"] not in territoires(candidature, Niveau(niveau)):
        return str(pk)
    if candidature.est_brouillon:
        return str(candidature.etat)
    attendu = attendu_de(candidature, Niveau(niveau), arguments["territoire"], timezone.now())
    return f"{candidature.etat} {attendu.etape} {attendu.a_un_brouillon}"


def _etat_de_la_campagne(pk: int, arguments: dict[str, Any]) -> str:
    """Publiée, ou non."""
    campagne = Campagne.objects.filter(pk=pk).first()
    return str(bool(campagne.publiee_le)) if campagne else str(pk)


_ETATS: dict[str, Callable[[int, dict[str, Any]], str]] = {
    "candidatures": _etat_du_dossier,
    "avis": _etat_de_l_avis,
    "pilotage": _etat_de_la_campagne,
}
