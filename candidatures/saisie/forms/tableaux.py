"""Les tableaux de saisie d'une section : organismes porteurs (rubrique 3), dépenses et ressources (rubrique 30).

Une rangée n'a pas d'identité : la suite saisie remplace la suite gardée. Renvoyer deux fois la même page donne donc le même
résultat, et aucune clé d'un autre dossier ne peut être glissée (F-29).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models

from candidatures.champs.textes import normaliser
from candidatures.echange.lire import RANGEES_MAXIMUM
from candidatures.models import Candidature, LigneDuPlan, Porteur
from candidatures.sections import Liste
from comptes.models.organisme import STATUTS_CONNUS
from hlm_projets.ecran.champs_partages import partager

REPERES = ("nom", "siren", "libelle")
"""Ce qui distingue une rangée d'une autre ; un financeur ou un statut se répètent."""


class Rangee(forms.ModelForm[Any]):
    """Une rangée d'un tableau : aucune cellule n'est exigée, une rangée vide est ignorée."""

    def clean(self) -> dict[str, Any]:
        """Normalise les textes comme partout ailleurs."""
        valeurs = super().clean() or {}
        return {nom: normaliser(v).strip() if isinstance(v, str) else v for nom, v in valeurs.items()}

    def cellules(self) -> dict[str, Any]:
        """Les valeurs à garder : celles qui sont justes, et l'ancienne là où la saisie ne l'est pas, ou n'est pas proposée."""
        valeurs = getattr(self, "cleaned_data", {})
        return {**self.initial} | {nom: valeurs.get(nom, self.initial.get(nom)) for nom in self.fields if nom != "DELETE"}

    def est_vide(self) -> bool:
        """Vrai si rien n'est écrit dans la rangée."""
        return all(self.cellules()[nom] in (None, "") for nom in self.fields if nom != "DELETE")

    def est_a_retirer(self) -> bool:
        """Vrai si la case « retirer » est cochée."""
        return bool(getattr(self, "cleaned_data", {}).get("DELETE"))

    def _post_clean(self) -> None:
        """Le modèle est validé au dépôt ; ici, seules les cellules le sont."""


class RangeePorteur(Rangee):
    """Un organisme : nom, statut, SIREN."""

    siren = forms.CharField(label="SIREN", required=False, widget=forms.TextInput({"inputmode": "numeric"}))

    class Meta:
        model = Porteur
        fields = ("nom", "statut", "siren")
        widgets: ClassVar = {"statut": forms.TextInput({"list": "statuts-connus"})}

    def clean_siren(self) -> str:
        """Neuf chiffres, espaces permises à la saisie."""
        siren = "".join(str(self.cleaned_data["siren"]).split())
        if siren and not (siren.isascii() and siren.isdigit() and len(siren) == 9):
            raise forms.ValidationError("Le SIREN compte 9 chiffres.")
        return siren

    def clean(self) -> dict[str, Any]:
        """Un statut ou un SIREN sans nom ne dit pas de qui il s'agit."""
        valeurs = super().clean()
        if not valeurs.get("nom") and (valeurs.get("statut") or valeurs.get("siren") or self.errors):
            self.add_error("nom", "Écrivez le nom de cet organisme, ou videz la ligne.")
        return valeurs


class RangeeDepense(Rangee):
    """Une dépense : volet, montant ou part."""

    class Meta:
        model = LigneDuPlan
        fields = ("libelle", "montant", "part")
        labels: ClassVar = {"libelle": "Volet"}


class RangeeRessource(Rangee):
    """Une ressource : financeur, libellé, montant ou part, état."""

    class Meta:
        model = LigneDuPlan
        fields = ("financeur", "libelle", "montant", "part", "etat")


class Tableau(forms.BaseFormSet[Rangee]):
    """Un tableau de saisie, lié à la suite gardée."""

    modele: type[models.Model] = LigneDuPlan
    cachees: tuple[str, ...] = ()
    titre: str  # dit de quel tableau parle une erreur

    def __init__(self, donnees: Any = None, *, prefix: str, gardees: Sequence[models.Model] = ()) -> None:
        self.gardees = [{nom: getattr(o, nom) for nom in self.colonnes()} for o in gardees]
        super().__init__(donnees, prefix=prefix, initial=self._d_avant(donnees, prefix) if donnees else self.gardees)

    def _d_avant(self, donnees: Any, prefix: str) -> list[dict[str, Any]]:
        """La rangée gardée de chaque rangée de la page ; vide pour une rangée neuve, ou dont on ne sait plus laquelle c'était.

        Une rangée retirée ou vidée reste à l'écran, alors qu'elle n'est plus gardée : la suite gardée est décalée d'autant.
        """
        page = [self._tapees(donnees, f"{prefix}-{rang}-") for rang in range(_total(donnees, prefix))]
        restantes = [rang for rang, tapees in enumerate(page) if tapees]
        if all(page[: len(self.gardees)]):
            return self.gardees
        rangs = restantes if len(self.gardees) <= len(restantes) else range(len(self.gardees))
        d_avant = dict(zip(rangs, self.gardees, strict=False))
        return [g if (g := d_avant.get(rang, {})) and _se_ressemblent(g, tapees) else {} for rang, tapees in enumerate(page)]

    def _tapees(self, donnees: Any, prefixe: str) -> dict[str, str]:
        """Ce que dit une rangée de la page, tel que tapé ; vide si elle est vidée ou à retirer."""
        noms = [] if donnees.get(f"{prefixe}DELETE") else (self.form._meta.fields or ())
        return {nom: tape for nom in noms if (tape := str(donnees.get(f"{prefixe}{nom}") or "").strip())}

    @classmethod
    def colonnes(cls) -> tuple[str, ...]:
        """Les colonnes à garder : celles du tableau, et celles qu'il ne montre pas."""
        return (*(cls.form._meta.fields or ()), *cls.cachees)

    def saisies(self) -> list[dict[str, Any]]:
        """Les rangées à garder, dans l'ordre, sans les vides ni celles à retirer."""
        if self.non_form_errors():
            return self.gardees
        return [rangee.cellules() for rangee in self.forms if not rangee.est_a_retirer() and not rangee.est_vide()]

    def clean(self) -> None:
        """Borne le nombre de rangées ; négatif, il ne vient pas de la page : sans cela, il viderait la suite."""
        if self.total_form_count() - len(self.deleted_forms) > RANGEES_MAXIMUM:
            raise forms.ValidationError(f"{RANGEES_MAXIMUM} lignes au plus ; retirez-en, ou regroupez-en.")
        if (self.management_form.cleaned_data.get("TOTAL_FORMS") or 0) < 0:
            raise forms.ValidationError("Le tableau reçu n'est pas lisible : rechargez la page.")

    def a_change(self) -> bool:
        """Vrai si la suite saisie n'est pas la suite gardée."""
        return self.saisies() != self.gardees

    def objets(self, **constantes: Any) -> list[Any]:
        """Les objets à écrire."""
        return [
            self.modele(**constantes, **{n: "" if v is None and self._est_texte(n) else v for n, v in s.items()})
            for s in self.saisies()
        ]

    def add_fields(self, form: Any, index: int | None) -> None:
        """La case qui retire une rangée se dit comme elle est : la même pour toutes, comme le reste de leurs champs."""
        form.fields["DELETE"] = RETIRER

    def _est_texte(self, nom: str) -> bool:
        return isinstance(self.modele._meta.get_field(nom), models.CharField)


class TableauPorteurs(Tableau):
    """Les organismes porteurs."""

    modele = Porteur
    titre = "Organismes porteurs"
    statuts = STATUTS_CONNUS

    def saisies(self) -> list[dict[str, Any]]:
        """Un organisme sans nom n'est pas gardé : sa saisie reste à l'écran."""
        return [cellules for cellules in super().saisies() if cellules["nom"]]


class TableauDepenses(Tableau):
    """Les dépenses ; le financeur et l'état qu'une fiche chargée leur donne ne se saisissent pas, et ne se perdent pas."""

    cachees = ("financeur", "etat")
    titre = "Dépenses"


class TableauRessources(Tableau):
    """Les ressources, par financeur."""

    titre = "Ressources"


def _total(donnees: Any, prefix: str) -> int:
    """Le nombre de rangées de la page, borné ; illisible, aucune."""
    total = str(donnees.get(f"{prefix}-TOTAL_FORMS", ""))
    return min(int(total), 2 * RANGEES_MAXIMUM) if total.isascii() and total.isdecimal() and len(total) < 6 else 0


def _se_ressemblent(gardee: dict[str, Any], tapees: dict[str, str]) -> bool:
    """Vrai si l'une des cellules qui distinguent une rangée dit la même chose."""
    return any(nom in tapees and str(gardee.get(nom) or "") == tapees[nom] for nom in REPERES)


def _fabrique(rangee: type[Rangee], tableau: type[Tableau], extra: int) -> type[Tableau]:
    fabrique: Any = forms.formset_factory(
        rangee,
        formset=tableau,
        extra=extra,
        can_delete=True,
        max_num=RANGEES_MAXIMUM,
        absolute_max=2 * RANGEES_MAXIMUM,
    )
    classe: type[Tableau] = fabrique
    return classe


def _en_cellules(rangee: type[Rangee], **reglages: Mapping[str, Any]) -> type[Rangee]:
    """Aucune cellule n'est exigée ; elle n'a pas la place d'une consigne."""
    cellule = {"required": False, "help_text": ""}
    return partager(rangee, {nom: {**cellule, **reglages.get(nom, {})} for nom in rangee.base_fields})


def _avec_un_tiret(nom: str) -> dict[str, Any]:
    """Les choix d'une liste déroulante, et d'abord aucun."""
    champ: Any = RangeeRessource.base_fields[nom]
    return {"choices": [("", "–"), *(choix for choix in champ.choices if choix[0])]}


RETIRER = forms.BooleanField(label="Retirer", required=False, widget=Tableau.get_deletion_widget())
for une_rangee in (RangeePorteur, RangeeDepense):
    _en_cellules(une_rangee)
_en_cellules(RangeeRessource, financeur=_avec_un_tiret("financeur"), etat=_avec_un_tiret("etat"))

Porteurs = _fabrique(RangeePorteur, TableauPorteurs, 2)
Depenses = _fabrique(RangeeDepense, TableauDepenses, 3)
Ressources = _fabrique(RangeeRessource, TableauRessources, 3)


CLASSES = {"organismes": Porteurs, "depenses": Depenses, "ressources": Ressources}
"""La classe de chaque tableau que `sections` déclare."""


def tableaux(candidature: Candidature, donnees: Any, listes: Iterable[Liste], siens: Collection[str] = ()) -> dict[str, Tableau]:
    """Les tableaux de ces listes, par nom ; `donnees` : le POST, ou None ; `siens` : les listes à montrer comme la base les garde."""
    faits: dict[str, Tableau] = {}
    for liste in listes:
        gardees = list(getattr(candidature, liste.nom).all()) if liste.tableaux else []
        for nom, nature in liste.tableaux.items():
            siennes = [objet for objet in gardees if not nature or objet.nature == nature]
            faits[nom] = CLASSES[nom](None if liste.nom in siens else donnees, prefix=nom, gardees=siennes)
    return faits


def saisie_de(liste: Liste, faits: Mapping[str, Tableau]) -> list[Any]:
    """Les objets d'une liste, tels que ses tableaux les disent."""
    natures = {nom: {"nature": nature} if nature else {} for nom, nature in liste.tableaux.items()}
    return [objet for nom, constantes in natures.items() for objet in faits[nom].objets(**constantes)]
