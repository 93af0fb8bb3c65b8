"""Les formulaires des avis : chercher dans sa liste, écrire un avis, donner un motif."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from avis.a_traiter import ETAPES_A_FAIRE, Territoire, chercher
from avis.attendus import Etape
from avis.lignes import etape_a
from avis.models import AvisAttendu, AvisDepartemental, AvisRegional
from candidatures.champs.a_saisir import TexteField
from candidatures.echange.ecrire import champs_d_avis
from candidatures.plusieurs_mains.disputes import choisir
from candidatures.plusieurs_mains.empreintes import ecrire, empreinte, empreintes, lire
from candidatures.verrou import MOTIF_MAXIMUM
from hlm_projets.ecran.champ_d_instant import ChampDInstant
from hlm_projets.ecran.champs_partages import partager

Avis = AvisDepartemental | AvisRegional
A_FAIRE = "a_faire"
EXIGES = {"reproductibilite", "sens", "motif_passer_outre"}
AIDES = {
    "champ_libre": "Les listes à puces et la numérotation sont gardées telles que tapées ou collées.",
    "motif_passer_outre": "Il est lu du niveau national. Les avis en retard ne seront plus attendus.",
}


# --- Chercher ----------------------------------------------------------------------------------------------------------
class FiltreATraiter(forms.Form):
    """Chercher dans « À traiter ». Une valeur inconnue est dite, et ne filtre rien."""

    q = forms.CharField(label="Numéro, projet ou organisme", required=False, max_length=200)
    etape = forms.ChoiceField(label="Étape", required=False, choices=[("", "Toutes"), (A_FAIRE, "à rendre"), *Etape.choices])

    def __init__(self, donnees: Mapping[str, Any], territoires: list[Territoire], maintenant: datetime) -> None:
        super().__init__(donnees)
        self.maintenant = maintenant
        if len(territoires) > 1:
            choix = [(territoire.cle, str(territoire)) for territoire in territoires]
            self.fields["territoire"] = forms.ChoiceField(label="Territoire", required=False, choices=[("", "Tous"), *choix])

    def filtrer(self, lignes: QuerySet[AvisAttendu]) -> QuerySet[AvisAttendu]:
        """Les lignes qui répondent à tout ce qui est compris."""
        self.is_valid()
        etape, territoire = self.cleaned_data.get("etape"), self.cleaned_data.get("territoire")
        if etape:
            dite = etape_a(self.maintenant)
            lignes = lignes.alias(dite=dite).filter(Q(dite__in=ETAPES_A_FAIRE if etape == A_FAIRE else (etape,)))
        if territoire:
            niveau, _, code = territoire.partition("-")
            lignes = lignes.filter(niveau=niveau, territoire=code)
        texte = self.cleaned_data.get("q", "")
        return chercher(lignes, texte) if texte else lignes

    @property
    def est_pose(self) -> bool:
        """Vrai si un filtre au moins est compris et rempli."""
        self.is_valid()
        return any(self.cleaned_data.values())


# --- Écrire un avis ----------------------------------------------------------------------------------------------------
class FormulaireDAvis(forms.ModelForm[Any]):
    """Les rubriques d'un avis, intitulées comme sur le papier ; rien n'est exigé pour enregistrer le brouillon.

    La page garde l'empreinte de chaque réponse qu'elle montrait : un collègue qui a écrit entre-temps n'est pas effacé.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indecis: frozenset[str] = frozenset()
        self.lues = self._lues()

    def _lues(self) -> dict[str, str]:
        """Les empreintes de ce que la page montrait ; à défaut, rien : un texte déjà gardé est disputé, jamais effacé."""
        if not self.is_bound:
            return empreintes(self.instance, self.fields)
        envoyees = lire(self.data.get("lu", ""))
        return {nom: envoyees.get(nom, empreinte(nom, None)) for nom in self.fields}

    def _post_clean(self) -> None:
        """L'instance n'est pas touchée : seules les actions écrivent."""

    def reponses(self) -> dict[str, Any]:
        """Les réponses envoyées et justes."""
        self.is_valid()
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if self._est_envoye(nom)}

    def valeurs(self) -> dict[str, Any]:
        """Ce qu'il faut écrire : les réponses justes qui diffèrent de ce que la page montrait, sauf un conflit pas encore tranché."""
        reponses = {nom: valeur for nom, valeur in self.reponses().items() if nom not in self.indecis}
        return {nom: valeur for nom, valeur in reponses.items() if empreinte(nom, valeur) != self.lues[nom]}

    @property
    def memoire(self) -> str:
        """Ce que la page montre, pour le prochain envoi ; réaffichée, elle garde ce qu'elle montrait."""
        return ecrire(self.lues)

    def retenir(self, avis: Avis, noms: Iterable[str]) -> dict[str, str]:
        """La page montre désormais ces réponses telles que gardées : qui les change encore ne se les dispute pas à soi-même."""
        retenues = empreintes(avis, noms)
        self.lues |= retenues
        return retenues

    def _est_envoye(self, nom: str) -> bool:
        return not self.fields[nom].widget.value_omitted_from_data(self.data, self.files, nom)


@cache
def _classe(modele: type[Avis], *plus: str) -> type[FormulaireDAvis]:
    noms = [champ.name for champ in champs_d_avis(modele)]
    fabrique: Any = forms.modelform_factory(modele, form=FormulaireDAvis, fields=[*noms, *plus])
    if plus:
        motif = TexteField(maximum=MOTIF_MAXIMUM, lignes=3, required=False, label="Motif pour passer outre les avis en retard")
        fabrique = type("FormulairePassantOutre", (fabrique,), {"motif_passer_outre": motif})
    classe: type[FormulaireDAvis] = fabrique
    presentations = {nom: {"exige": nom in EXIGES, "aide": AIDES.get(nom, "")} for nom in classe.base_fields}
    return partager(classe, {nom: {"required": False, **lue} for nom, lue in presentations.items()})  # lu par le gabarit du champ


def formulaire_d_avis(avis: Avis, donnees: QueryDict | None = None, *, passe_outre: bool = False) -> FormulaireDAvis:
    """Le formulaire de ce niveau ; `passe_outre` : avec le motif pour ne pas attendre des départements en retard."""
    plus = ("motif_passer_outre",) if passe_outre else ()
    return _classe(type(avis), *plus)(donnees, instance=avis)


def formulaire_tranche(avis: Avis, donnees: QueryDict, *, passe_outre: bool = False) -> FormulaireDAvis:
    """Le formulaire d'un envoi, où la personne a pu trancher des conflits : sa réponse, celle du collègue, ou les deux."""
    vierge = formulaire_d_avis(avis, passe_outre=passe_outre)
    choix = choisir(avis, donnees, lire(donnees.get("lu", "")), vierge)
    form = formulaire_d_avis(avis, choix.donnees, passe_outre=passe_outre)
    form.indecis = choix.indecis
    return form


# --- L'administrateur national -----------------------------------------------------------------------------------------
class FormulaireDeMotif(forms.Form):
    """Un motif, exigé."""

    motif = TexteField(maximum=MOTIF_MAXIMUM, lignes=4, label="Motif", error_messages={"required": "Écrivez le motif."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["motif"])["aide"] = "Le service le lit dans le courriel qui le prévient."

    def clean_motif(self) -> str:
        """Des espaces ne sont pas un motif."""
        motif = str(self.cleaned_data["motif"])
        if not motif.strip():
            raise ValidationError("Écrivez le motif.")
        return motif


class FormulaireDeReport(FormulaireDeMotif):
    """Une nouvelle échéance, et pourquoi."""

    echeance = ChampDInstant("Nouvelle échéance", vide="Indiquez la date et l'heure.")
    field_order = ("echeance", "motif")
