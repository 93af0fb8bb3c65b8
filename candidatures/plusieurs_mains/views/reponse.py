"""La réponse d'un enregistrement au fil de la frappe : la même pour la fiche, les avis et les justifications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from candidatures.plusieurs_mains.disputes import Dispute
from hlm_projets.requete.middleware import recu_le
from territoires.heures import heure_locale


def reponse(
    request: HttpRequest,
    *,
    ecrits: list[str],
    memoire: Mapping[str, str],
    erreurs: Mapping[str, list[str]],
    conflits: Iterable[Dispute],
) -> JsonResponse:
    """Ce qui est écrit, ce que la page doit retenir, les phrases par nom de saisie, les deux textes de chaque réponse disputée."""
    return JsonResponse(
        {
            "le": heure_dite(recu_le(request)),
            "ecrits": ecrits,
            "memoire": memoire,
            "erreurs": erreurs,
            "conflits": [{"champ": c.nom, "html": rendre_le_conflit(c), "valeurs": c.valeurs} for c in conflits],
        }
    )


def heure_dite(instant: datetime) -> str:
    """« 14:32 », à l'heure de Paris."""
    return f"{heure_locale(instant):%H:%M}"


def rendre_le_conflit(conflit: Dispute) -> str:
    """Les deux textes d'une réponse disputée, à insérer près du champ."""
    return render_to_string("candidatures/plusieurs_mains/conflit_champ.html", {"conflit": conflit, "boutons": True})


def plus_modifiable(pk: int) -> JsonResponse:
    """Déposée entre-temps : le texte reste à l'écran, plus rien ne s'enregistre."""
    phrase = "Cette candidature vient d'être déposée : ce que vous tapez maintenant n'est plus enregistré. Copiez-le si besoin."
    return JsonResponse(
        {"erreur": "deposee", "phrase": phrase, "url": reverse("candidatures:fiche", args=[pk])}, status=HTTPStatus.CONFLICT
    )


def fragment(nom: str, **contexte: Any) -> str:
    """Un morceau de page (« saisie/cote »), à mettre à la place de celui qui porte le même `data-fragment`."""
    return render_to_string(f"candidatures/{nom}.html", contexte)
