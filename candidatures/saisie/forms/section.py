"""La saisie d'une section : un seul `ModelForm` par section, et les tableaux qui lui appartiennent.

Une réponse fausse n'empêche pas les autres d'être gardées : les justes sont écrites, la fausse revient telle que tapée (F-06).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from candidatures import verrou
from candidatures.avancement.completude import champs_de
from candidatures.champs import TexteCourt
from candidatures.fiche import Projet, Section
from candidatures.models import Candidature, LigneDuPlan
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.disputes import DISPUTE, Choix, Dispute, choisir, disputer, en_clair
from candidatures.plusieurs_mains.empreintes import LISTES, ecrire, empreinte, empreintes, lire
from candidatures.plusieurs_mains.page import page_de
from candidatures.saisie import actions
from candidatures.saisie.forms.tableaux import tableaux
from comptes.models import Utilisateur
from hlm_projets.ecran.colonnes import colonne
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

SECTION_DES_LISTES = {"departements": Projet, "organismes": Projet, "lignes": LigneDuPlan.section}


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
                    colonne(Candidature, nom).run_validators(valeur)
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
    noms = [champ.name for champ in champs_de(section)]
    plus = [*CONTACT] if section is Projet else []
    classe: Any = forms.modelform_factory(Candidature, form=FormulaireDeSection, fields=[*noms, *plus])
    if section is Projet:
        ordre = [nom for n in noms for nom in ((n, "departements") if n == "localisation" else (n,))]
        classe = type("FormulaireDeProjet", (classe,), {"departements": Departements(), "field_order": [*ordre, *plus]})
    fabrique: type[FormulaireDeSection] = classe
    return fabrique


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
        self.lues = lire(donnees.get("lu", "")) if donnees else {}
        self.page = page_de(donnees or {})
        self.conflits: list[Dispute] = []
        self.choix = Choix(donnees)
        if donnees and champs is None and DISPUTE in donnees:
            self.choix = choisir(candidature, donnees, self.lues, self.vierge)
        self.form = self._formulaire(self.choix.donnees)
        self.tableaux = tableaux(
            candidature, donnees, self.choix.siens, porteurs=self._demande("organismes"), plan=self._demande("lignes")
        )

    def _formulaire(self, donnees: QueryDict | None = None) -> FormulaireDeSection:
        """Le formulaire de la section, rempli de cet envoi, ou de ce que la base garde."""
        departements = self.candidature.departements.all() if self._demande("departements") else ()
        initial = {"departements": [d.pk for d in departements]}
        return formulaire_de(self.section)(donnees, instance=self.candidature, initial=initial)

    @cached_property
    def vierge(self) -> FormulaireDeSection:
        """Le formulaire avant tout envoi : il sait ce qu'un navigateur enverrait de chaque réponse."""
        return self._formulaire()

    def _demande(self, liste: str) -> bool:
        """Vrai si cette liste appartient à la section, et que la page l'envoie."""
        return self.section is SECTION_DES_LISTES[liste] and (self.champs is None or liste in self.champs)

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
        listes = {nom: valeur for nom, valeur in changees.items() if nom in LISTES}
        champs = {nom: valeur for nom, valeur in changees.items() if nom not in LISTES}
        try:
            gardee = actions.enregistrer(
                self.candidature, champs, par=par, section=self.section, lues=self.lues, page=self.page, le=le, **listes
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
        ordre = [*self.form.fields, *LISTES]
        return [disputer(gardee, nom, miens[nom], traces.get(nom), par, self.vierge) for nom in sorted(noms, key=ordre.index)]

    def _a_change(self, nom: str, valeur: Any) -> bool:
        """Vrai si la réponse n'est pas celle que la page montrait ; sans mémoire de la page, tout ce qui est donné a changé."""
        return nom not in self.lues or self.lues[nom] != empreinte(nom, valeur)

    def _listes(self) -> dict[str, list[Any]]:
        """Les tableaux envoyés et changés."""
        lies = {nom: tableau for nom, tableau in self.tableaux.items() if tableau.is_bound}
        changes = [nom for nom, tableau in lies.items() if self.champs is not None or tableau.a_change()]
        if "organismes" in changes:
            return {"organismes": self.tableaux["organismes"].objets()}
        if not changes:
            return {}
        depenses, ressources = self.tableaux["depenses"], self.tableaux["ressources"]
        return {"lignes": [*depenses.objets(nature="depense"), *ressources.objets(nature="ressource")]}

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
