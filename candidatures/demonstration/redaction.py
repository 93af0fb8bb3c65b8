"""Rédiger une candidature inventée, au format d'échange : un thème, un lieu, un rang qui fait varier les réponses."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from candidatures.echange.ecrire import FORMAT

Fiche = dict[str, Any]

MENAGES = (30, 12, 60, 24, 100, 15, 40, 20, 80, 36, 50)
DUREES = (24, 36, 12, 24, 36, 18)
PROJET = ("localisation", "departements", "nom", "porteurs", "organismes", "descriptif")
PUBLICS = ("nombre_menages", "nombre_menages_precision", "dalo", "accords_collectifs", "pdalpd", "caracteristiques_publics")
ENTAMEES = (PROJET, PROJET + PUBLICS, ("nom",), (*PROJET, "methodologie", "partenaires"), (*PUBLICS, "nom"))
"""Ce que dit déjà un brouillon entamé."""


@cache
def donnees() -> dict[str, Any]:
    """Le recueil : organismes, thèmes, textes communs, lieux."""
    lues: dict[str, Any] = json.loads((Path(__file__).parent / "donnees.json").read_text("utf-8"))
    return lues


def rediger(rang: int, *, decalage: int = 0) -> Fiche:
    """La fiche du lieu de ce rang ; `decalage` change de thème et de chiffres."""
    recueil = donnees()
    lieu = recueil["lieux"][rang]
    tour = rang + decalage
    theme = recueil["themes"][(3 * tour) % len(recueil["themes"])]
    organisme = recueil["organismes"][lieu["organisme"]]
    menages = MENAGES[tour % len(MENAGES)]
    mots = {
        "a": lieu["a"],
        "v": lieu["ville"],
        "n": menages,
        "org": organisme["nom"],
        "asso": organisme["partenaire"],
        "d": 40 + 7 * menages,
    }
    textes = {code: choix[tour % len(choix)] for code, choix in recueil["communs"].items()}
    textes |= {
        "nom": theme["nom"],
        "descriptif": theme["descriptif"],
        "caracteristiques_publics": theme["publics"],
        "methodologie": theme["methodologie"],
    }
    reponses = {code: texte.format(**mots) for code, texte in textes.items()}
    return {"format": FORMAT, **reponses, **_porteurs(organisme, tour), **_lieu(lieu), **_chiffres(menages, tour), **_cases(tour)}


def entamer(fiche: Fiche, rang: int) -> Fiche:
    """La même, interrompue en cours de saisie."""
    gardees = ENTAMEES[rang % len(ENTAMEES)]
    return {"format": FORMAT, "organismes": fiche["organismes"]} | {code: fiche[code] for code in gardees if code in fiche}


def _lieu(lieu: dict[str, Any]) -> Fiche:
    return {
        "localisation": lieu["localisation"],
        "departements": lieu["departements"],
        "localisation_offre": f"Patrimoine de l’organisme : {lieu['localisation']}.",
    }


def _porteurs(organisme: dict[str, str], tour: int) -> Fiche:
    """Un bailleur seul, ou un bailleur et son association."""
    nomme = {cle: organisme[cle] for cle in ("nom", "statut", "siren")}
    dit = f"{organisme['nom']} – {organisme['statut']}"
    if tour % 2:
        return {"porteurs": dit, "organismes": [nomme]}
    associee = {"nom": organisme["partenaire"], "statut": "Association", "siren": None}
    return {"porteurs": f"{dit}\nen partenariat avec l’association {organisme['partenaire']}", "organismes": [nomme, associee]}


def _cases(tour: int) -> Fiche:
    return {
        "dalo": (True, None, False)[tour % 3],
        "dalo_precision": "oui, le cas échéant" if tour % 3 == 0 else None,
        "accords_collectifs": (True, False)[tour % 2],
        "pdalpd": True,
        "offre_nouvelle": tour % 7 == 0,
        "amenagement": tour % 4 == 0,
        "amenagement_precision": "(ponctuellement)" if tour % 4 == 0 else None,
        "sans_amenagement": True,
        "bas_loyer": tour % 5 == 0,
        "gestion_locative": ("adaptee", "classique", None)[tour % 3],
        "fndollts": False if tour % 3 else None,
        "fndollts_precision": "Sans objet" if tour % 3 == 0 else None,
        "appel_en_cours": (False, None, True)[tour % 3],
    }


def _chiffres(menages: int, tour: int) -> Fiche:
    """Ménages, logements, durée, coûts et plan ; un sur neuf ne sait pas encore le nombre, et le dit."""
    duree, cout = DUREES[tour % len(DUREES)], Decimal(1400 + 50 * (tour % 9))
    return {
        **_menages(menages, duree, tour),
        "nombre_logements": menages if tour % 3 else None,
        "nombre_logements_precision": None if tour % 3 else "selon les besoins",
        "cout_diagnostic": _fourchette(150, 400 if tour % 2 else None, "menage"),
        "cout_accompagnement": _fourchette(cout, cout + 250 if tour % 2 else None, "menage_an"),
        "cout_gestion_locative": _fourchette(250, 500, "logement_an") if tour % 3 else None,
        "cout_global_precision": None if tour % 3 else "(à définir)",
        "cofinancements": "Le conseil départemental se prononcera après la clôture ; les autres financements sont acquis.",
        "lignes": _plan(menages, cout, duree, tour),
        "duree_mois": duree,
        "duree_mois_precision": f"{duree // 12} ans" if duree > 12 and duree % 12 == 0 else None,
    }


def _menages(menages: int, duree: int, tour: int) -> Fiche:
    if tour % 9 == 4:
        return {
            "nombre_menages": None,
            "nombre_menages_precision": f"de {menages} à {menages + 5} selon les orientations du SIAO",
        }
    par_an = f"{menages // 2} par an, soit {menages} en deux ans" if duree == 24 and tour % 2 else None
    return {"nombre_menages": menages, "nombre_menages_precision": par_an}


def _plan(menages: int, cout: Decimal, duree: int, tour: int) -> list[Fiche]:
    """Un plan au centime ; un sur cinq ne s'équilibre pas : il lui manque 3 000 €."""
    accompagnement = menages * cout * duree / 12
    gestion = menages * Decimal(350) * duree / 12
    total = accompagnement + gestion + Decimal(6000)
    aide = total * (Decimal("0.63") if tour % 6 == 2 else Decimal("0.5"))
    porteur = total * Decimal("0.3")
    return [
        _ligne("depense", "Accompagnement des ménages", accompagnement),
        _ligne("depense", "Gestion locative adaptée", gestion),
        _ligne("depense", "Coordination et évaluation", Decimal(6000)),
        _ligne("ressource", "Appel à projets", aide, "appel_a_projets", "demande"),
        _ligne("ressource", "Fonds propres", porteur, "porteur", "acquis"),
        _ligne(
            "ressource",
            "Conseil départemental",
            max(total - aide - porteur - (0 if tour % 5 else 3000), Decimal(0)),
            "departement",
            "a_confirmer",
        ),
    ]


def _ligne(nature: str, libelle: str, montant: Decimal, financeur: str | None = None, etat: str | None = None) -> Fiche:
    return {"nature": nature, "libelle": libelle, "financeur": financeur, "montant": f"{montant:.2f}", "part": None, "etat": etat}


def _fourchette(minimum: Decimal | int, maximum: Decimal | int | None, unite: str) -> Fiche:
    return {"min": f"{minimum:.2f}", "max": None if maximum is None else f"{maximum:.2f}", "unite": unite}


# --- Les avis ------------------------------------------------------------------------------------------------------------
def avis_departemental(rang: int) -> dict[str, str]:
    """Les rubriques 34 à 37, d'un ton qui varie avec le rang."""
    return {nom: _choisi(nom, rang) for nom in ("champ_libre", "pertinence", "reproductibilite", "conditions")}


def avis_regional(rang: int, *, favorable: bool) -> dict[str, str]:
    """Les rubriques 38 et 39."""
    sens = "favorable" if favorable else "defavorable"
    return {"sens": sens, "champ_libre": _choisi(sens, rang)}


def motif(acte: str, rang: int = 0) -> str:
    """Pourquoi on passe outre, rouvre, reporte, refuse ou retire."""
    return _choisi(acte, rang)


def justification(controle: str) -> str:
    """Ce que le porteur répond à un constat de ce contrôle."""
    textes = donnees()["justifications"]
    return str(textes.get(controle, textes[""]))


def _choisi(nom: str, rang: int) -> str:
    textes = donnees()["avis"][nom]
    return str(textes if isinstance(textes, str) else textes[rang % len(textes)])
