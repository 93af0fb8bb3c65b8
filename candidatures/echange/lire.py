"""Lire le format d'échange « hlm-fiche/1 » : des octets, une fiche, une réponse ; les fautes, par des phrases."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from candidatures.champs import Champ, Choix, Entier, Montant, OuiNon, Texte
from candidatures.champs.fourchettes import decimal_json
from candidatures.champs.textes import normaliser
from candidatures.echange.ecrire import AVIS, FORMAT
from candidatures.models import LigneDuPlan, Porteur
from candidatures.sections import CHAMPS, LISTE_PAR_NOM, LISTES, Liste, champ_de
from hlm_projets.ecran.colonnes import colonne
from territoires.models import Departement

CODE_COG = re.compile(r"[0-9AB]{2,3}", re.ASCII)
RANGEES_MAXIMUM = 60
"""Organismes, dépenses ou ressources : autant qu'à l'écran, pour que tout ce qui se charge s'y corrige."""
OCTETS_MAXIMUM = 16 * 1024 * 1024
"""Plus que la plus longue des fiches permises, même écrite en séquences d'échappement."""
CLES = {"format", "a_verifier", *LISTE_PAR_NOM, *CHAMPS, *AVIS}


class FicheRefusee(Exception):
    """La fiche ne peut pas être lue ; `erreurs` : une phrase par défaut, avec le code de la rubrique."""

    def __init__(self, erreurs: list[str]) -> None:
        super().__init__("\n".join(erreurs))
        self.erreurs = erreurs


@dataclass(slots=True)
class FicheLue:
    """Le contenu d'une fiche, en valeurs de modèles prêtes à écrire ; `a_verifier` : {code: raison}."""

    valeurs: dict[str, Any] = field(default_factory=dict)
    departements: list[Departement] = field(default_factory=list)
    organismes: list[Porteur] = field(default_factory=list)
    lignes: list[LigneDuPlan] = field(default_factory=list)
    a_verifier: dict[str, str] = field(default_factory=dict)

    @property
    def reponses(self) -> dict[str, Any]:
        """Toutes les réponses, listes comprises, par nom."""
        return self.valeurs | {nom: getattr(self, nom) for nom in LISTE_PAR_NOM}


def decoder(octets: bytes) -> Any:
    """Des octets → le JSON qu'ils écrivent ; lève FicheRefusee, par une phrase, pour tout ce qui n'en est pas un."""
    if len(octets) > OCTETS_MAXIMUM:
        raise FicheRefusee(["Le fichier est trop gros pour être une fiche (16 Mo au plus)."])
    try:
        return json.loads(octets.decode("utf-8-sig"), parse_constant=_refuser_constante, object_pairs_hook=_sans_doublon)
    except UnicodeDecodeError as erreur:
        raise FicheRefusee(["Le fichier n'est pas en UTF-8 : enregistrez-le dans cet encodage."]) from erreur
    except RecursionError as erreur:
        raise FicheRefusee(["Le fichier imbrique trop d'objets pour être une fiche."]) from erreur
    except json.JSONDecodeError as erreur:
        raise FicheRefusee(
            [f"Le fichier n'est pas du JSON : voyez la ligne {erreur.lineno}, colonne {erreur.colno}."]
        ) from erreur
    except ValueError as erreur:
        raise FicheRefusee(["Le fichier contient un nombre démesuré."]) from erreur


def _refuser_constante(mot: str) -> None:
    raise FicheRefusee([f"Le fichier contient « {mot} », qui n'est pas une valeur du JSON."])


def _sans_doublon(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet: dict[str, Any] = {}
    for cle, valeur in paires:
        if cle in objet:
            raise FicheRefusee([f"{montrer(cle)} : cette clé est écrite deux fois."])
        objet[cle] = valeur
    return objet


def montrer(valeur: Any) -> str:
    """Une valeur venue d'un fichier, abrégée sur une ligne, pour la citer dans une phrase."""
    return " ".join(normaliser(str(valeur)[:200]).split())[:60]


def lire_fiche(contenu: Any) -> FicheLue:
    """Relit un JSON déjà décodé ; lève FicheRefusee avec toutes les erreurs à la fois."""
    if not isinstance(contenu, dict):
        raise FicheRefusee(["Le fichier doit contenir un seul objet JSON."])
    erreurs = _erreurs_de_forme(contenu)
    lue = FicheLue(a_verifier=_a_verifier(contenu.get("a_verifier"), erreurs))
    for code, champ in CHAMPS.items():
        try:
            lue.valeurs[code] = _lire(champ, contenu.get(code))
        except ValidationError as erreur:
            erreurs.append(f"{code} ({champ.verbose_name}) : {' '.join(erreur.messages)}")
    for liste in LISTES:
        setattr(lue, liste.nom, _lire_la_liste(liste, contenu.get(liste.nom), erreurs))
    if erreurs:
        raise FicheRefusee(erreurs)
    return lue


def lire_la_reponse(nom: str, valeur: Any) -> Any:
    """L'inverse de `ecrire_la_reponse` : une réponse de la fiche, du contact ou d'une liste ; lève FicheRefusee."""
    erreurs: list[str] = []
    lue: Any = None
    if liste := LISTE_PAR_NOM.get(nom):
        lue = _lire_la_liste(liste, valeur, erreurs)
    else:
        try:
            lue = _lire(champ_de(nom), valeur)
        except ValidationError as erreur:
            erreurs += erreur.messages
    if erreurs:
        raise FicheRefusee(erreurs)
    return lue


def _erreurs_de_forme(contenu: dict[str, Any]) -> list[str]:
    erreurs = []
    if contenu.get("format") != FORMAT:
        erreurs.append(f"format : attendu « {FORMAT} ».")
    erreurs += [f"{montrer(cle)} : cette clé n'existe pas dans le format {FORMAT}." for cle in contenu if cle not in CLES]
    erreurs += [f"{cle} : un avis ne se charge pas, il est rendu par son service." for cle in AVIS if contenu.get(cle)]
    return erreurs


def _a_verifier(valeur: Any, erreurs: list[str]) -> dict[str, str]:
    if valeur is None:
        return {}
    if not isinstance(valeur, dict) or not all(isinstance(raison, str) for raison in valeur.values()):
        erreurs.append("a_verifier : attendu un objet {code: raison}.")
        return {}
    return {str(code): normaliser(raison) for code, raison in valeur.items()}


def _lire(champ: Champ, valeur: Any) -> Any:
    """Une valeur JSON → la valeur du champ, validée ; lève ValidationError."""
    if valeur is None:
        return "" if isinstance(champ, (Texte, Choix, models.CharField)) else None
    _verifier_genre(champ, valeur)
    if isinstance(valeur, str):
        valeur = _texte_lisible(valeur)
    lu = decimal_json(valeur) if isinstance(champ, Montant) else champ.to_python(valeur)
    if lu not in (None, ""):
        champ.clean(lu, None)
    return lu


def _texte_lisible(texte: str) -> str:
    if any("\ud800" <= signe <= "\udfff" for signe in texte):
        raise ValidationError("ce texte contient un caractère incomplet (la moitié d'un emoji, par exemple).")
    return normaliser(texte)


def _verifier_genre(champ: Champ, valeur: Any) -> None:
    if isinstance(champ, OuiNon) and not isinstance(valeur, bool):
        raise ValidationError("attendu true, false ou null.")
    if isinstance(champ, Entier) and (isinstance(valeur, bool) or not isinstance(valeur, int)):
        raise ValidationError(f"attendu un nombre entier ou null, pas « {montrer(valeur)} » (le reste va dans la précision).")
    if isinstance(champ, (models.TextField, models.CharField)) and not isinstance(valeur, str):
        raise ValidationError("attendu un texte ou null.")


def _lire_la_liste(liste: Liste, valeurs: Any, erreurs: list[str]) -> list[Any]:
    """Les éléments d'une liste, bornés comme à l'écran : autant par tableau."""
    if not liste.colonnes:
        return _departements(valeurs, erreurs)
    lus = _objets(liste, valeurs, erreurs)
    natures = [nature for nature in liste.tableaux.values() if nature]
    erreurs += [
        f"{liste.nom} : au plus {RANGEES_MAXIMUM} lignes de nature « {nature} »."
        for nature in natures
        if sum(objet.nature == nature for objet in lus) > RANGEES_MAXIMUM
    ]
    return lus


def _departements(codes: Any, erreurs: list[str]) -> list[Departement]:
    if codes is None:
        return []
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        erreurs.append('departements : attendu une liste de codes, par exemple ["77", "2A"].')
        return []
    connus = Departement.objects.in_bulk([code for code in codes if CODE_COG.fullmatch(code)])
    erreurs += [f"departements : le code « {montrer(code)} » n'existe pas." for code in codes if code not in connus]
    return [connus[code] for code in sorted(connus)]


def _objets(liste: Liste, valeurs: Any, erreurs: list[str]) -> list[Any]:
    """Relit une liste d'objets JSON ; une erreur dit le rang de la ligne, compté à partir de 1."""
    maximum = RANGEES_MAXIMUM * len(liste.tableaux)
    if valeurs is None:
        return []
    if not isinstance(valeurs, list) or len(valeurs) > maximum:
        erreurs.append(f"{liste.nom} : attendu une liste d'au plus {maximum} objets.")
        return []
    lus = []
    for rang, valeur in enumerate(valeurs, 1):
        try:
            lus.append(liste.modele(rang=rang, **_lire_objet(liste.modele, liste.colonnes, valeur)))
        except ValidationError as erreur:
            erreurs.append(f"{liste.nom}, ligne {rang} : {' '.join(erreur.messages)}")
    return lus


def _lire_objet(modele: type[models.Model], colonnes: tuple[str, ...], valeur: Any) -> dict[str, Any]:
    if not isinstance(valeur, dict) or set(valeur) - set(colonnes):
        raise ValidationError(f"attendu un objet avec {', '.join(colonnes)}.")
    lu = {nom: _lire_colonne(colonne(modele, nom), valeur.get(nom)) for nom in colonnes}
    exigee = next(nom for nom in colonnes if not colonne(modele, nom).blank)
    if not lu[exigee].strip():  # « . » est un nom pour l'écran : ce qu'il a gardé se relit
        raise ValidationError(f"« {exigee} » manque.")
    return lu


def _lire_colonne(champ: Champ, valeur: Any) -> Any:
    try:
        return _lire(champ, valeur)
    except ValidationError as erreur:
        raise ValidationError(f"« {champ.name} », {' '.join(erreur.messages)}") from erreur
