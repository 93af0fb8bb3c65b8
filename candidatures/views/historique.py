"""L'historique des réponses d'une fiche : qui les a changées, quand, de quoi à quoi ; y remettre un texte ancien."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import actions, regles
from candidatures import historique as traces
from candidatures.champs import Texte
from candidatures.completude import SECTION_PAR_CODE
from candidatures.differences import Ecart, differences
from candidatures.echange import FicheRefusee, lire_la_reponse
from candidatures.empreintes import LISTES, ecrire, empreinte_ecrite, empreintes, lire
from candidatures.forms.disputes import en_clair, en_colonnes, intitule_de, qui_et_quand
from candidatures.forms.historique import RUBRIQUES, FormulaireDeComparaison, FormulaireDeRemise, lire_le_moment
from candidatures.models import Candidature, Changement
from candidatures.models.candidature import Candidatures
from candidatures.views.commun import chercher, personne
from comptes.models import Utilisateur
from comptes.views.listes import page_de
from hlm_projets.colonnes import colonne
from hlm_projets.middleware import recu_le
from territoires.heures import dire_heure, heure_locale


@require_http_methods(["GET", "HEAD", "POST"])
def historique(request: HttpRequest, pk: int) -> HttpResponse:
    """Les rubriques changées ; avec `rubrique`, ses changements et leur comparaison ; envoyé, remet un texte ancien."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    if not regles.peut(regles.peut_remplir, personne(request), candidature):
        raise Http404
    if request.method == "POST":
        return _remettre(request, candidature)
    rubrique = request.GET.get("rubrique", "")
    return _page_de_rubrique(request, candidature, rubrique) if rubrique in RUBRIQUES else _sommaire(request, candidature)


# --- Toutes les rubriques ------------------------------------------------------------------------------------------------
def _sommaire(request: HttpRequest, candidature: Candidature) -> HttpResponse:
    """Par section, dans l'ordre du papier : combien de changements, le dernier."""
    du_dossier = Changement.objects.filter(candidature=candidature)
    dernier = du_dossier.filter(rubrique=OuterRef("rubrique")).order_by("-le", "-pk")
    champs = {nom: Subquery(dernier.values(nom)[:1]) for nom in ("par_nom", "le")}
    comptees = du_dossier.order_by().values("rubrique").annotate(combien=Count("pk"), qui=champs["par_nom"], quand=champs["le"])
    par_nom = {ligne["rubrique"]: ligne for ligne in comptees}
    sections = [
        (SECTION_PAR_CODE[code]._meta.verbose_name, [_ligne(par_nom[nom]) for nom in RUBRIQUES if _est_la(nom, code, par_nom)])
        for code in SECTION_PAR_CODE
    ]
    contexte = {"candidature": candidature, "sections": [section for section in sections if section[1]]}
    return render(request, "candidatures/historique.html", contexte)


def _est_la(nom: str, code: str, changees: Iterable[str]) -> bool:
    return RUBRIQUES[nom] == code and nom in changees


def _ligne(comptee: Mapping[str, Any]) -> dict[str, Any]:
    return dict(comptee) | {"intitule": intitule_de(comptee["rubrique"])}


# --- Une rubrique --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Etape:
    """Un changement, tel que la page le montre ; `avant`, `apres` : les moments à comparer ; `est_actuel` : rien à remettre."""

    changement: Changement
    taille: str
    avant: str
    apres: str
    est_actuel: bool


def _page_de_rubrique(
    request: HttpRequest, candidature: Candidature, rubrique: str, statut: int = HTTPStatus.OK, conflit: str = ""
) -> HttpResponse:
    """Ses changements, du plus récent au plus ancien, et la comparaison de deux états."""
    suite = Changement.objects.filter(candidature=candidature, rubrique=rubrique).order_by("-le", "-pk")
    moments = _moments(suite)
    form = FormulaireDeComparaison(request.GET, rubrique, moments)
    lu = empreintes(candidature, [rubrique])
    page = page_de(request, suite)
    contexte = {
        "candidature": candidature,
        "rubrique": rubrique,
        "intitule": intitule_de(rubrique),
        "section": RUBRIQUES[rubrique],
        "form": form,
        "page": page,
        "etapes": _etapes(page, list(moments), rubrique, lu[rubrique]),
        "premier": _premier(page, rubrique),
        "comparaison": _comparer(suite, rubrique, form) if moments else None,
        "lu": ecrire(lu),
        "conflit": conflit,
    }
    return render(request, "candidatures/historique_rubrique.html", contexte, status=statut)


def _moments(suite: QuerySet[Changement]) -> dict[str, str]:
    """Les états que l'historique connaît, du plus récent au plus ancien : après chaque changement, puis avant le premier."""
    lignes = list(suite.values_list("pk", "le", "par_nom"))
    moments = {f"{pk}-apres": f"{_quand(le)}, {par_nom}" for pk, le, par_nom in lignes}
    return moments | ({f"{lignes[-1][0]}-avant": f"avant le {_quand(lignes[-1][1])}"} if lignes else {})


def _quand(le: Any) -> str:
    return f"{heure_locale(le):%d/%m/%Y} à {dire_heure(le)}"


def _etapes(page: Page[Changement], moments: list[str], rubrique: str, actuelle: str) -> list[Etape]:
    return [
        Etape(
            changement,
            _taille(rubrique, changement.apres),
            moments[moments.index(f"{changement.pk}-apres") + 1],
            f"{changement.pk}-apres",
            empreinte_ecrite(changement.apres) == actuelle,
        )
        for changement in page
    ]


def _premier(page: Page[Changement], rubrique: str) -> dict[str, str] | None:
    """Ce que la réponse était avant le plus ancien changement gardé, au bas de la dernière page."""
    if page.has_next() or not page.object_list:
        return None
    plus_ancien = list(page)[-1]
    return {"moment": f"{plus_ancien.pk}-avant", "taille": _taille(rubrique, plus_ancien.avant)}


def _taille(rubrique: str, ecrite: Any) -> str:
    """« 1 204 caractères », « 3 lignes » ; une réponse courte se dit elle-même."""
    if ecrite is None:
        return "vide"
    if rubrique in LISTES:
        return f"{len(ecrite)} ligne{'s' if len(ecrite) > 1 else ''}"
    champ = colonne(Candidature, rubrique)
    if isinstance(champ, Texte):
        return f"{len(ecrite):,} caractère{'s' if len(ecrite) > 1 else ''}".replace(",", "\u00a0")
    return _lisible(rubrique, ecrite)


def _lisible(rubrique: str, ecrite: Any) -> str:
    """Une réponse gardée, telle qu'on la lit ; une valeur que la fiche n'admet plus se montre telle quelle."""
    try:
        return en_clair(rubrique, lire_la_reponse(rubrique, ecrite))
    except FicheRefusee:
        return str(ecrite)


def _comparer(
    suite: QuerySet[Changement], rubrique: str, form: FormulaireDeComparaison
) -> tuple[list[Ecart], list[Ecart]] | None:
    """Les deux colonnes : les morceaux de l'état de départ, ceux de l'état d'arrivée."""
    moments = [lire_le_moment(form.data[nom]) for nom in ("de", "a")]
    trouves = suite.in_bulk([moment[0] for moment in moments if moment])
    textes = [_lisible(rubrique, getattr(trouves[m[0]], m[1])) for m in moments if m and m[0] in trouves]
    return en_colonnes(differences(*textes)) if len(textes) == 2 else None


# --- Remettre ------------------------------------------------------------------------------------------------------------
def _remettre(request: HttpRequest, candidature: Candidature) -> HttpResponse:
    """Par la porte ordinaire, contre ce que la page montrait : une ligne d'historique de plus, jamais une de moins."""
    form = FormulaireDeRemise(request.POST)
    trouve = form.changement(candidature.pk)
    if trouve is None:
        messages.error(request, "Ce texte n'est plus dans l'historique : choisissez-en un autre.")
        return redirect("candidatures:historique", candidature.pk)
    rubrique = form.cleaned_data["rubrique"]
    adresse = f"{reverse('candidatures:historique', args=[candidature.pk])}?rubrique={rubrique}"
    try:
        remettre(candidature, rubrique, trouve[1], form.cleaned_data["lu"], par=personne(request), le=recu_le(request))
    except actions.PlusModifiable:
        messages.error(request, "La candidature n'est plus un brouillon : ses réponses ne changent plus.")
    except FicheRefusee as refus:
        messages.error(request, f"Ce texte ne peut pas être remis : {' '.join(refus.erreurs)}")
    except actions.Conflit as conflit:
        derniers = traces.derniers(conflit.candidature.changements.all(), [rubrique])
        phrase = (
            f"{qui_et_quand(derniers.get(rubrique), personne(request), recu_le(request))}, pendant que vous lisiez cette page."
        )
        return _page_de_rubrique(request, conflit.candidature, rubrique, HTTPStatus.CONFLICT, phrase)
    else:
        messages.success(request, "Le texte est remis. Celui qu'il remplace reste dans l'historique.")
    return redirect(adresse)


def remettre(candidature: Candidature, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
    """Écrit une réponse prise dans l'historique ; `lu` : ce que la page montrait. Lève FicheRefusee, PlusModifiable, Conflit."""
    valeur = lire_la_reponse(rubrique, ecrite)
    listes = {rubrique: valeur} if rubrique in LISTES else {}
    actions.enregistrer(
        candidature,
        {} if listes else {rubrique: valeur},
        par=par,
        lues={rubrique: ""} | lire(lu),
        page=str(uuid.uuid4()),
        le=le,
        **listes,
    )
