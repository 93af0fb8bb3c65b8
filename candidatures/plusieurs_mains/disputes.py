"""Une réponse que deux personnes ont changée : les deux textes, qui a écrit l'autre et quand, le choix, et son effet sur un envoi."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict

from candidatures.champs import Texte, en_texte
from candidatures.champs.a_saisir import SaisieCout
from candidatures.models import Candidature
from candidatures.models.historique import Trace
from candidatures.plusieurs_mains.differences import Ecart, differences
from candidatures.plusieurs_mains.empreintes import empreinte, reponse
from candidatures.sections import EN_TABLEAUX, LISTE_PAR_NOM, champ_de, intitule_de
from comptes.models import Utilisateur
from territoires.heures import dire_jour, heure_locale

PARTIES = ("min", "max", "unite")
"""Les trois saisies d'un coût."""
DISPUTE, CHOIX = "dispute", "choix-"
Saisies = dict[str, list[str]]
"""Ce qu'un navigateur enverrait d'une réponse : les valeurs, par nom de saisie."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Une réponse changée par quelqu'un d'autre pendant la saisie : son nom, son intitulé, les deux textes.

    - `phrase` : qui a écrit l'autre texte, et quand ;
    - `est_texte` : vrai si l'on peut garder les deux, l'un après l'autre ;
    - `saisies` : ce qu'un navigateur enverrait de l'autre réponse, quand elle n'est pas un texte ; None pour un tableau.
    """

    nom: str
    intitule: str
    sien: str
    mien: str
    phrase: str = "Cette réponse a été changée entre-temps."
    saisies: Saisies | None = None
    est_texte: bool = True

    @property
    def valeurs(self) -> Saisies | None:
        """De quoi mettre l'autre réponse à l'écran ; None : la page doit se relire."""
        return {self.nom: [self.sien]} if self.est_texte else self.saisies

    @property
    def colonnes(self) -> tuple[list[Ecart], list[Ecart]]:
        """Le texte enregistré et le texte tapé, chacun avec ce qu'il a de propre."""
        return en_colonnes(differences(self.sien, self.mien))


def en_colonnes(ecarts: Iterable[Ecart]) -> tuple[list[Ecart], list[Ecart]]:
    """Les morceaux du premier texte, et ceux du second ; l'espace qui précède un mot marqué ne l'est pas."""
    tous = [morceau for ecart in ecarts for morceau in _sans_marge(ecart)]
    return [e for e in tous if e.genre not in ("ajoute", "marge du second")], [
        e for e in tous if e.genre not in ("ote", "marge du premier")
    ]


def _sans_marge(ecart: Ecart) -> list[Ecart]:
    mot = ecart.texte.lstrip()
    if ecart.genre == "commun" or not mot or mot == ecart.texte:
        return [ecart]
    marge = "marge du premier" if ecart.genre == "ote" else "marge du second"
    return [Ecart(marge, ecart.texte[: -len(mot)]), Ecart(ecart.genre, mot)]


def en_clair(nom: str, valeur: Any) -> str:
    """Une réponse telle qu'on la lit ; une liste, un élément par ligne."""
    return "\n".join(map(str, valeur)) if nom in LISTE_PAR_NOM else en_texte(champ_de(nom), valeur)


def disputer(
    candidature: Candidature, nom: str, mien: str, trace: Trace | None, par: Utilisateur, form: forms.BaseForm
) -> Dispute:
    """La réponse gardée face au texte tapé ; `trace` : le changement qui l'a écrite."""
    gardee = reponse(candidature, nom)
    est_texte = nom not in LISTE_PAR_NOM and isinstance(champ_de(nom), Texte)
    phrase = f"{qui_et_quand(trace, par)}, pendant que vous l'écriviez."
    return Dispute(nom, intitule_de(nom), en_clair(nom, gardee), mien, phrase, saisies_de(form, nom, gardee), est_texte)


def qui_et_quand(trace: Trace | None, par: Utilisateur, maintenant: datetime | None = None) -> str:
    """« Claire Martin a changé cette réponse à 14:32 » ; le jour, s'il n'est pas celui de `maintenant`."""
    if trace is None:
        return "Cette réponse a été changée entre-temps"
    qui = (
        "Vous avez changé cette réponse dans une autre fenêtre"
        if trace.par_id == par.pk
        else f"{trace.par_nom} a changé cette réponse"
    )
    heure = f"{heure_locale(trace.le):%H:%M}"
    meme_jour = maintenant is None or heure_locale(trace.le).date() == heure_locale(maintenant).date()
    return f"{qui} à {heure}" if meme_jour else f"{qui} le {dire_jour(trace.le)} à {heure}"


def saisies_de(form: forms.BaseForm, nom: str, valeur: Any) -> Saisies | None:
    """Ce qu'un navigateur enverrait si l'écran montrait cette réponse ; None pour un tableau."""
    if nom in EN_TABLEAUX:
        return None
    champ, widget = form.fields[nom], form.fields[nom].widget
    if isinstance(widget, SaisieCout):
        return {f"{nom}_{partie}": [str(v)] for partie, v in zip(PARTIES, widget.decompress(valeur), strict=True)}
    if isinstance(widget, forms.CheckboxInput):
        return {nom: ["on"] if valeur else []}
    if nom in LISTE_PAR_NOM:
        return {nom: [element.pk for element in valeur]}
    preparee = champ.prepare_value(valeur)
    return {nom: ["" if preparee is None else str(preparee)]}


# --- Le choix, sans JavaScript ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Choix:
    """Ce que la personne a choisi : les réponses où elle prend celle de l'autre, et celles où elle n'a pas encore choisi."""

    donnees: QueryDict | None
    siens: frozenset[str] = frozenset()
    indecis: frozenset[str] = frozenset()


def choisir(candidature: Model, donnees: QueryDict, lues: dict[str, str], form: forms.BaseForm) -> Choix:
    """Applique à un envoi les choix faits sur ses conflits ; `form` : le formulaire vierge de la section (ou de l'avis).

    « Les deux » ne se joint qu'au texte que la personne a lu : s'il a encore changé, elle choisit de nouveau.
    """
    connues = {*form.fields, *EN_TABLEAUX}
    faits = {nom: donnees.get(CHOIX + nom, "") for nom in donnees.getlist(DISPUTE) if nom in connues}
    resolues = donnees.copy()
    indecis = {nom for nom, choix in faits.items() if choix not in ("mien", "sien", "deux")}
    for nom in _ceux(faits, "sien"):
        for cle, valeurs in (saisies_de(form, nom, reponse(candidature, nom)) or {}).items():
            resolues.setlist(cle, valeurs)
    joints = {nom: _joindre(nom, reponse(candidature, nom), donnees, lues) for nom in _ceux(faits, "deux")}
    for nom, joint in joints.items():
        if joint is None:
            indecis.add(nom)
        else:
            resolues[nom] = joint
    return Choix(resolues, frozenset(_ceux(faits, "sien")), frozenset(indecis))


def _joindre(nom: str, sien: Any, donnees: QueryDict, lues: dict[str, str]) -> str | None:
    """Les deux textes, l'un après l'autre ; None si ce n'est pas un texte, ou si l'autre a encore changé."""
    if not isinstance(sien, str) or empreinte(nom, sien) != lues.get(nom):
        return None
    return f"{sien}\n\n{donnees.get(nom, '')}"


def _ceux(faits: dict[str, str], choix: str) -> Iterable[str]:
    return [nom for nom, fait in faits.items() if fait == choix]
