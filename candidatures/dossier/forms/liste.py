"""Chercher, filtrer et trier la liste des candidatures.

Toute valeur de l'adresse passe par ce formulaire : une valeur inconnue est dite, et ne filtre rien.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django_filters import CharFilter, ChoiceFilter, FilterSet

from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from candidatures.models.candidature import Candidatures
from comptes.models import Utilisateur
from comptes.portees import portee_de
from territoires.connus import choix_de_departements, choix_de_regions

RECENTES = F("deposee_le").desc(nulls_last=True)
TRIS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Dépôt le plus récent", (RECENTES,)),
    "numero": ("Numéro", (F("numero").asc(nulls_last=True),)),
    "nom": ("Nom du projet", (Lower("nom"),)),
    "organisme": ("Organisme", (Lower("organisme__nom"), RECENTES)),
    "menages": ("Nombre de ménages", (F("nombre_menages").desc(nulls_last=True),)),
}
"""Les tris proposés, et aucun autre."""
COLONNES = (
    "numero",
    "nom",
    "etat",
    "deposee_le",
    "nombre_menages",
    "nombre_menages_precision",
    "organisme__nom",
    "campagne__titre",
)


class FiltreDesCandidatures(FilterSet):
    """Les filtres de la liste, sur ce que la personne peut lire."""

    q = CharFilter(label="Numéro, projet ou organisme", method="filtrer_par_mots", max_length=200)
    campagne = ChoiceFilter(label="Campagne", empty_label="Toutes", field_name="campagne")
    etat = ChoiceFilter(label="État", empty_label="Tous", field_name="etat_lu")
    region = ChoiceFilter(label="Région", empty_label="Toutes", method="filtrer_par_region")
    departement = ChoiceFilter(label="Département", empty_label="Tous", method="filtrer_par_departement")
    tri = ChoiceFilter(label="Trier par", empty_label=TRIS[""][0], method="trier")

    def __init__(self, donnees: Mapping[str, Any], personne: Utilisateur, requete: Candidatures | None = None) -> None:
        """`requete` : ce qu'on filtre, avec l'état que la personne en lit ; à défaut, ce qu'elle consulte."""
        if requete is None:
            requete = Candidature.objects.consultables_par(personne).avec_etat_lu(personne)
        super().__init__(donnees, queryset=requete.order_by(*TRIS[""][1], "-pk"))
        for nom, choix in _choix(personne).items():
            if nom in self.filters:
                self.filters[nom].extra["choices"] = choix

    def filter_queryset(self, queryset: Candidatures) -> Candidatures:
        """Les mots en dernier : ils sont cherchés parmi ce que les autres filtres laissent."""
        for nom in (*(nom for nom in self.form.cleaned_data if nom != "q"), "q"):
            queryset = self.filters[nom].filter(queryset, self.form.cleaned_data.get(nom))
        return queryset

    def filtrer_par_mots(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Chaque mot se trouve dans le numéro, le nom ou l'organisme, sans égard aux accents ni à la casse."""
        return queryset.contenant(valeur)

    def filtrer_par_region(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Les projets dont un département au moins est dans la région."""
        return queryset.filter(pk__in=_concernees(departement__region=valeur))

    def filtrer_par_departement(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Les projets qui concernent ce département."""
        return queryset.filter(pk__in=_concernees(departement=valeur))

    def trier(self, queryset: Candidatures, nom: str, valeur: str) -> Candidatures:
        """Un tri de la liste `TRIS` ; la clé départage."""
        return queryset.order_by(*TRIS[valeur][1], "-pk")

    @property
    def retenus(self) -> dict[str, str]:
        """Les filtres valides et remplis : ce qu'il faut pour les rejouer."""
        self.form.is_valid()
        return {nom: str(valeur) for nom, valeur in self.form.cleaned_data.items() if valeur}

    @property
    def en_mots(self) -> list[str]:
        """« État : Déposée », « Région : Bretagne » : les filtres retenus, comme on les lit."""
        champs: Mapping[str, forms.Field] = self.form.fields
        return [f"{champs[nom].label} : {_libelle(champs[nom], valeur)}" for nom, valeur in self.retenus.items() if nom != "tri"]


def lire(requete: Candidatures, cles: Iterable[int]) -> list[Candidature]:
    """Ces candidatures, dans l'ordre des clés : ce qu'une ligne montre, et rien des longs textes."""
    ordre = list(cles)
    lues = requete.filter(pk__in=ordre).order_by().select_related("organisme", "campagne").only(*COLONNES)
    par_cle = {candidature.pk: candidature for candidature in lues}
    return [par_cle[cle] for cle in ordre if cle in par_cle]


def codes_des_departements(candidatures: Iterable[Candidature]) -> dict[int, list[str]]:
    """Les codes des départements concernés, par dossier, dans leur ordre ; une requête."""
    codes: dict[int, list[str]] = {candidature.pk: [] for candidature in candidatures}
    liens = Candidature.departements.through.objects.filter(candidature__in=codes).order_by("departement_id")
    for cle, code in liens.values_list("candidature_id", "departement_id"):
        codes[cle].append(code)
    return codes


def _choix(personne: Utilisateur) -> dict[str, list[tuple[str, str]]]:
    """Les choix des listes déroulantes."""
    portee = portee_de(personne)
    avec_brouillons = portee.administre or portee.est_bailleur
    return {
        "campagne": [(str(pk), titre) for pk, titre in Campagne.objects.values_list("pk", "titre")],
        "etat": [(valeur, libelle) for valeur, libelle in Etat.choices if avec_brouillons or valeur != Etat.BROUILLON],
        "region": choix_de_regions(),
        "departement": choix_de_departements(),
        "tri": [(valeur, libelle) for valeur, (libelle, _) in TRIS.items() if valeur],
    }


def _concernees(**condition: str) -> QuerySet[Any, Any]:
    return Candidature.departements.through.objects.filter(**condition).values("candidature")


def _libelle(champ: forms.Field, valeur: str) -> str:
    choix: Iterable[tuple[str, str]] = getattr(champ, "choices", ())
    return dict(choix).get(valeur, f"« {valeur} »")
