"""La saisie d'une section : un seul `ModelForm` par section, et les tableaux qui lui appartiennent.

Une réponse fausse n'empêche pas les autres d'être gardées : les justes sont écrites, la fausse revient telle que tapée (F-06).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from candidatures.champs import TexteCourt
from candidatures.fiche import Section
from candidatures.models import Candidature
from candidatures.saisie.actions import lire_les_listes
from candidatures.saisie.forms.tableaux import saisie_de, tableaux
from candidatures.sections import CONTACT, LISTE_APRES, LISTE_PAR_NOM, champ_de, listes_de, reponses_de
from comptes.models.utilisateur import COURRIEL_FAUX
from hlm_projets.ecran.champs_partages import partager
from territoires.models import Departement


class FormulaireDeSection(forms.ModelForm[Candidature]):
    """Les champs d'une section ; aucun n'est exigé pour enregistrer, ceux qui le sont au dépôt sont marqués."""

    def valeurs(self, noms: frozenset[str] | None = None) -> dict[str, Any]:
        """Ce qu'il faut écrire, départements compris : les réponses justes et changées ; `noms` : celles que la page dit envoyer."""
        self.is_valid()
        envoyees = noms if noms is not None else {nom for nom in self.changed_data if self._est_envoye(nom)}
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom in envoyees}

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
def formulaire_de(section: type[Section]) -> type[FormulaireDeSection]:
    """La classe de formulaire d'une section, faite de ses champs dans l'ordre du papier."""
    a_cocher = {liste.nom: Departements() for liste in listes_de(section) if not liste.tableaux}
    noms = [nom for nom in reponses_de(section) if nom not in LISTE_PAR_NOM]
    dits = {"contact_courriel": {"invalid": COURRIEL_FAUX}}
    classe: Any = forms.modelform_factory(Candidature, form=FormulaireDeSection, fields=noms, error_messages=dits)
    if a_cocher:
        suites = {nom: LISTE_APRES[nom].nom for nom in noms if nom in LISTE_APRES}
        ordre = [n for nom in noms for n in (nom, suites.get(nom)) if n]
        classe = type(f"FormulaireDe{section.__name__}", (classe,), {**a_cocher, "field_order": ordre})
    fabrique: type[FormulaireDeSection] = classe
    return partager(fabrique, {nom: _presentation(nom) for nom in fabrique.base_fields})


def _presentation(nom: str) -> dict[str, Any]:
    """Ce que le gabarit du champ en lit ; aucun n'est exigé pour enregistrer."""
    modele, liste = champ_de(nom), LISTE_PAR_NOM.get(nom)
    presentation = {
        "required": False,
        "exige": bool(liste.demande) if liste else not modele.blank,
        "aide": CONTACT.get(nom) or getattr(modele, "aide", ""),
    }
    return presentation | ({"compteur": modele.maximum} if isinstance(modele, TexteCourt) else {})


def remplir(
    candidature: Candidature, section: type[Section], donnees: QueryDict | None = None, champs: frozenset[str] | None = None
) -> FormulaireDeSection:
    """Le formulaire de la section, rempli de cet envoi, ou de ce que la base garde ; `champs` : les réponses que l'envoi nomme."""
    a_cocher = [liste.nom for liste in listes_de(section) if not liste.tableaux and (champs is None or liste.nom in champs)]
    initial = {nom: [element.pk for element in getattr(candidature, nom).all()] for nom in a_cocher}
    return formulaire_de(section)(donnees, instance=candidature, initial=initial)


@dataclass(frozen=True, slots=True)
class Bloc:
    """Une réponse de la page : un champ du formulaire, ou une liste en tableaux (`field` : None)."""

    nom: str
    intitule: str
    field: BoundField | None = None

    @property
    def gabarit(self) -> str:
        """Le gabarit d'une liste porte son nom ; un champ n'en a pas à lui."""
        return f"candidatures/saisie/{self.nom}.html" if self.nom in LISTE_PAR_NOM else ""


class Saisie:
    """La saisie d'une section entière : le formulaire et ses tableaux.

    - `champs` : les seules réponses que la page envoie (enregistrement au fil de la frappe) ; None, toute la section ;
    - `siens` : les listes à montrer comme la base les garde, quoi que dise l'envoi.
    """

    def __init__(
        self,
        candidature: Candidature,
        section: type[Section],
        donnees: QueryDict | None = None,
        champs: frozenset[str] | None = None,
        siens: Collection[str] = (),
    ) -> None:
        self.section, self.champs = section, champs
        self.listes = [liste for liste in listes_de(section) if champs is None or liste.nom in champs]
        lire_les_listes(candidature, self.listes)
        self.form = remplir(candidature, section, donnees, champs)
        self.tableaux = tableaux(candidature, donnees, self.listes, siens)

    def est_juste(self) -> bool:
        """Vrai si tout ce qui a été tapé peut être gardé."""
        return all([self.form.is_valid(), *(tableau.is_valid() for tableau in self.tableaux.values() if tableau.is_bound)])

    def reponses(self) -> dict[str, Any]:
        """Ce qui est envoyé et juste, par nom ; d'un formulaire envoyé entier, ce qui n'est pas ce que la base gardait."""
        self.est_juste()
        return self.form.valeurs(self.champs) | self._listes()

    def _listes(self) -> dict[str, list[Any]]:
        """Les listes dont les tableaux sont envoyés et changés."""
        lies = {nom: tableau for nom, tableau in self.tableaux.items() if tableau.is_bound}
        changes = {nom for nom, tableau in lies.items() if self.champs is not None or tableau.a_change()}
        return {liste.nom: saisie_de(liste, self.tableaux) for liste in self.listes if changes & {*liste.tableaux}}

    @property
    def blocs(self) -> Iterator[Bloc]:
        """Ce que la page montre, dans l'ordre du papier : chaque champ, et après lui la liste qui se saisit dans ses tableaux."""
        for field in self.form:
            suite = LISTE_APRES.get(field.name)
            yield Bloc(field.name, str(field.label), field)
            if suite and suite.tableaux:
                yield Bloc(suite.nom, suite.titre)

    @property
    def erreurs(self) -> list[forms.BaseForm | forms.BaseFormSet[Any]]:
        """Ce que le résumé d'erreurs doit montrer."""
        return [self.form, *self.tableaux.values()]
