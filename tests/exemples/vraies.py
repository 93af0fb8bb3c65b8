"""Les vraies fiches, transcrites au format d'échange depuis leur texte, quand il est présent à côté du dépôt.

Aucune réponse n'est recopiée ici : chacune est ce que le texte dit entre deux intitulés. Seul est écrit à la main ce qu'une
personne déduit en recopiant la fiche : le département, le nombre que dit une phrase, la case que dit une marque.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from candidatures.fiche import SECTIONS
from candidatures.sections import rubriques_de

Fiche = dict[str, Any]
Morceaux = dict[str, str]

DOSSIER = Path(settings.RACINE).parent / "shared" / "fiches"

VARIANTES = {
    "sans_amenagement": "Mobilisation de logements",  # « existants », ou « existants ou neuf »
    "duree_mois": "Les engagements pris par les porteurs du projet portent sur une durée",  # parfois sans « de »
}
FIN = "Avis du service départemental"

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
    for code, motif in _bornes():
        depuis = trouves[-1][2] if trouves else 0
        if m := motif.search(texte, depuis):
            trouves.append((code, m.start(), m.end()))
    fins = [debut for _, debut, _ in trouves[1:]] + [len(texte)]
    return {code: _sans_consigne(texte[fin:suivant]) for (code, _, fin), suivant in zip(trouves, fins, strict=True) if code}


def _bornes() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Les intitulés dans l'ordre du papier ; sans code, un titre de section, seul sur sa ligne, qui borne sans rien ouvrir."""
    for section in SECTIONS:
        if not hasattr(section, "texte_de_section"):
            yield "", re.compile(rf"^\s*{_a_peu_pres(str(section._meta.verbose_name))}[^\S\n]*$", re.MULTILINE)
        for champ in rubriques_de(section):
            if not getattr(champ, "suite", False):
                intitule = VARIANTES.get(champ.name) or f"{champ.verbose_name} {champ.help_text}"
                yield champ.name, re.compile(_a_peu_pres(intitule) + r"(\s*:)?")
    yield "", re.compile(_a_peu_pres(FIN))


def _a_peu_pres(intitule: str) -> str:
    """L'intitulé à des espaces et des apostrophes près."""
    return r"\s+".join(re.escape(mot).replace("'", "['’]") for mot in intitule.split())


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
