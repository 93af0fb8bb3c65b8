"""Lire un historique de réponses, en comparer deux états, en remettre un : la même page pour la fiche et pour un avis."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from candidatures.models.historique import Trace
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.differences import Ecart, differences
from candidatures.plusieurs_mains.disputes import en_colonnes, qui_et_quand
from candidatures.plusieurs_mains.empreintes import ecrire, empreinte_ecrite, empreintes
from candidatures.plusieurs_mains.forms import FormulaireDeComparaison, FormulaireDeRemise, lire_le_moment
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from comptes.views.listes import page_de
from hlm_projets.requete.middleware import recu_le
from territoires.heures import dire_heure, heure_locale


class NonRemis(Exception):
    """Le texte n'est pas remis ; la phrase dit pourquoi."""


class Changee(NonRemis):
    """La réponse a changé pendant qu'on lisait la page."""


class Relecture(ABC):
    """La page d'historique d'un sujet.

    - `gardee` garde les réponses d'aujourd'hui, `traces` les changements à montrer ;
    - `sections` : (titre, rubriques), dans l'ordre du papier ;
    - `fil` : le gabarit du fil d'Ariane ; `duree` : la phrase qui dit ce que l'on garde.
    """

    gardee: Model
    traces: QuerySet[Any]
    titre: str
    reference: str
    adresse: str
    fil: str
    duree: str
    est_modifiable: bool
    sections: Sequence[tuple[str, Sequence[str]]]

    @abstractmethod
    def intitule(self, rubrique: str) -> str:
        """L'intitulé officiel."""

    @abstractmethod
    def saisie(self, rubrique: str) -> str:
        """L'adresse où cette réponse s'écrit."""

    @abstractmethod
    def lisible(self, rubrique: str, ecrite: Any) -> str:
        """Une réponse au format d'échange, telle qu'on la lit."""

    @abstractmethod
    def est_texte(self, rubrique: str) -> bool:
        """Vrai d'un texte : il se dit par sa longueur."""

    @abstractmethod
    def remettre(self, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
        """Écrit cette réponse par la porte ordinaire ; `lu` : ce que la page montrait. Lève NonRemis, Changee."""

    def taille(self, rubrique: str, ecrite: Any) -> str:
        """« 1 204 caractères », « 3 lignes » ; une réponse courte se dit elle-même."""
        if ecrite is None:
            return "vide"
        if isinstance(ecrite, list):
            return f"{len(ecrite)} ligne{'s' if len(ecrite) > 1 else ''}"
        if self.est_texte(rubrique):
            return f"{len(ecrite):,} caractère{'s' if len(ecrite) > 1 else ''}".replace(",", "\u00a0")
        return self.lisible(rubrique, ecrite)


def page_d_historique(request: HttpRequest, sujet: Relecture) -> HttpResponse:
    """Les rubriques changées ; avec `rubrique`, ses changements et leur comparaison ; envoyé, remet un texte ancien."""
    noms = {nom for _, rubriques in sujet.sections for nom in rubriques}
    if request.method == "POST":
        return _remettre(request, sujet, noms)
    rubrique = request.GET.get("rubrique", "")
    return _page_de_rubrique(request, sujet, rubrique) if rubrique in noms else _sommaire(request, sujet)


# --- Toutes les rubriques ------------------------------------------------------------------------------------------------
def _sommaire(request: HttpRequest, sujet: Relecture) -> HttpResponse:
    """Par section, dans l'ordre du papier : combien de changements, le dernier."""
    dernier = sujet.traces.filter(rubrique=OuterRef("rubrique")).order_by("-le", "-pk")
    champs = {nom: Subquery(dernier.values(nom)[:1]) for nom in ("par_nom", "le")}
    comptees = sujet.traces.order_by().values("rubrique").annotate(combien=Count("pk"), qui=champs["par_nom"], quand=champs["le"])
    lignes = {ligne["rubrique"]: _ligne(sujet, ligne) for ligne in comptees}
    sections = [(titre, [lignes[nom] for nom in noms if nom in lignes]) for titre, noms in sujet.sections]
    contexte = {"sujet": sujet, "sections": [section for section in sections if section[1]]}
    return render(request, "candidatures/plusieurs_mains/historique.html", contexte)


def _ligne(sujet: Relecture, comptee: Mapping[str, Any]) -> dict[str, Any]:
    return dict(comptee) | {"intitule": sujet.intitule(comptee["rubrique"])}


# --- Une rubrique --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Moment:
    """Un changement, tel que la page le montre ; `avant`, `apres` : les moments à comparer ; `est_actuel` : rien à remettre."""

    changement: Trace
    taille: str
    avant: str
    apres: str
    est_actuel: bool


def _page_de_rubrique(
    request: HttpRequest, sujet: Relecture, rubrique: str, statut: int = HTTPStatus.OK, conflit: str = ""
) -> HttpResponse:
    """Ses changements, du plus récent au plus ancien, et la comparaison de deux états."""
    suite = sujet.traces.filter(rubrique=rubrique).order_by("-le", "-pk")
    moments = _moments(suite)
    form = FormulaireDeComparaison(request.GET, rubrique, moments)
    lu = empreintes(sujet.gardee, [rubrique])
    page = page_de(request, suite)
    contexte = {
        "sujet": sujet,
        "rubrique": rubrique,
        "intitule": sujet.intitule(rubrique),
        "saisie": sujet.saisie(rubrique),
        "form": form,
        "page": page,
        "etapes": _etapes(sujet, page, list(moments), rubrique, lu[rubrique]),
        "premier": _premier(sujet, page, rubrique),
        "comparaison": _comparer(sujet, suite, rubrique, form) if moments else None,
        "lu": ecrire(lu),
        "conflit": conflit,
    }
    return render(request, "candidatures/plusieurs_mains/historique_rubrique.html", contexte, status=statut)


def _moments(suite: QuerySet[Any]) -> dict[str, str]:
    """Les états que l'historique connaît, du plus récent au plus ancien : après chaque changement, puis avant le premier."""
    lignes = list(suite.values_list("pk", "le", "par_nom"))
    moments = {f"{pk}-apres": f"{_quand(le)}, {par_nom}" for pk, le, par_nom in lignes}
    return moments | ({f"{lignes[-1][0]}-avant": f"avant le {_quand(lignes[-1][1])}"} if lignes else {})


def _quand(le: datetime) -> str:
    return f"{heure_locale(le):%d/%m/%Y} à {dire_heure(le)}"


def _etapes(sujet: Relecture, page: Page[Any], moments: list[str], rubrique: str, actuelle: str) -> list[Moment]:
    return [
        Moment(
            changement,
            sujet.taille(rubrique, changement.apres),
            moments[moments.index(f"{changement.pk}-apres") + 1],
            f"{changement.pk}-apres",
            empreinte_ecrite(changement.apres) == actuelle,
        )
        for changement in page
    ]


def _premier(sujet: Relecture, page: Page[Any], rubrique: str) -> dict[str, str] | None:
    """Ce que la réponse était avant le plus ancien changement gardé, au bas de la dernière page."""
    if page.has_next() or not page.object_list:
        return None
    plus_ancien = list(page)[-1]
    return {"moment": f"{plus_ancien.pk}-avant", "taille": sujet.taille(rubrique, plus_ancien.avant)}


def _comparer(
    sujet: Relecture, suite: QuerySet[Any], rubrique: str, form: FormulaireDeComparaison
) -> tuple[list[Ecart], list[Ecart]] | None:
    """Les deux colonnes : les morceaux de l'état de départ, ceux de l'état d'arrivée."""
    moments = [lire_le_moment(form.data[nom]) for nom in ("de", "a")]
    trouves = suite.in_bulk([moment[0] for moment in moments if moment])
    textes = [sujet.lisible(rubrique, getattr(trouves[m[0]], m[1])) for m in moments if m and m[0] in trouves]
    return en_colonnes(differences(*textes)) if len(textes) == 2 else None


# --- Remettre ------------------------------------------------------------------------------------------------------------
def _remettre(request: HttpRequest, sujet: Relecture, noms: set[str]) -> HttpResponse:
    """Par la porte ordinaire, contre ce que la page montrait : une ligne d'historique de plus, jamais une de moins."""
    form = FormulaireDeRemise(request.POST, noms)
    trouve = form.changement(sujet.traces)
    if trouve is None:
        messages.error(request, "Ce texte n'est plus dans l'historique : choisissez-en un autre.")
        return redirect(sujet.adresse)
    rubrique, par, le = form.cleaned_data["rubrique"], personne_connectee(request), recu_le(request)
    try:
        sujet.remettre(rubrique, trouve.ecrite, form.cleaned_data["lu"], par=par, le=le)
    except Changee:
        derniere = historique.derniers(sujet.traces, [rubrique]).get(rubrique)
        phrase = f"{qui_et_quand(derniere, par, le)}, pendant que vous lisiez cette page."
        sujet.gardee.refresh_from_db()
        return _page_de_rubrique(request, sujet, rubrique, HTTPStatus.CONFLICT, phrase)
    except NonRemis as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Le texte est remis. Celui qu'il remplace reste dans l'historique.")
    return redirect(f"{sujet.adresse}?rubrique={rubrique}")
