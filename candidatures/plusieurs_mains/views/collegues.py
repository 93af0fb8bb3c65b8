"""Ce que la page de saisie apprend des collègues : qui remplit la fiche, et ce qu'ils ont changé de ce qu'elle montre."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string

from candidatures.models import Candidature
from candidatures.plusieurs_mains import historique, presence
from candidatures.plusieurs_mains.disputes import qui_et_quand, saisies_de
from candidatures.plusieurs_mains.empreintes import changees, lire, reponse
from candidatures.plusieurs_mains.page import page_de
from comptes.acces import personne_connectee
from hlm_projets.requete.middleware import recu_le


def annonces(
    request: HttpRequest, sujet: Model, noms: Collection[str], vierge: BaseForm, traces: QuerySet[Any], adresse: str
) -> list[dict[str, Any]]:
    """Les réponses changées depuis que la page les a lues (`lu`), par une autre qu'elle (`page`) : qui, quand, de quoi les montrer.

    `sujet` : la candidature ou l'avis qui les garde ; `noms` : celles que la page montre. Une requête, aucune si rien n'a changé.
    """
    lues = {nom: lue for nom, lue in lire(request.POST.get("lu", "")).items() if nom in noms}
    autres = changees(sujet, lues)
    derniers = historique.derniers(traces, autres) if autres else {}
    page, par, instant = page_de(request.POST), personne_connectee(request), recu_le(request)
    trouvees = []
    for nom, empreinte in autres.items():
        trace = derniers.get(nom)
        if trace and page and trace.page == page:
            continue  # écrite par cette page, qui ne l'a pas su
        valeurs = saisies_de(vierge, nom, reponse(sujet, nom))
        contexte = {"nom": nom, "phrase": qui_et_quand(trace, par, instant), "valeurs": valeurs, "adresse": adresse}
        html = render_to_string("candidatures/plusieurs_mains/changee.html", contexte)
        trouvees.append({"champ": nom, "html": html, "empreinte": empreinte, "valeurs": valeurs})
    return trouvees


def presents(request: HttpRequest, candidature: Candidature, code: str) -> str:
    """Dit que la personne est là, et qui d'autre l'est."""
    par, instant = personne_connectee(request), recu_le(request)
    presence.signaler(candidature, par, code, instant)
    return render_to_string(
        "candidatures/plusieurs_mains/presents.html", {"presents": presence.presents(candidature, sauf=par, le=instant)}
    )
