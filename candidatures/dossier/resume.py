"""Une candidature telle que la voit une personne : son état connu, ses passages ouverts ou refusés."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from candidatures import regles
from candidatures.avancement.parcours import Parcours
from candidatures.circuit import Ecran, Transition, depot_depuis, possibles, raisons
from candidatures.etats import Etat
from candidatures.models import Candidature
from comptes.models import Utilisateur


@dataclass(frozen=True, slots=True)
class Passage:
    """Un passage proposé : le bouton est grisé par ses `raisons` ; il n'existe pas si la personne n'en est pas l'acteur."""

    transition: Transition
    permis: bool
    raisons: tuple[str, ...]

    @property
    def est_ouvert(self) -> bool:
        """Vrai si la personne peut le franchir maintenant."""
        return self.permis and not self.raisons


@dataclass(frozen=True, slots=True)
class Resume:
    """Ce qu'un écran dit d'une candidature à une personne."""

    candidature: Candidature
    utilisateur: Utilisateur
    etat: Etat
    parcours: Parcours | None

    @property
    def libelle(self) -> str:
        """L'état, dans les mots de la personne : un porteur n'a pas à connaître les étapes de l'instruction."""
        au_porteur = self.etat.traits.dit_au_porteur
        return au_porteur if au_porteur and self._lit_en_porteur else self.etat.label

    @property
    def _lit_en_porteur(self) -> bool:
        """L'organisme, ou un invité qui ne consulte pas ce dossier à un autre titre."""
        de_l_organisme = regles.peut(regles.est_de_l_organisme, self.utilisateur, self.candidature)
        return de_l_organisme or not regles.peut(regles.peut_consulter, self.utilisateur, self.candidature)

    @property
    def montant(self) -> Decimal | None:
        """Le montant accordé, si la personne peut le connaître."""
        return self.candidature.montant_accorde if self.etat == Etat.RETENUE else None

    def passage(self, transition: Transition, maintenant: datetime) -> Passage:
        """Ce passage, pour cette personne, à cet instant."""
        permis = regles.peut(regles.ACTEURS[transition.acteur], self.utilisateur, self.candidature)
        return Passage(transition, permis, tuple(raisons(transition, self.candidature, maintenant)))

    def passages(self, maintenant: datetime) -> list[Passage]:
        """Les passages dont la personne est l'acteur, depuis l'état présent ; le dépôt a sa page."""
        offerts = [t for t in possibles(self.candidature.etat) if t.ecran is not Ecran.DEPOT]
        return [p for t in offerts if (p := self.passage(t, maintenant)).permis]

    def depot(self, maintenant: datetime) -> Passage:
        """Celui que propose « Vérifier et déposer »."""
        return self.passage(depot_depuis(self.candidature.etat), maintenant)


def resumer(candidature: Candidature, utilisateur: Utilisateur) -> Resume:
    """Le résumé ; l'avancement n'est calculé que d'une fiche ouverte."""
    parcours = Parcours(candidature) if regles.fiche_ouverte(candidature) else None
    return Resume(candidature, utilisateur, candidature.etat_lu_par(utilisateur), parcours)
