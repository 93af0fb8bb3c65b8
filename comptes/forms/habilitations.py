"""Une habilitation : un rôle, sa portée, ses dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from typing import Any, cast

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict

from comptes.actions import CHAMPS_D_HABILITATION, Habilitations
from comptes.forms.partage import FormulairePartage
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from comptes.models.habilitation import ROLES_A_DONNER
from territoires.models import cle_de_nom

AIDES = {
    "organisme": "Pour un rôle de bailleur seulement.",
    "service": "Pour un agent de l'État seulement. Les services sont rangés par région.",
    "debut": "Facultatif : vide, l'habilitation vaut dès maintenant.",
    "fin": "Facultatif, jour compris : vide, elle vaut sans limite.",
}
Options = list[tuple[Any, Any]]
MAXIMUM = 30
"""Les habilitations d'une personne."""
BEAUCOUP, TROUVES = 100, 25
"""Les organismes qu'une liste déroulante propose tous ; ceux que montre une recherche."""
CLE = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Portees:
    """Les organismes et les services à proposer, lus une fois pour toute la page."""

    organismes: Mapping[str, Organisme]
    services: Mapping[str, Service]
    a_chercher: bool = False
    """Les organismes sont trop nombreux pour une liste : elle ne propose que ceux qu'on cherche."""

    @classmethod
    def lire(cls) -> Portees:
        """Deux requêtes, quel que soit le nombre d'habilitations affichées."""
        return cls._de(Organisme.objects.all())

    @classmethod
    def trouver(cls, donnees: Mapping[str, str]) -> Portees:
        """Tous les organismes s'il y en a cent au plus ; au-delà, celui qui est choisi et ceux dont le nom contient ce qu'on cherche."""
        premiers = list(Organisme.objects.all()[: BEAUCOUP + 1])
        if len(premiers) <= BEAUCOUP:
            return cls._de(premiers)
        return cls._de(_cherches(donnees)[:TROUVES], a_chercher=True)

    @classmethod
    def _de(cls, organismes: Iterable[Organisme], *, a_chercher: bool = False) -> Portees:
        services = Service.objects.select_related("departement__region", "region")
        return cls({str(o.pk): o for o in organismes}, {str(s.pk): s for s in services}, a_chercher)

    @cached_property
    def options_d_organismes(self) -> Options:
        """Par ordre alphabétique ; le SIREN distingue les homonymes."""
        libelles = ((cle, f"{o.nom} ({o.siren})" if o.siren else o.nom) for cle, o in self.organismes.items())
        return [("", "Choisir un organisme"), *libelles]

    @cached_property
    def options_de_services(self) -> Options:
        """Un groupe par région : ses services régionaux, puis ceux de ses départements."""
        ranges = sorted(self.services.values(), key=_rang)
        groupes = [(region, [(str(s.pk), str(s)) for s in groupe]) for region, groupe in groupby(ranges, _region)]
        return [("", "Choisir un service"), *groupes]


def _cherches(donnees: Mapping[str, str]) -> QuerySet[Organisme]:
    """L'organisme choisi, ceux de ce SIREN, ceux dont le nom contient chaque mot."""
    choisi, texte = donnees.get("organisme", ""), donnees.get("cherche", "").strip()
    demande = Q(pk=int(choisi)) if CLE.fullmatch(choisi) else Q(pk=None)
    if mots := [cle for cle in map(cle_de_nom, texte.split()) if cle]:
        demande |= Q(siren=texte.replace(" ", "")) | reduce(Q.__and__, (Q(cle__contains=mot) for mot in mots))
    return Organisme.objects.filter(demande)


class RechercheDOrganisme(forms.Form):
    """Ce qu'on cherche, quand les organismes sont trop nombreux pour une liste."""

    cherche = forms.CharField(label="Chercher un organisme", required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["cherche"])["aide"] = (
            "Une partie de son nom, ou son SIREN ; la liste « Organisme » propose ce qui est trouvé."
        )


def _region(service: Service) -> str:
    region = service.region or (service.departement.region if service.departement else None)
    return str(region or "")


def _rang(service: Service) -> tuple[str, str, str]:
    return _region(service), service.departement_id or "", service.nom


class ChoixDePortee(forms.TypedChoiceField):
    """Un choix dans des objets déjà lus ; rend l'objet, ou None."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, empty_value=None)
        self.error_messages["invalid_choice"] = "Ce choix n'existe plus : choisissez dans la liste."

    def proposer(self, objets: Mapping[str, models.Model], options: Options) -> None:
        """Donne la liste."""
        self.choices, self.coerce = options, objets.__getitem__

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare les clés, nombre ou texte."""
        return str(initial or "") != str(data or "")


class ChampDeJour(forms.DateField):
    """Une date, au calendrier du navigateur ou écrite « 30/06/2026 »."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        self.error_messages["invalid"] = "Cette date n'existe pas. Écrivez-la comme 30/06/2026."


class FormulaireDHabilitation(FormulairePartage[Habilitation]):
    """Rôle, organisme ou service, dates."""

    role = forms.ChoiceField(label="Rôle", choices=[("", "Choisir un rôle"), *ROLES_A_DONNER])
    organisme = ChoixDePortee("Organisme")
    service = ChoixDePortee("Service de l'État")
    debut = ChampDeJour("À partir du")
    fin = ChampDeJour("Jusqu'au")

    class Meta:
        model = Habilitation
        fields = CHAMPS_D_HABILITATION

    def __init__(self, *args: Any, portees: Portees, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].error_messages["required"] = "Choisissez un rôle."
        if self.instance.role == Role.INVITE:  # se garde ou se retire ; elle ne se donne ni ne se change ici
            self.fields["role"] = forms.ChoiceField(label="Rôle", choices=[(Role.INVITE.value, Role.INVITE.label)])
        for nom, objets, options in (
            ("organisme", portees.organismes, portees.options_d_organismes),
            ("service", portees.services, portees.options_de_services),
        ):
            champ = self.fields[nom]
            if isinstance(champ, ChoixDePortee):
                champ.proposer(objets, options)
        for nom, aide in AIDES.items():
            vars(self.fields[nom])["aide"] = aide  # lu par le gabarit des champs


class JeuDHabilitations(forms.BaseInlineFormSet[Habilitation, Utilisateur, FormulaireDHabilitation]):
    """Les habilitations d'une personne, et une ligne vide pour en ajouter une."""

    def add_fields(self, form: FormulaireDHabilitation, index: int | None) -> None:
        """La case « Retirer », seulement sur ce qui existe."""
        super().add_fields(form, index)
        cle = form.fields["id"]
        cle.label = "Habilitation"
        cle.error_messages["invalid_choice"] = "Elle vient d'être retirée par une autre personne : rechargez la page."
        if isinstance(cle, forms.ModelChoiceField):
            cle.queryset = self.instance.habilitations.all()  # les siennes seulement : Django les admettrait toutes
        vars(form.fields["role"])["exige"] = bool(form.instance.pk)  # la ligne à ajouter peut rester vide
        if form.instance.pk:
            form.fields["DELETE"].label = "Retirer cette habilitation"
        else:
            form.fields.pop("DELETE", None)

    def clean(self) -> None:
        """Refuse deux fois la même habilitation."""
        vues = set()
        for form in self._remplies(retirees=False):
            cle = tuple(form.cleaned_data.get(nom) for nom in CHAMPS_D_HABILITATION)
            if cle in vues:
                form.add_error("role", "Cette habilitation figure deux fois : retirez l'une des deux.")
            vues.add(cle)

    def _remplies(self, *, retirees: bool) -> list[FormulaireDHabilitation]:
        """Les lignes justes, hors la ligne laissée vide."""
        justes = [f for f in self.forms if f.is_valid() and f.cleaned_data.get("role")]
        return [f for f in justes if bool(f.cleaned_data.get("DELETE")) is retirees]

    def habilitations(self) -> Habilitations:
        """Ce que la personne a demandé, une fois le jeu valide."""
        restantes = self._remplies(retirees=False)
        return Habilitations(
            ajoutees=[f.instance for f in restantes if not f.instance.pk],
            changees=[(f.instance, c) for f in restantes if f.instance.pk and (c := f.changements())],
            retirees=[f.instance for f in self.forms if f.instance.pk and f.cleaned_data.get("DELETE")],
        )


_Jeu = forms.inlineformset_factory(
    Utilisateur,
    Habilitation,
    form=FormulaireDHabilitation,
    formset=JeuDHabilitations,
    fields=CHAMPS_D_HABILITATION,
    extra=1,
    max_num=MAXIMUM,
    absolute_max=2 * MAXIMUM,  # Django en ferait mille de plus, chacune avec tous les services
    validate_max=True,
)


def jeu_de(personne: Utilisateur, donnees: QueryDict | None = None) -> JeuDHabilitations:
    """Le jeu d'une personne, lu en quatre requêtes quel que soit son nombre d'habilitations."""
    requete = Habilitation.objects.select_related("organisme", "service__departement", "service__region")
    jeu = _Jeu(donnees, instance=personne, queryset=requete, form_kwargs={"portees": Portees.lire()})
    return cast(JeuDHabilitations, jeu)
