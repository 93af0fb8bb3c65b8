"""Joindre des fichiers, en modifier un."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from candidatures.annexes.fichiers.genres import EXTENSIONS, FICHIERS_MAXIMUM, FORMATS_ADMIS, TAILLE_MAXIMALE
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from hlm_projets.fichiers import MEGAOCTET

AIDE = f"{FORMATS_ADMIS} {TAILLE_MAXIMALE // MEGAOCTET} Mo par fichier."
AUCUN = "Choisissez un fichier sur votre poste."


class ChoixDeFichiers(forms.FileInput):
    """Un choix de fichiers, où le navigateur ne propose que les formats admis."""

    def __init__(self, *, plusieurs: bool) -> None:
        self.allow_multiple_selected = plusieurs
        attributs: dict[str, Any] = {"accept": ",".join(EXTENSIONS), "data-octets": TAILLE_MAXIMALE}
        super().__init__(attributs | ({"multiple": True} if plusieurs else {}))


class ChampDeFichiers(forms.FileField):
    """Un ou plusieurs fichiers ; leur contenu est lu par l'action, pas ici."""

    def __init__(self, label: str, *, plusieurs: bool, required: bool = True) -> None:
        super().__init__(label=label, required=required, allow_empty_file=True, widget=ChoixDeFichiers(plusieurs=plusieurs))
        self.error_messages |= {"required": AUCUN, "invalid": AUCUN}
        vars(self)["aide"] = AIDE

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """La suite des fichiers reçus."""
        recus = [fichier for fichier in (data if isinstance(data, list) else [data]) if fichier]
        if not recus and self.required:
            raise forms.ValidationError(self.error_messages["required"], "required")
        if len(recus) > FICHIERS_MAXIMUM:
            raise forms.ValidationError(f"Un dossier compte {FICHIERS_MAXIMUM} annexes au plus : choisissez moins de fichiers.")
        return recus


class ChampDeType(forms.ModelChoiceField[TypeDAnnexe]):
    """Le type d'une annexe, parmi ceux de la campagne."""

    def __init__(self) -> None:
        super().__init__(TypeDAnnexe.objects.none(), label="Type", empty_label=None)
        self.error_messages |= {
            "required": "Choisissez le type du document.",
            "invalid_choice": "Ce type n'existe plus : choisissez dans la liste.",
        }

    def label_from_instance(self, obj: Any) -> str:
        """Un type exigé le dit."""
        return f"{obj.libelle} (exigé)" if obj.exige else str(obj.libelle)


class EnvoiDAnnexes(forms.Form):
    """Un type, et les fichiers de ce type."""

    type = ChampDeType()
    fichiers = ChampDeFichiers("Fichiers", plusieurs=True)

    def __init__(
        self, candidature: Candidature, donnees: Any = None, fichiers: Any = None, *, attendu: TypeDAnnexe | None = None
    ) -> None:
        super().__init__(donnees, fichiers, initial={"type": attendu})
        _proposer(self, candidature)


class ModificationDAnnexe(forms.Form):
    """Un autre type, un autre fichier, ou les deux."""

    type = ChampDeType()
    fichier = ChampDeFichiers("Nouveau fichier", plusieurs=False, required=False)

    def __init__(self, candidature: Candidature, annexe: Annexe, donnees: Any = None, fichiers: Any = None) -> None:
        super().__init__(donnees, fichiers, initial={"type": annexe.type_id})
        _proposer(self, candidature)
        vars(self.fields["fichier"])["aide"] = f"Vide, le fichier présent reste. {AIDE}"


def _proposer(form: forms.Form, candidature: Candidature) -> None:
    type_ = form.fields["type"]
    if isinstance(type_, forms.ModelChoiceField):
        type_.queryset = candidature.campagne.types_d_annexe.all()
