"""Quels passages existent : des données, rien d'autre (architecture, « Le circuit »). Le schéma est dans `docs/circuit.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class Transition:
    """Un passage d'un état à un autre.

    - `acteur` : le nom d'un prédicat de `regles.ACTEURS` (qui peut) ;
    - `conditions` : chacune rend None, ou la raison du refus, en français (ce qui manque) ;
    - `motif_exige` : un motif doit être écrit ; `fige` : une version figée est prise, et un numéro donné au premier dépôt ;
    - `montant_exige` : la décision porte le montant accordé ; `interne` : tu au bailleur avant la publication ;
    - l'acteur « circuit » n'est personne : ces passages sont la conséquence d'un avis rendu ou rouvert (`actions.avancer`).
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

    @property
    def est_automatique(self) -> bool:
        """Vrai si le circuit le franchit de lui-même."""
        return self.acteur == "circuit"


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
    ),
)

PASSAGE_FERME = "Ce passage n'est pas ouvert dans l'état présent du dossier."
"""Ne nomme pas l'état : le bailleur apprendrait ainsi une décision tue."""
PASSAGES = {transition.nom: transition for transition in CIRCUIT}


AUTOMATIQUES = tuple(transition for transition in CIRCUIT if transition.est_automatique)


def possibles(etat: str) -> list[Transition]:
    """Les passages qu'une personne peut franchir depuis cet état."""
    return [transition for transition in CIRCUIT if etat in transition.depuis and not transition.est_automatique]


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
