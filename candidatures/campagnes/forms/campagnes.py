"""La campagne : ses dates, ses montants, ses bornes."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django.core.exceptions import ValidationError

from candidatures.campagnes.actions import CHAMPS, CODE_FIGE, code_est_fige, refuser_un_code_pris
from candidatures.champs.a_saisir import EntierField, MontantField, PartField
from candidatures.champs.montants import lire_montant
from candidatures.models import Campagne
from comptes.forms.partage import FormulairePartage
from hlm_projets.ecran.champ_d_instant import ChampDInstant

ENVELOPPE_MAXIMALE = Decimal("1000000000.00")
AIDES = {
    "titre": "Par exemple « 10 000 logements HLM accompagnés – session 2026 ».",
    "ouverture": "Les bailleurs peuvent commencer une candidature dès cet instant.",
    "echeance_departementale": "Facultatif. Passé cet instant, la région peut rendre son avis sans attendre, avec un motif.",
    "echeance_regionale": "Facultatif. Chaque date se déplace ensuite dossier par dossier, avec un motif.",
    "enveloppe": "Le total à répartir, facultatif. Par exemple 5 000 000 €.",
    "plafond": "Facultatif. Par exemple 200 000 €.",
    "taux_maximum": "La part du coût que l'aide peut couvrir, facultative. Par exemple 50.",
    "duree_minimum": "La durée des projets, en mois, de 1 à 60.",
}


class ChampDEnveloppe(MontantField):
    """Un montant jusqu'à un milliard."""

    lire = staticmethod(partial(lire_montant, maximum=ENVELOPPE_MAXIMALE))


class FormulaireDeCampagne(FormulairePartage[Campagne]):
    """Tout ce qui change d'une édition à l'autre. Le code se fige au premier dépôt."""

    ouverture = ChampDInstant("Ouverture", vide="Indiquez la date et l'heure d'ouverture.")
    cloture = ChampDInstant("Clôture", vide="Indiquez la date et l'heure de clôture.")
    echeance_departementale = ChampDInstant("Avis départementaux attendus", required=False)
    echeance_regionale = ChampDInstant("Avis régionaux attendus", required=False)
    tolerance_minutes = EntierField(mini=0, maxi=1440, unite="minutes", label="Tolérance après la clôture")
    enveloppe = ChampDEnveloppe(label="Enveloppe", required=False)
    plafond = MontantField(label="Aide maximale par projet", required=False)
    taux_maximum = PartField(label="Taux d'aide maximal", required=False)
    duree_minimum = EntierField(mini=1, maxi=60, unite="mois", label="Durée minimale")
    duree_maximum = EntierField(mini=1, maxi=60, unite="mois", label="Durée maximale")

    class Meta:
        model = Campagne
        fields = CHAMPS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            if nom in CHAMPS:
                modele: Any = Campagne._meta.get_field(nom)
                champ.help_text, champ.initial = "", modele.get_default() if modele.has_default() else None
                vars(champ)["aide"] = AIDES.get(nom) or modele.help_text  # lu par le gabarit des champs
        for nom, unite in (("enveloppe", "€"), ("plafond", "€"), ("taux_maximum", "%"), ("tolerance_minutes", "minutes")):
            vars(self.fields[nom])["unite"] = unite
        for nom, vide in (("code", "Choisissez un code."), ("titre", "Écrivez le titre.")):
            self.fields[nom].error_messages["required"] = vide
        if self.instance.pk and code_est_fige(self.instance):
            self._figer_le_code()
        self.helper = _mise_en_page()

    def clean_code(self) -> str:
        """Dit quelle campagne porte déjà ce code."""
        code: str = self.cleaned_data["code"]
        try:
            refuser_un_code_pris(code, self.instance.pk)
        except ValidationError as erreur:
            raise ValidationError(erreur.messages) from None
        return code

    def _figer_le_code(self) -> None:
        code = self.fields["code"]
        code.disabled = True  # Django ignore alors ce qui est envoyé
        vars(code)["aide"] = CODE_FIGE


def _mise_en_page() -> FormHelper:
    mise_en_page = FormHelper()
    mise_en_page.form_tag = False
    mise_en_page.disable_csrf = True  # le gabarit pose le jeton
    mise_en_page.layout = Layout(
        "lu",
        Fieldset("La campagne", "code", "titre", "edition"),
        Fieldset("Le calendrier", "ouverture", "cloture", "tolerance_minutes"),
        Fieldset("Les avis", "echeance_departementale", "echeance_regionale", "avis_communiques"),
        Fieldset("L'aide", "enveloppe", "plafond", "taux_maximum"),
        Fieldset("Les projets", "duree_minimum", "duree_maximum"),
    )
    return mise_en_page
