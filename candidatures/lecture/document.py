"""Ce qu'un lecteur voit d'une candidature : une suite de sections, de rubriques, de cases et de tableaux.

Un `Document` ne contient que des textes déjà mis en forme, des cases et des tableaux : le PDF, la page de lecture et la
version figée n'ont rien d'autre à savoir. Il se gèle en JSON (`en_json`) et s'en relit (`depuis_json`) à l'identique,
si bien qu'une candidature déposée se lit toujours avec les intitulés du jour de son dépôt.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseLue:
    """Une case du formulaire papier : « ☒ oui », « ☐ non »."""

    libelle: str
    cochee: bool


@dataclass(frozen=True, slots=True)
class Tableau:
    """Un tableau du plan de financement ; `lignes` et `pied` ont la longueur de `colonnes`.

    `colonnes_chiffrees` : rangs (à partir de 0) des colonnes alignées à droite.
    """

    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...] = ()
    pied: tuple[tuple[str, ...], ...] = ()
    colonnes_chiffrees: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rubrique:
    """Une rubrique du formulaire. Une rubrique vide garde son intitulé et une ligne vide.

    - `numero` : le rang officiel (« 5 »), vide pour ce qui n'a pas de numéro propre ;
    - `intitule` : l'intitulé officiel, vide quand le titre de la section en tient lieu (rubrique 25) ;
    - `consigne` : la précision officielle entre parenthèses, parenthèses comprises ;
    - `cases` : toutes les cases de la rubrique, cochées ou non, dans l'ordre du papier ;
    - `valeur` : une réponse courte (« 30 », « de 1 500 à 1 750 € par ménage et par an ») ;
    - `precision` : ce que le papier dit de plus, sur la même ligne ;
    - `texte` : une réponse longue, telle que saisie (retours à la ligne « \\n »).
    """

    code: str
    numero: str
    intitule: str
    consigne: str = ""
    cases: tuple[CaseLue, ...] = ()
    valeur: str = ""
    precision: str = ""
    texte: str = ""
    tableaux: tuple[Tableau, ...] = ()

    @property
    def est_vide(self) -> bool:
        """Vrai si rien n'a été répondu (une case non cochée n'est pas une réponse)."""
        return not (
            self.valeur
            or self.precision
            or self.texte
            or any(c.cochee for c in self.cases)
            or any(t.lignes for t in self.tableaux)
        )


@dataclass(frozen=True, slots=True)
class SectionLue:
    """Une section officielle. `titre` vide : la tête du formulaire, sans barre de titre sur le papier."""

    code: str
    titre: str
    consigne: str = ""
    rubriques: tuple[Rubrique, ...] = ()


@dataclass(frozen=True, slots=True)
class BlocAvis:
    """Un bloc d'avis : un par département (une colonne), ou un par région (cadre à deux colonnes).

    `territoire` : « Seine-et-Marne (77) » ; `service` et `rendu_le` sont vides tant que l'avis n'est pas rendu.
    Bloc régional : `rubriques[0]` porte les cases Favorable / Défavorable (colonne de gauche), `rubriques[1]` le texte.
    """

    territoire: str
    service: str = ""
    rendu_le: str = ""
    rubriques: tuple[Rubrique, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionAvis:
    """La huitième section : avis départementaux puis avis régionaux."""

    titre: str
    regional: bool
    blocs: tuple[BlocAvis, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Le formulaire « Présentation synthétique du projet » rempli, prêt à lire ou à imprimer.

    `entete` : les lignes au-dessus du titre ; `numero` : « 2026-77-003 » ou « B-12 » ; `organismes` : colonnes nom, statut, SIREN ;
    `annexes` : type, nom, taille, empreinte SHA-256 des fichiers joints ;
    `mention` : une phrase imprimée au pied (« Déposée le … ») ; `brouillon` : imprime « BROUILLON » en filigrane.
    """

    titre: str
    entete: tuple[str, ...]
    numero: str
    nom: str
    brouillon: bool
    mention: str = ""
    sections: tuple[SectionLue, ...] = ()
    avis: tuple[SectionAvis, ...] = ()
    organismes: Tableau = field(default_factory=lambda: Tableau("", ()))
    annexes: Tableau = field(default_factory=lambda: Tableau("", ()))


@dataclass(frozen=True, slots=True)
class Scelle:
    """La fiche figée d'un dossier déposé, telle que la base la garde (`fige`), et les avis que son lecteur peut voir.

    Une page la montre sans la relire, tant que son rendu est gardé (`documents.fragments`) ; `ouvrir` en fait un `Document`.
    """

    fige: dict[str, Any]
    avis: tuple[SectionAvis, ...] = ()

    def ouvrir(self) -> Document:
        """Le document entier."""
        return replace(depuis_json(self.fige), avis=self.avis)


def en_json(document: Document) -> dict[str, Any]:
    """Le document en types JSON, pour la version figée."""
    return asdict(document)


def depuis_json(valeur: dict[str, Any]) -> Document:
    """L'inverse de `en_json` : un document figé se relit à l'identique."""
    document: Document = _relire(Document, valeur)
    return document


def _relire(classe: Any, valeur: dict[str, Any]) -> Any:
    return classe(**{nom: _relire_valeur(classe, nom, contenu) for nom, contenu in valeur.items()})


_ELEMENTS: dict[tuple[Any, str], Any] = {
    (Document, "sections"): SectionLue,
    (Document, "avis"): SectionAvis,
    (Document, "organismes"): Tableau,
    (Document, "annexes"): Tableau,
    (SectionLue, "rubriques"): Rubrique,
    (SectionAvis, "blocs"): BlocAvis,
    (BlocAvis, "rubriques"): Rubrique,
    (Rubrique, "cases"): CaseLue,
    (Rubrique, "tableaux"): Tableau,
}


def _relire_valeur(classe: Any, nom: str, contenu: Any) -> Any:
    element = _ELEMENTS.get((classe, nom))
    if isinstance(contenu, dict):
        return _relire(element, contenu)
    if isinstance(contenu, (list, tuple)):
        return tuple(_relire(element, c) if element else tuple(c) if isinstance(c, (list, tuple)) else c for c in contenu)
    return contenu
