"""Le parcours de la fiche : les sept sections, puis « Vérifier et déposer »."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from candidatures.completude import avancement
from candidatures.models import Candidature


@dataclass(frozen=True, slots=True)
class Etape:
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
        self.etapes = [
            Etape(
                numero,
                a.code,
                a.titre,
                a.titre_court,
                reverse("candidatures:section", args=[candidature.pk, a.code]),
                a.etat,
                a.remplies,
                a.total,
                len(a.manques),
                a.code == courante,
            )
            for numero, a in enumerate(avancement(candidature), 1)
        ]
        self.verifie = courante == "verifier"
        self.rang = next((i for i, etape in enumerate(self.etapes) if etape.courante), len(self.etapes))

    @property
    def courante(self) -> Etape:
        """L'étape affichée."""
        return self.etapes[self.rang]

    @property
    def affichee(self) -> Etape | None:
        """L'étape affichée, ou None hors des sections."""
        return self.etapes[self.rang] if self.rang < len(self.etapes) else None

    @property
    def precedente(self) -> Etape | None:
        """L'étape d'avant, s'il y en a une."""
        return self.etapes[self.rang - 1] if self.rang else None

    @property
    def verification(self) -> str:
        """L'adresse de la relecture."""
        return reverse("candidatures:verifier", args=[self.candidature.pk])

    @property
    def remplies(self) -> int:
        """Le nombre de rubriques répondues, sur 33."""
        return sum(etape.remplies for etape in self.etapes)

    @property
    def total(self) -> int:
        """Le nombre de rubriques du formulaire que remplit le bailleur."""
        return sum(etape.total for etape in self.etapes)

    @property
    def manques(self) -> int:
        """Le nombre de réponses exigées qui manquent."""
        return sum(etape.manques for etape in self.etapes)

    def suite(self, *, rester: bool = False) -> str:
        """L'adresse d'après « Enregistrer et continuer », ou la même page."""
        if rester:
            return self.courante.url
        return self.etapes[self.rang + 1].url if self.rang + 1 < len(self.etapes) else self.verification
