"""Les états d'une candidature, et ce que chacun est : un état de plus s'écrit ici, deux fois (son nom, ses traits)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True, slots=True)
class Traits:
    """Ce qu'est un état ; les écrans, les listes et les règles lisent ces traits, jamais une liste d'états à eux.

    - `connu_du_bailleur` : dit à tous ; sinon, avant la publication, seul le dit qui connaît les décisions (`Etat.COMITE` aux autres) ;
    - `en_instruction` : les avis y sont attendus ; `decide` : le comité a tranché, et la publication le dira ;
    - `fiche_ouverte` : qui remplit la fiche peut l'écrire ; `classe_css` : la pastille (`etat--…`) ;
    - `dit_au_porteur` : le mot du porteur, s'il n'est pas celui de l'instruction.
    """

    connu_du_bailleur: bool
    en_instruction: bool
    decide: bool
    fiche_ouverte: bool
    classe_css: str
    dit_au_porteur: str = ""


class Etat(models.TextChoices):
    """Du brouillon à la décision (architecture, « Le circuit »)."""

    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    AVIS_REGIONAUX = "avis_regionaux", "Avis régionaux"
    COMITE = "comite", "Au comité"
    RETENUE = "retenue", "Retenue"
    LISTE_COMPLEMENTAIRE = "liste_complementaire", "Liste complémentaire"
    NON_RETENUE = "non_retenue", "Non retenue"
    RETIREE = "retiree", "Retirée"

    @property
    def traits(self) -> Traits:
        """Ce qu'il est."""
        return TRAITS[self]


EN_COURS = "En cours d'instruction"
TRAITS: dict[str, Traits] = {
    # état : connu du bailleur, en instruction, décidé, fiche ouverte, pastille
    Etat.BROUILLON: Traits(True, False, False, True, "brouillon"),
    Etat.DEPOSEE: Traits(True, True, False, False, "deposee", EN_COURS),
    Etat.AVIS_REGIONAUX: Traits(True, True, False, False, "avis_regionaux", EN_COURS),
    Etat.COMITE: Traits(True, True, False, False, "comite"),
    Etat.RETENUE: Traits(False, False, True, False, "retenue"),
    Etat.LISTE_COMPLEMENTAIRE: Traits(False, False, True, False, "liste_complementaire"),
    Etat.NON_RETENUE: Traits(False, False, True, False, "non_retenue"),
    Etat.RETIREE: Traits(True, False, False, False, "retiree"),
}
EN_INSTRUCTION = tuple(etat for etat in Etat if etat.traits.en_instruction)
DECIDES = tuple(etat for etat in Etat if etat.traits.decide)
TUS = tuple(etat for etat in Etat if not etat.traits.connu_du_bailleur)
"""Ceux que seuls connaissent, avant la publication, ceux qui connaissent les décisions."""
EXAMINES = (*EN_INSTRUCTION, *DECIDES)
"""Du dépôt à la publication : ce que le bailleur peut encore retirer, ce dont un avis se lit."""
DU_COMITE = (Etat.COMITE, *DECIDES)
"""Devant le comité : à décider, ou décidé."""
