"""Quels passages existent : des données, rien d'autre (architecture, « Le circuit »). Le schéma est dans `docs/circuit.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from candidatures.circuit.conditions import (
    annexes_pretes,
    avis_departementaux_complets,
    avis_departementaux_incomplets,
    avis_regionaux_complets,
    avis_regionaux_incomplets,
    constats_traites,
    decisions_non_publiees,
    delai_de_depot,
    fiche_prete,
)
from candidatures.etats import DECIDES, EXAMINES, Etat
from candidatures.models import Candidature

Condition = Callable[[Candidature, datetime], str | None]


class Ecran(Enum):
    """La page où une personne franchit un passage."""

    CONFIRMATION = "confirmation"
    DEPOT = "depot"
    """« Vérifier et déposer » : la fiche à relire, ce qui manque, puis le reçu."""
    DECISION = "decision"
    """Ce qui éclaire la décision, et ce que la personne avait sous les yeux : d'autres décident aussi."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Un passage d'un état à un autre.

    - `acteur` : le nom d'un prédicat de `regles.ACTEURS` (qui peut) ;
    - `conditions` : chacune rend None, ou la raison du refus, en français (ce qui manque) ;
    - `motif_exige` : un motif doit être écrit ; `montant_exige` : la décision porte le montant accordé ;
    - `fige` : une version figée est prise ; `numerote` : un numéro est donné, et l'instant du dépôt, s'il n'y en a pas encore ;
    - `interne` : tu au bailleur avant la publication ; `ecran` : la page où il se franchit ;
    - l'acteur « circuit » n'est personne : ces passages suivent un autre, un avis rendu ou rouvert (`franchir`, `avancer`).
    """

    nom: str
    libelle: str
    fait: str
    depuis: tuple[Etat, ...]
    vers: Etat
    acteur: str
    conditions: tuple[Condition, ...] = ()
    motif_exige: bool = False
    fige: bool = False
    montant_exige: bool = False
    interne: bool = False
    numerote: bool = False
    ecran: Ecran = Ecran.CONFIRMATION

    @property
    def est_automatique(self) -> bool:
        """Vrai si le circuit le franchit de lui-même."""
        return self.acteur == "circuit"

    @property
    def a_un_delai(self) -> bool:
        """Vrai s'il doit avoir lieu avant la clôture ; au-delà, dans la tolérance, le journal le note."""
        return delai_de_depot in self.conditions

    @property
    def est_sans_retour(self) -> bool:
        """Vrai si aucun passage ne part de l'état où il mène."""
        return not any(self.vers in autre.depuis for autre in CIRCUIT)


CIRCUIT: tuple[Transition, ...] = (
    Transition(
        nom="deposer",
        libelle="Déposer la candidature",
        fait="Candidature déposée",
        depuis=(Etat.BROUILLON,),
        vers=Etat.DEPOSEE,
        acteur="deposant",
        conditions=(decisions_non_publiees, delai_de_depot, fiche_prete, annexes_pretes, constats_traites),
        fige=True,
        numerote=True,
        ecran=Ecran.DEPOT,
    ),
    Transition(
        nom="retirer",
        libelle="Retirer la candidature",
        fait="Candidature retirée",
        # Une décision prise mais tue ne ferme pas le retrait : un bouton disparu la révélerait.
        depuis=EXAMINES,
        vers=Etat.RETIREE,
        acteur="deposant_de_l_organisme",
        conditions=(decisions_non_publiees,),
        motif_exige=True,
    ),
    Transition(
        nom="clore_avis_departementaux",
        libelle="Avis départementaux rendus",
        fait="Tous les avis départementaux sont rendus",
        depuis=(Etat.DEPOSEE,),
        vers=Etat.AVIS_REGIONAUX,
        acteur="circuit",
        conditions=(avis_departementaux_complets,),
    ),
    Transition(
        nom="ouvrir_comite",
        libelle="Avis régionaux rendus",
        fait="Tous les avis régionaux sont rendus : dossier au comité",
        depuis=(Etat.AVIS_REGIONAUX,),
        vers=Etat.COMITE,
        acteur="circuit",
        conditions=(avis_regionaux_complets,),
    ),
    Transition(
        nom="rouvrir_avis_regionaux",
        libelle="Avis régional rouvert",
        fait="Retour aux avis régionaux",
        depuis=(Etat.COMITE,),
        vers=Etat.AVIS_REGIONAUX,
        acteur="circuit",
        conditions=(avis_regionaux_incomplets,),
    ),
    Transition(
        nom="rouvrir_avis_departementaux",
        libelle="Avis départemental rouvert",
        fait="Retour aux avis départementaux",
        depuis=(Etat.AVIS_REGIONAUX,),
        vers=Etat.DEPOSEE,
        acteur="circuit",
        conditions=(avis_departementaux_incomplets,),
    ),
    Transition(
        nom="retenir",
        libelle="Retenir",
        fait="Candidature retenue",
        depuis=(Etat.COMITE, *DECIDES),
        vers=Etat.RETENUE,
        acteur="administrateur",
        conditions=(decisions_non_publiees,),
        montant_exige=True,
        interne=True,
        ecran=Ecran.DECISION,
    ),
    Transition(
        nom="mettre_en_liste_complementaire",
        libelle="Mettre en liste complémentaire",
        fait="Candidature en liste complémentaire",
        depuis=(Etat.COMITE, Etat.RETENUE, Etat.NON_RETENUE),
        vers=Etat.LISTE_COMPLEMENTAIRE,
        acteur="administrateur",
        conditions=(decisions_non_publiees,),
        interne=True,
        ecran=Ecran.DECISION,
    ),
    Transition(
        nom="ne_pas_retenir",
        libelle="Ne pas retenir",
        fait="Candidature non retenue",
        depuis=(Etat.COMITE, *DECIDES),
        vers=Etat.NON_RETENUE,
        acteur="administrateur",
        conditions=(decisions_non_publiees,),
        motif_exige=True,
        interne=True,
        ecran=Ecran.DECISION,
    ),
    Transition(
        nom="revenir_au_comite",
        libelle="Reprendre la décision",
        fait="Décision reprise : dossier de nouveau au comité",
        depuis=DECIDES,
        vers=Etat.COMITE,
        acteur="administrateur",
        conditions=(decisions_non_publiees,),
        motif_exige=True,
        interne=True,
        ecran=Ecran.DECISION,
    ),
)

PASSAGE_FERME = "Ce passage n'est pas ouvert dans l'état présent du dossier."
"""Ne nomme pas l'état : le bailleur apprendrait ainsi une décision tue."""
PASSAGES = {transition.nom: transition for transition in CIRCUIT}


AUTOMATIQUES = tuple(transition for transition in CIRCUIT if transition.est_automatique)


def possibles(etat: str) -> list[Transition]:
    """Les passages qu'une personne peut franchir depuis cet état."""
    return [transition for transition in CIRCUIT if etat in transition.depuis and not transition.est_automatique]


def depot_depuis(etat: str) -> Transition:
    """Le passage que propose « Vérifier et déposer » ; à défaut (le dépôt vient d'avoir lieu), le dépôt, fermé."""
    return next((transition for transition in possibles(etat) if transition.ecran is Ecran.DEPOT), PASSAGES["deposer"])


def raisons(transition: Transition, candidature: Candidature, maintenant: datetime) -> list[str]:
    """Pourquoi ce passage est refusé à cet instant ; vide s'il est ouvert."""
    if candidature.etat not in transition.depuis:
        return [PASSAGE_FERME]
    return [raison for condition in transition.conditions if (raison := condition(candidature, maintenant))]


def schema() -> str:
    """Le circuit en Mermaid, pour la documentation."""
    fleches = [f"    {depuis.value} --> {t.vers.value} : {t.libelle}" for t in CIRCUIT for depuis in t.depuis]
    noms = [f"    {etat.value} : {etat.label}" for etat in Etat]
    return "\n".join(["stateDiagram-v2", *noms, "    [*] --> brouillon", *fleches])
