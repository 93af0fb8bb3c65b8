"""Les totaux du plan de financement (rubrique 30), pour l'écran et pour le document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from candidatures.champs.montants import dire_montant, dire_part
from candidatures.models import Candidature, LigneDuPlan

CENT = Decimal(100)


def somme(valeurs: Iterable[Decimal | None]) -> Decimal | None:
    """La somme de ce qui est renseigné ; None si rien ne l'est."""
    renseignees = [valeur for valeur in valeurs if valeur is not None]
    return sum(renseignees, Decimal(0)) if renseignees else None


@dataclass(frozen=True, slots=True)
class Total:
    """Le total d'une nature de lignes : en euros, en parts."""

    montant: Decimal | None
    part: Decimal | None

    @classmethod
    def de(cls, lignes: Iterable[LigneDuPlan]) -> Total:
        """Additionne ces lignes."""
        lignes = list(lignes)
        return cls(somme(ligne.montant for ligne in lignes), somme(ligne.part for ligne in lignes))

    @property
    def textes(self) -> tuple[str, str]:
        """« 160 430 € », « 100 % » ; vides si rien n'est renseigné."""
        return dire_montant(self.montant), dire_part(self.part)


@dataclass(frozen=True, slots=True)
class Equilibre:
    """Dépenses, ressources, et la phrase qui dit leur écart."""

    depenses: Total
    ressources: Total

    @classmethod
    def de(cls, lignes: Iterable[LigneDuPlan]) -> Equilibre:
        """L'équilibre d'un plan."""
        lignes, nature = list(lignes), LigneDuPlan.Nature
        return cls(*(Total.de(ligne for ligne in lignes if ligne.nature == n) for n in (nature.DEPENSE, nature.RESSOURCE)))

    @property
    def ecart(self) -> Decimal | None:
        """Ressources moins dépenses, en euros ; None si l'un des deux n'est pas chiffré."""
        if self.depenses.montant is None or self.ressources.montant is None:
            return None
        return self.ressources.montant - self.depenses.montant

    @property
    def phrase(self) -> str:
        """« Il manque 3 000 € de ressources. », « Le plan est équilibré. » ; vide si le plan n'est pas chiffré."""
        if self.ecart is None:
            return ""
        if self.ecart == 0:
            return "Le plan est équilibré : ressources et dépenses sont égales."
        if self.ecart < 0:
            return f"Il manque {dire_montant(-self.ecart)} de ressources."
        return f"Les ressources dépassent les dépenses de {dire_montant(self.ecart)}."


def aide_demandee(candidature: Candidature) -> Total:
    """Ce que le plan de financement attend de l'appel à projets."""
    appel = LigneDuPlan.Financeur.APPEL_A_PROJETS
    return Total.de(ligne for ligne in candidature.lignes.all() if ligne.financeur == appel)
