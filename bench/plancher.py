"""Le plancher : ce que coûterait la même page sans rien de ce qui la rend utile.

Des vues nues, derrière la même pile de couches (session, compte, CSRF…), chacune une seule requête SQL et un gabarit simple, avec les
mêmes lignes ou les mêmes champs. Une page se juge à son rapport au plancher mesuré au même instant : la machine n'y entre plus.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from avis.models import AvisDepartemental
from candidatures.echange.ecrire import champs_d_avis
from candidatures.models import Candidature, LigneDuPlan, Version
from candidatures.sections import SECTION_PAR_CODE, champs_de
from territoires.models import Departement

LIGNES_DE_LA_LISTE = 25
CELLULES = ("financeur", "libelle", "montant", "part", "etat")


def liste(request: HttpRequest) -> HttpResponse:
    """Les mêmes lignes que la première page de la liste."""
    colonnes = ("pk", "numero", "nom", "organisme__nom", "campagne__code", "etat", "deposee_le", "modifie_le")
    return render(request, "plancher/liste.html", {"lignes": list(Candidature.objects.values(*colonnes)[:LIGNES_DE_LA_LISTE])})


def lecture(request: HttpRequest, pk: int) -> HttpResponse:
    """Le document figé, rubrique par rubrique, tel quel."""
    return render(
        request, "plancher/lecture.html", {"document": Version.objects.values_list("document", flat=True).get(candidature=pk)}
    )


def avis(request: HttpRequest, pk: int) -> HttpResponse:
    """Le document figé et les champs d'un avis (GET), ou l'écriture de ce qui est envoyé, sans aucun contrôle (POST)."""
    if request.method == "POST":
        AvisDepartemental.objects.filter(candidature=pk).update(pertinence=request.POST["pertinence"])
        return redirect(request.path)
    document = Version.objects.values_list("document", flat=True).get(candidature=pk)
    champs = [champ.verbose_name for champ in champs_d_avis(AvisDepartemental)]
    return render(request, "plancher/avis.html", {"document": document, "champs": champs})


def section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Les champs d'une section (GET), ou l'écriture de ce qui est envoyé, sans aucun contrôle (POST)."""
    noms = [champ.name for champ in champs_de(SECTION_PAR_CODE[code])]
    if request.method == "POST":
        Candidature.objects.filter(pk=pk).update(**{nom: request.POST[nom] for nom in noms if request.POST.get(nom)})
        return redirect(request.path)
    if SECTION_PAR_CODE[code] is LigneDuPlan.section:
        lignes = list(LigneDuPlan.objects.filter(candidature=pk).values(*CELLULES, *(f"candidature__{nom}" for nom in noms)))
        valeurs = {nom: lignes[0][f"candidature__{nom}"] for nom in noms}
    else:
        lignes, valeurs = [], Candidature.objects.values(*noms).get(pk=pk)
    contexte = {"champs": _champs(code, valeurs), "lignes": [[ligne[nom] for nom in CELLULES] for ligne in lignes]}
    return render(request, "plancher/section.html", contexte | {"departements": _departements() if code == "projet" else []})


def _champs(code: str, valeurs: dict[str, Any]) -> list[dict[str, Any]]:
    champs = champs_de(SECTION_PAR_CODE[code])
    return [{"nom": c.name, "intitule": c.verbose_name, "consigne": c.help_text, "valeur": valeurs[c.name]} for c in champs]


@cache
def _departements() -> list[tuple[str, str]]:
    """La donnée de référence, lue une fois."""
    return [(d.pk, str(d)) for d in Departement.objects.all()]
