"""La saisie d'une section : un seul `ModelForm` par section, et les tableaux qui lui appartiennent.

Une réponse fausse n'empêche pas les autres d'être gardées : les justes sont écrites, la fausse revient telle que tapée (F-06).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from candidatures import verrou
from candidatures.champs import TexteCourt
from candidatures.fiche import Section
from candidatures.models import Candidature
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.disputes import DISPUTE, Choix, Dispute, choisir, disputer, en_clair
from candidatures.plusieurs_mains.empreintes import ecrire, empreinte, empreintes, lire
from candidatures.plusieurs_mains.page import page_de
from candidatures.saisie import actions
from candidatures.saisie.forms.tableaux import saisie_de, tableaux
from candidatures.sections import CONTACT, LISTE_APRES, LISTE_PAR_NOM, champ_de, listes_de, reponses_de
from comptes.models import Utilisateur
from territoires.models import Departement


class FormulaireDeSection(forms.ModelForm[Candidature]):
    """Les champs d'une section ; aucun n'est exigé pour enregistrer, ceux qui le sont au dépôt sont marqués."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            modele, liste = champ_de(nom), LISTE_PAR_NOM.get(nom)
            champ.required = False
            presentation = {
                "exige": bool(liste.demande) if liste else not modele.blank,
                "aide": CONTACT.get(nom) or getattr(modele, "aide", ""),
            }
            if isinstance(modele, TexteCourt):
                presentation["compteur"] = modele.maximum
            vars(champ).update(presentation)  # lu par le gabarit du champ

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
    classe: Any = forms.modelform_factory(Candidature, form=FormulaireDeSection, fields=noms)
    if a_cocher:
        suites = {nom: LISTE_APRES[nom].nom for nom in noms if nom in LISTE_APRES}
        ordre = [n for nom in noms for n in (nom, suites.get(nom)) if n]
        classe = type(f"FormulaireDe{section.__name__}", (classe,), {**a_cocher, "field_order": ordre})
    fabrique: type[FormulaireDeSection] = classe
    return fabrique


@dataclass(frozen=True, slots=True)
class Bloc:
    """Une réponse de la page : un champ du formulaire, ou une liste en tableaux (`field` : None)."""

    nom: str
    intitule: str
    field: BoundField | None = None

    @property
    def gabarit(self) -> str:
        """Le gabarit d'une liste porte son nom ; un champ a celui de tous les champs."""
        return f"candidatures/saisie/{self.nom}.html" if self.nom in LISTE_PAR_NOM else "dsfrcrispy/field.html"


class Saisie:
    """La saisie d'une section entière : le formulaire et ses tableaux.

    `champs` : les seules réponses que la page envoie (enregistrement au fil de la frappe) ; None, toute la section.
    """

    def __init__(
        self,
        candidature: Candidature,
        section: type[Section],
        donnees: QueryDict | None = None,
        champs: frozenset[str] | None = None,
    ) -> None:
        self.candidature, self.section, self.champs = candidature, section, champs
        self.listes = [liste for liste in listes_de(section) if champs is None or liste.nom in champs]
        self.lues = lire(donnees.get("lu", "")) if donnees else {}
        self.page = page_de(donnees or {})
        self.conflits: list[Dispute] = []
        self.choix = Choix(donnees)
        if donnees and champs is None and DISPUTE in donnees:
            self.choix = choisir(candidature, donnees, self.lues, self.vierge)
        self.form = self._formulaire(self.choix.donnees)
        self.tableaux = tableaux(candidature, donnees, self.listes, self.choix.siens)

    def _formulaire(self, donnees: QueryDict | None = None) -> FormulaireDeSection:
        """Le formulaire de la section, rempli de cet envoi, ou de ce que la base garde."""
        a_cocher = [liste.nom for liste in self.listes if not liste.tableaux]
        initial = {nom: [element.pk for element in getattr(self.candidature, nom).all()] for nom in a_cocher}
        return formulaire_de(self.section)(donnees, instance=self.candidature, initial=initial)

    @cached_property
    def vierge(self) -> FormulaireDeSection:
        """Le formulaire avant tout envoi : il sait ce qu'un navigateur enverrait de chaque réponse."""
        return self._formulaire()

    def est_juste(self) -> bool:
        """Vrai si tout ce qui a été tapé peut être gardé."""
        return all([self.form.is_valid(), *(tableau.is_valid() for tableau in self.tableaux.values() if tableau.is_bound)])

    def enregistrer(self, par: Utilisateur, le: datetime | None = None) -> list[str]:
        """Écrit ce qui est juste et que la personne a changé ; rend le nom de ce qui l'est. Lève PermissionDenied, PlusModifiable.

        Une réponse changée entre-temps par quelqu'un d'autre n'est pas écrite : `conflits` la montre.
        """
        self.est_juste()
        envoyees = self.form.valeurs(self.champs) | self._listes()
        changees = {
            nom: valeur
            for nom, valeur in envoyees.items()
            if (self.champs is not None or self._a_change(nom, valeur)) and nom not in self.choix.indecis
        }
        self.conflits = self._disputes(self.candidature, self.choix.indecis, envoyees, par)
        if not changees and self.champs is None:
            return list(envoyees)
        try:
            gardee = actions.enregistrer(
                self.candidature, changees, par=par, section=self.section, lues=self.lues, page=self.page, le=le
            )
        except verrou.Conflit as conflit:
            gardee = conflit.candidature
            self.conflits += self._disputes(gardee, conflit.noms, changees, par)
        disputes = {dispute.nom for dispute in self.conflits}
        if self.lues:
            tenues = empreintes(gardee, changees).items()
            self.lues |= {nom: tenue for nom, tenue in tenues if nom in disputes or tenue == empreinte(nom, changees[nom])}
        return [nom for nom in envoyees if nom not in disputes]

    def _disputes(self, gardee: Candidature, noms: Collection[str], tapees: dict[str, Any], par: Utilisateur) -> list[Dispute]:
        """Les réponses à trancher, dans l'ordre de l'écran ; une faute de frappe se montre telle que tapée."""
        if not noms:
            return []
        traces = historique.derniers(gardee.changements.all(), noms)
        miens = {nom: en_clair(nom, tapees[nom]) if nom in tapees else self.form.data.get(nom, "") for nom in noms}
        if self.lues:
            self.lues |= empreintes(gardee, noms)
        ordre = [*self.form.fields, *LISTE_PAR_NOM]
        return [disputer(gardee, nom, miens[nom], traces.get(nom), par, self.vierge) for nom in sorted(noms, key=ordre.index)]

    def _a_change(self, nom: str, valeur: Any) -> bool:
        """Vrai si la réponse n'est pas celle que la page montrait ; sans mémoire de la page, tout ce qui est donné a changé."""
        return nom not in self.lues or self.lues[nom] != empreinte(nom, valeur)

    def _listes(self) -> dict[str, list[Any]]:
        """Les listes dont les tableaux sont envoyés et changés."""
        lies = {nom: tableau for nom, tableau in self.tableaux.items() if tableau.is_bound}
        changes = {nom for nom, tableau in lies.items() if self.champs is not None or tableau.a_change()}
        return {liste.nom: saisie_de(liste, self.tableaux) for liste in self.listes if changes & {*liste.tableaux}}

    @property
    def memoire(self) -> str:
        """Ce que la page montre, pour le prochain envoi.

        Une page réaffichée garde sa mémoire : une réponse qu'une autre personne a changée et que celle-ci n'a pas touchée ne doit
        pas passer pour sa saisie. Après un conflit, le texte de l'autre est réputé lu.
        """
        if self.lues:
            return ecrire(self.lues)
        return ecrire(empreintes(self.candidature, reponses_de(self.section)))

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
