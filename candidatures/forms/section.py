"""La saisie d'une section : un seul `ModelForm` par section, et les tableaux qui lui appartiennent.

Une réponse fausse n'empêche pas les autres d'être gardées : les justes sont écrites, la fausse revient telle que tapée (F-06).
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django import forms
from django.db import models
from django.http import QueryDict

from candidatures import actions
from candidatures.champs import Champ, Precision, TexteCourt, en_texte
from candidatures.completude import champs_de
from candidatures.empreintes import LISTES, ecrire, empreinte, empreintes, lire, reponse
from candidatures.fiche import Projet
from candidatures.forms.rangees import tableaux
from candidatures.models import Candidature, LigneDuPlan
from comptes.models import Utilisateur
from territoires.models import Departement

CONTACT = ("contact_nom", "contact_fonction", "contact_telephone", "contact_courriel")

AIDES = {
    "localisation": "La ville, l'agglomération ou le territoire, comme vous le diriez. Les départements se cochent juste après.",
    "nombre_menages": "Le nombre total sur la durée du projet ; dites le reste dans la précision (« 15 par an soit 30 sur deux ans »).",
    "nombre_logements": "Laissez vide si le nombre dépend des besoins, et dites-le dans la précision.",
    "duree_mois": "En mois : 24 pour deux ans.",
    "cout_diagnostic": "Un seul montant : écrivez-le dans « De » et laissez « À » vide.",
    "methodologie": "Les listes à puces et la numérotation sont gardées telles que tapées ou collées.",
    "contact_telephone": "Par exemple 01 23 45 67 89.",
    "contact_courriel": "Par exemple prenom.nom@exemple.fr. Le reçu du dépôt y est envoyé aussi.",
}
"""Notre aide, à part des consignes officielles."""

INTITULES = {"departements": "Départements concernés", "organismes": "Organismes porteurs", "lignes": "Plan de financement"}


class FormulaireDeSection(forms.ModelForm[Candidature]):
    """Les champs d'une section ; aucun n'est exigé pour enregistrer, ceux qui le sont au dépôt sont marqués."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            modele: Any = Candidature._meta.get_field(nom)
            champ.required = False
            presentation = {"exige": nom == "departements" or not modele.blank, "aide": AIDES.get(nom, "")}
            if isinstance(modele, TexteCourt):
                presentation["compteur"] = modele.maximum
            vars(champ).update(presentation)  # lu par le gabarit du champ

    def valeurs(self) -> dict[str, Any]:
        """Ce qu'il faut écrire : les réponses envoyées, justes, et changées."""
        self.is_valid()
        return {
            nom: self.cleaned_data[nom]
            for nom in self.changed_data
            if nom in self.cleaned_data and nom != "departements" and self._est_envoye(nom)
        }

    def departements(self) -> list[Departement] | None:
        """Les départements cochés, s'ils ont changé ; None sinon."""
        choisis = self.cleaned_data.get("departements")
        return None if choisis is None or "departements" not in self.changed_data else list(choisis)

    def _est_envoye(self, nom: str) -> bool:
        champ = self.fields[nom]
        return not champ.widget.value_omitted_from_data(self.data, self.files, self.add_prefix(nom))

    def _post_clean(self) -> None:
        """Joue les contrôles propres aux colonnes du contact ; l'instance n'est pas touchée, seule `actions.enregistrer` écrit."""
        for nom in CONTACT:
            if valeur := self.cleaned_data.get(nom):
                try:
                    champ_de(nom).run_validators(valeur)
                except forms.ValidationError as erreur:
                    self.add_error(nom, erreur)


class Departements(forms.ModelMultipleChoiceField[Departement]):
    """Les départements concernés, à cocher, rangés par région dans le gabarit."""

    def __init__(self) -> None:
        super().__init__(
            Departement.objects.select_related("region"),
            required=False,
            label="Départements concernés",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": "Le département « %(value)s » n'existe pas.",
                "invalid_pk_value": "Un code de département n'est pas lisible.",
            },
        )


@cache
def formulaire_de(section: type[models.Model]) -> type[FormulaireDeSection]:
    """La classe de formulaire d'une section, faite de ses champs dans l'ordre du papier."""
    noms = [champ.name for champ in champs_de(section)]
    plus = [*CONTACT] if section is Projet else []
    classe: Any = forms.modelform_factory(Candidature, form=FormulaireDeSection, fields=[*noms, *plus])
    if section is Projet:
        ordre = [nom for n in noms for nom in ((n, "departements") if n == "localisation" else (n,))]
        classe = type("FormulaireDeProjet", (classe,), {"departements": Departements(), "field_order": [*ordre, *plus]})
    fabrique: type[FormulaireDeSection] = classe
    return fabrique


class Saisie:
    """La saisie d'une section entière : le formulaire et ses tableaux."""

    def __init__(self, candidature: Candidature, section: type[models.Model], donnees: QueryDict | None = None) -> None:
        self.candidature, self.section = candidature, section
        initial = {"departements": [d.pk for d in candidature.departements.all()]} if section is Projet else {}
        self.lues = lire(donnees.get("lu", "")) if donnees else {}
        self.conflits: list[tuple[str, str]] = []
        self.form = formulaire_de(section)(donnees, instance=candidature, initial=initial)
        self.tableaux = tableaux(candidature, donnees, porteurs=section is Projet, plan=section is LigneDuPlan.section)

    def est_juste(self) -> bool:
        """Vrai si tout ce qui a été tapé peut être gardé."""
        return all([self.form.is_valid(), *(tableau.is_valid() for tableau in self.tableaux.values())])

    def enregistrer(self, par: Utilisateur) -> None:
        """Écrit ce qui est juste et que la personne a changé. Lève PermissionDenied, actions.PlusModifiable.

        Une réponse changée entre-temps par quelqu'un d'autre n'est pas écrite : `conflits` la montre.
        """
        self.est_juste()
        changees = {nom: v for nom, v in (self.form.valeurs() | self._listes()).items() if self._a_change(nom, v)}
        if not changees:
            return
        listes = {nom: valeur for nom, valeur in changees.items() if nom in LISTES}
        champs = {nom: valeur for nom, valeur in changees.items() if nom not in LISTES}
        try:
            gardee = actions.enregistrer(self.candidature, champs, par=par, lues=self.lues, **listes)
        except actions.Conflit as conflit:
            gardee = conflit.candidature
            self.conflits = [_dire(gardee, nom) for nom in conflit.noms]
        if self.lues:
            self.lues |= empreintes(gardee, changees)

    def _a_change(self, nom: str, valeur: Any) -> bool:
        """Vrai si la réponse n'est pas celle que la page montrait ; sans mémoire de la page, tout ce qui est donné a changé."""
        return nom not in self.lues or self.lues[nom] != empreinte(nom, valeur)

    def _listes(self) -> dict[str, list[Any]]:
        """Les listes envoyées."""
        listes: dict[str, list[Any]] = {}
        if self.section is Projet and (departements := self.form.departements()) is not None:
            listes["departements"] = departements
        changes = [nom for nom, tableau in self.tableaux.items() if tableau.a_change()]
        if "organismes" in changes:
            listes["organismes"] = self.tableaux["organismes"].objets()
        elif changes:
            listes["lignes"] = self.tableaux["depenses"].objets(nature="depense")
            listes["lignes"] += self.tableaux["ressources"].objets(nature="ressource")
        return listes

    @property
    def memoire(self) -> str:
        """Ce que la page montre, pour le prochain envoi.

        Une page réaffichée garde sa mémoire : une réponse qu'une autre personne a changée et que celle-ci n'a pas touchée ne doit
        pas passer pour sa saisie. Après un conflit, le texte de l'autre est réputé lu.
        """
        if self.lues:
            return ecrire(self.lues)
        noms = [nom for nom in self.form.fields if nom not in LISTES]
        if self.section is Projet:
            noms += ["departements", "organismes"]
        elif "depenses" in self.tableaux:
            noms.append("lignes")
        return ecrire(empreintes(self.candidature, noms))

    @property
    def erreurs(self) -> list[forms.BaseForm | forms.BaseFormSet[Any]]:
        """Ce que le résumé d'erreurs doit montrer."""
        return [self.form, *self.tableaux.values()]


def _dire(candidature: Candidature, nom: str) -> tuple[str, str]:
    """L'intitulé d'une réponse et ce qu'une autre personne vient d'y écrire."""
    if nom in LISTES:
        return INTITULES[nom], "\n".join(str(objet) for objet in reponse(candidature, nom))
    champ = champ_de(nom)
    precise = champ_de(nom.removesuffix("_precision")) if isinstance(champ, Precision) else champ
    return str(precise.verbose_name), en_texte(champ, reponse(candidature, nom))


def champ_de(nom: str) -> Champ:
    """La colonne d'une candidature qui porte ce nom."""
    return cast(Champ, Candidature._meta.get_field(nom))
