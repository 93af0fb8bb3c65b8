"""Les vraies fiches, transcrites au format d'échange depuis leur texte, quand il est présent à côté du dépôt.

Aucune réponse n'est recopiée ici : chacune est ce que le texte dit entre deux intitulés. Seul est écrit à la main ce qu'une
personne déduit en recopiant la fiche : le département, le nombre que dit une phrase, la case que dit une marque.
"""

import re
from pathlib import Path
from typing import Any

from django.conf import settings

Fiche = dict[str, Any]
Morceaux = dict[str, str]

DOSSIER = Path(settings.RACINE).parent / "shared" / "fiches"

BORNES: tuple[tuple[str, str], ...] = (
    ("localisation", "Localisation du projet"),
    ("nom", "Nom du projet"),
    ("porteurs", "Statut et nom du ou des porteur(s) du projet"),
    ("descriptif", "Descriptif sommaire du projet et objectifs poursuivis"),
    ("", "Publics cibles du projet\n"),
    ("nombre_menages", "Nombre de ménages accompagnés"),
    ("dalo", "Ménages éligibles au DALO"),
    ("accords_collectifs", "ou des accords collectifs"),
    ("pdalpd", "ou relevant globalement des publics cibles du PDALPD"),
    (
        "caracteristiques_publics",
        "Caractéristiques des publics cibles (typologie des ménages, problématiques rencontrées, ressources)",
    ),
    ("", "Modalités de mobilisation des logements\n"),
    ("offre_nouvelle", "Création d'une offre nouvelle"),
    ("amenagement", "Aménagement de logement existant"),
    ("sans_amenagement", "Mobilisation de logements "),
    ("bas_loyer", "Reclassement offre existante en offre à bas loyer"),
    ("nombre_logements", "Nombre de logements"),
    ("typologie_logements", "Typologie des logements"),
    ("reservation_attribution", "Modalités de réservation et d'attribution des logements"),
    ("localisation_offre", "Localisation de l'offre de logements accompagnés"),
    ("", "\nAccompagnement\n"),
    (
        "methodologie",
        "Méthodologie de réalisation de l'accompagnement (étendue de l'accompagnement et objectifs visés, "
        "méthodes - l'aller vers, autres…-, durée et adaptabilité)",
    ),
    (
        "complementarite_gestion",
        "Complémentarité avec la gestion locative (type de gestion locative : classique ou adaptée)",
    ),
    ("adhesion_menage", "Démarche mise en place pour favoriser l'adhésion du ménage"),
    ("mobilisation_offre", "Modalités de mobilisation de l'offre d'accompagnement existante ou nouvelle"),
    ("relation_bailleur", "Structuration de la relation bailleur/accompagnateur"),
    ("adequation_besoins", "Adéquation du projet aux besoins spécifiques des publics ciblés par le projet"),
    ("", "\nPartenariat\n"),
    (
        "partenaires",
        "Partenaires mobilisés - exemples : collectivités territoriales, SIAO, associations, "
        "coordination entre les organismes, …",
    ),
    (
        "montage_financier",
        "Montage financier (solidité financière du plan de financement et d'exploitation du projet, optimisation des coûts)",
    ),
    ("cout_diagnostic", "Coût du diagnostic de la situation des ménages par rapport au logement"),
    ("cout_accompagnement", "Coût de l'accompagnement par ménage"),
    ("cout_gestion_locative", "Coût interne ou externe de la gestion locative adaptée par logement"),
    ("cout_global", "Coût global en cas d'offre intégrée gestion locative adaptée + l'accompagnement par ménage"),
    (
        "cofinancements",
        "Cofinancements apportés (apports du CG, des collectivités territoriales, EPCI et Etat) : "
        "description synthétique du plan de financement",
    ),
    (
        "fndollts",
        "En cas de création d'offre nouvelle, projet bénéficiant d'un financement à l'investissement du FNDOLLTS",
    ),
    ("appel_en_cours", "ou en ayant candidaté à un appel à projets en cours"),
    ("", "Inscription de la démarche dans la durée"),
    ("duree_mois", "Les engagements pris par les porteurs du projet portent sur une durée"),
    ("", "Avis du service départemental"),
)
"""Les intitulés dans l'ordre du papier ; sans code, un titre, qui borne sans rien ouvrir."""

OUI_NON = ("dalo", "accords_collectifs", "pdalpd", "fndollts", "appel_en_cours")
CASES = ("offre_nouvelle", "amenagement", "sans_amenagement", "bas_loyer")
NOMBRES = ("nombre_menages", "nombre_logements", "duree_mois")
COUTS = ("cout_diagnostic", "cout_accompagnement", "cout_gestion_locative", "cout_global")
CONSIGNES = re.compile(
    r"champ libre|exprimé en € (par ménage|au mois ou à l.année)\.?|y compris diagnostic\s*:|FORMCHECKBOX|[.…]{3,}", re.IGNORECASE
)

DEDUIT: dict[str, Fiche] = {
    "marne-et-chantereine": {"departements": ["77"], "nombre_menages": 30, "duree_mois": 24},
    "logirem": {
        "departements": ["13"],
        "duree_mois": 36,
        "gestion_locative": "adaptee",
        "cout_accompagnement": {"min": "8900.00", "max": None, "unite": "menage"},
    },
    "logemloiret-ahu": {
        "departements": ["45"],
        "duree_mois": 12,
        "pdalpd": True,
        "sans_amenagement": True,
        "cout_diagnostic": {"min": "400.00", "max": None, "unite": "menage"},
    },
}


def fiches_vraies() -> dict[str, Fiche]:
    """Les vraies fiches au format d'échange, par nom ; vide si leurs textes ne sont pas à côté du dépôt."""
    presentes = {nom: DOSSIER / f"{nom}.txt" for nom in DEDUIT}
    return {nom: transcrire(nom, chemin.read_text("utf-8")) for nom, chemin in presentes.items() if chemin.is_file()}


def transcrire(nom: str, texte: str) -> Fiche:
    """Ce qu'une personne taperait, la fiche papier en main."""
    fiche: Fiche = {"format": "hlm-fiche/1"}
    for code, reponse in decouper(texte).items():
        fiche |= _reponse(code, reponse)
    fiche["organismes"] = [{"nom": " ".join(fiche["porteurs"].split()), "statut": None, "siren": None}]
    fiche["lignes"] = _ressources(fiche.get("cofinancements") or "")
    return fiche | DEDUIT[nom]


def decouper(texte: str) -> Morceaux:
    """Ce que le texte dit après chaque intitulé présent, jusqu'au suivant, consignes du modèle ôtées."""
    trouves: list[tuple[str, int, int]] = []
    for code, intitule in BORNES:
        depuis = trouves[-1][2] if trouves else 0
        if m := _motif(intitule).search(texte, depuis):
            trouves.append((code, m.start(), m.end()))
    fins = [debut for _, debut, _ in trouves[1:]] + [len(texte)]
    return {code: _sans_consigne(texte[fin:suivant]) for (code, _, fin), suivant in zip(trouves, fins, strict=True) if code}


def _motif(intitule: str) -> re.Pattern[str]:
    """L'intitulé à des espaces et des apostrophes près, avec ses deux-points."""
    mots = r"\s+".join(re.escape(mot).replace("'", "['’]") for mot in intitule.split())
    avant, apres = (r"^[ \t]*" if intitule.startswith("\n") else ""), (r"[^\S\n]*$" if intitule.endswith("\n") else "")
    return re.compile(avant + mots + (apres or r"(\s*:)?"), re.MULTILINE)


def _sans_consigne(morceau: str) -> str:
    lignes = [re.sub(r"[^\S\n]+", " ", ligne).strip() for ligne in CONSIGNES.sub("", morceau).splitlines()]
    reponse = re.sub(r"\n{3,}", "\n\n", "\n".join(lignes)).strip()
    return "" if reponse in {"/", ":"} else reponse


def _reponse(code: str, dit: str) -> Fiche:
    """Une réponse dans la forme de sa rubrique ; ce qui n'est ni un nombre ni une case va dans la précision."""
    if code in NOMBRES:
        dit = re.sub(r"^(de)?\s*:?\s*(?=\d)", "", dit)
        return {code: int(dit) if dit.isdigit() else None, f"{code}_precision": None if dit.isdigit() else dit or None}
    if code in CASES or code in OUI_NON:
        return {code: None, f"{code}_precision": _hors_des_cases(code, dit) or None}
    if code in COUTS:
        return {code: None, f"{code}_precision": dit or None}
    return {code: dit or None}


def _hors_des_cases(code: str, dit: str) -> str:
    reste = re.sub(r"\b(oui|non|X)\b", "", dit)
    if code == "sans_amenagement":
        reste = re.sub(r"sans aménagement|^existants\s*(?=sans)", "", reste)
    return " ".join(reste.split())


def _ressources(cofinancements: str) -> list[Fiche]:
    """Les lignes « LIBELLÉ : 160 430 € » du plan, telles qu'on les saisit dans le tableau des ressources."""
    return [
        {
            "nature": "ressource",
            "libelle": libelle.strip(),
            "financeur": "appel_a_projets" if libelle.startswith("APPEL") else "autre",
            "montant": "".join(montant.split()) + ".00",
            "part": None,
            "etat": None,
        }
        for libelle, montant in re.findall(r"^(.+?)\s*:\s*([\d\s]+)€", cofinancements, re.MULTILINE)
    ]
