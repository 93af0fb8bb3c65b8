"""Le parcours de la fiche : les sept sections, les annexes, puis « Vérifier et déposer »."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import prefetch_related_objects

from candidatures.avancement.annexes_attendues import AnnexeAttendue, annexes_attendues
from candidatures.avancement.completude import avancement
from candidatures.avancement.releve import Releve, relever
from candidatures.models import Candidature
from candidatures.sections import LISTE_PAR_NOM, SECTION_PAR_CODE
from hlm_projets.ecran.adresses import adresse

CODES = tuple(SECTION_PAR_CODE)


@dataclass(frozen=True, slots=True)
class Pas:
    """Une étape ; `niveau` : vide, entamee ou complete ; `manques` : le nombre de réponses exigées qui manquent."""

    numero: int
    code: str
    titre: str
    titre_court: str
    url: str
    niveau: str
    remplies: int
    total: int
    manques: int
    courante: bool


class Parcours:
    """Où l'on est dans la fiche, d'où l'on vient, où l'on va."""

    def __init__(self, candidature: Candidature, courante: str = "") -> None:
        self.candidature = candidature
        self.verifie = courante == "verifier"
        self.joint = courante == "annexes"
        self.rang = CODES.index(courante) if courante in CODES else len(CODES)

    @cached_property
    def etapes(self) -> list[Pas]:
        """Les sections et leur avancement, calculés quand une page les montre."""
        if not self._listes_lues:
            _ = self.releve  # l'avancement saura si une liste est vide
        return [
            Pas(
                numero,
                a.code,
                a.titre,
                a.titre_court,
                self._url(a.code),
                a.etat,
                a.remplies,
                a.total,
                len(a.manques),
                numero == self.rang + 1,
            )
            for numero, a in enumerate(avancement(self.candidature), 1)
        ]

    def _url(self, code: str) -> str:
        return adresse("candidatures:section", self.candidature.pk, code)

    @property
    def courante(self) -> Pas:
        """L'étape affichée."""
        return self.etapes[self.rang]

    @property
    def affichee(self) -> Pas | None:
        """L'étape affichée, ou None hors des sections."""
        return self.etapes[self.rang] if self.rang < len(self.etapes) else None

    @property
    def precedente(self) -> Pas | None:
        """L'étape d'avant, s'il y en a une."""
        return self.etapes[self.rang - 1] if self.rang else None

    @property
    def derniere(self) -> str:
        """L'adresse de la dernière section."""
        return self._url(CODES[-1])

    @property
    def annexes(self) -> str:
        """L'adresse des annexes."""
        return adresse("candidatures:annexes", self.candidature.pk)

    @property
    def _listes_lues(self) -> bool:
        """Vrai si les listes ont été lues d'avance, ou leur présence (`avec_presences`), comme pour une suite de candidatures."""
        lues: dict[str, object] = vars(self.candidature).get("_prefetched_objects_cache", {})
        return "a_departements" in vars(self.candidature) or lues.keys() >= LISTE_PAR_NOM.keys()

    @cached_property
    def releve(self) -> Releve:
        """Ce que les listes et les annexes en sont, sans les lire."""
        return relever(self.candidature)

    @cached_property
    def attendues(self) -> list[AnnexeAttendue]:
        """Ce que les annexes empêchent encore au dépôt ; lu quand une page le montre."""
        prefetch_related_objects([self.candidature], "annexes", "campagne__types_d_annexe")
        return annexes_attendues(self.candidature)

    @property
    def verification(self) -> str:
        """L'adresse de la relecture."""
        return adresse("candidatures:verifier", self.candidature.pk)

    @cached_property
    def remplies(self) -> int:
        """Le nombre de rubriques répondues, sur 33."""
        return sum(etape.remplies for etape in self.etapes)

    @cached_property
    def total(self) -> int:
        """Le nombre de rubriques du formulaire que remplit le bailleur."""
        return sum(etape.total for etape in self.etapes)

    @cached_property
    def manques(self) -> int:
        """Le nombre de réponses exigées qui manquent."""
        return sum(etape.manques for etape in self.etapes)

    def suite(self, *, rester: bool = False) -> str:
        """L'adresse d'après « Enregistrer et continuer », ou la même page."""
        rang = self.rang if rester else self.rang + 1
        return self._url(CODES[rang]) if rang < len(CODES) else self.annexes
