"""Ce que le texte laisse voir : une annexe annoncée qui manque, un mot du modèle oublié, une personne nommée, une autre région."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from candidatures.coherence.constat import DES_ANNEXES, Trouve, intitule, textes_de
from candidatures.coherence.donnees_personnelles import Alerte, alertes
from candidatures.models import Annexe, Candidature
from territoires.chargement import noms_des_regions

CITES = 3
"""Au plus tant d'exemples par phrase."""


def _citer(extraits: Iterable[tuple[str, str]]) -> str:
    """« “Cf rapport ci-joint” (l’intitulé de sa rubrique) ; … »."""
    return " ; ".join(f"« {' '.join(extrait.split())[:100]} » ({intitule(nom)})" for nom, extrait in list(extraits)[:CITES])


def _rubriques(extraits: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(nom for nom, _ in extraits))


def _extraits(candidature: Candidature, motif: re.Pattern[str]) -> list[tuple[str, str]]:
    """Ce que le motif trouve, avec les mots qui l'entourent, une fois par rubrique."""
    trouves = ((nom, texte, motif.search(texte)) for nom, texte in textes_de(candidature, vides=True))
    return [(nom, _autour(texte, trouve)) for nom, texte, trouve in trouves if trouve]


def _autour(texte: str, trouve: re.Match[str]) -> str:
    """Le passage, dans sa ligne, avec au plus quelques mots avant et après lui."""
    debut, fin = texte.rfind("\n", 0, trouve.start()) + 1, texte.find("\n", trouve.end())
    avant = texte[debut : trouve.start()].split()[-4:]
    apres = texte[trouve.end() : fin if fin >= 0 else None][:40]
    return f"{' '.join(avant)} {trouve[0].strip()}{apres if len(apres) < 40 else apres.rpartition(' ')[0] + '…'}".strip()


# --- Une annexe annoncée -----------------------------------------------------------------------------------------------------
_ECRIT = (
    r"(?:rapport|notes?|plan de financement|tableau|fichier|documents?|convention|lettre|courrier|liste|étude|budget|dossier|cahier"
    r"|bilan|planning|organigramme|devis|attestation)"
)
_DE_CE_DOSSIER = (
    r"(?:la présente|cette (?:fiche|candidature)|ce(?: présent)? dossier|la (?:fiche|candidature)|(?:au |le |du )?(?:présent )?dossier"
    r"|au présent)"
)
_AUTRE_CHOSE = rf"(?!\s+(?:au|aux|à|du|de|des|d['’])\b(?!\s*{_DE_CE_DOSSIER}))"
_ANNEXE = re.compile(
    rf"\bci[ -]?(?:jointe?s?|annexée?s?)\b"
    rf"|\bpièces? jointes?\b|\bjointe?s? (?:en annexe|{_DE_CE_DOSSIER}|à {_DE_CE_DOSSIER})"
    rf"|\b{_ECRIT}\b[^.;:\n]{{0,40}}?(?<!\bété )\b(?:jointe?s?|annexée?s?)\b{_AUTRE_CHOSE}"
    rf"|\ben annexe\b{_AUTRE_CHOSE}|\ben note de présentation\b"
    rf"|\b(?:cf\b\.?|confer|voir|se reporter à|se référer à)\s+(?:(?:le|la|les|l['’]|en|au|aux|à la|notre)\s*)?"
    rf"(?:annexes?|pièces?\b|{_ECRIT})\b(?![^.;\n]{{0,30}}\bci-(?:dessous|dessus|après))",
    re.IGNORECASE,
)


def annexe_annoncee(candidature: Candidature) -> Trouve | None:
    """Un texte annonce une annexe, et il n'y en a aucune."""
    if any(annexe.etat != Annexe.Etat.INFECTEE for annexe in candidature.annexes.all()):
        return None
    extraits = _extraits(candidature, _ANNEXE)
    if not extraits:
        return None
    return Trouve(
        f"La fiche annonce une annexe, et aucune n'est jointe : {_citer(extraits)}. Joignez-la, ou dites pourquoi elle manque.",
        (*_rubriques(extraits), DES_ANNEXES),
    )


# --- Un mot du modèle oublié -------------------------------------------------------------------------------------------------
_A_FAIRE = r"à (?:définir|compléter|préciser|renseigner|remplir|déterminer)"
_REMPLISSAGE = re.compile(
    rf"\b[Xx]{{3,}}\b|\bXX/XX\b|…\s?…+|\.{{4,}}|_{{3,}}|\blorem ipsum\b|\bà compléter\b"
    rf"|[\[(]\s*{_A_FAIRE}\s*[\])]|^[\s\-–•·]*{_A_FAIRE}\s*[.!]?\s*$|:\s*{_A_FAIRE}\s*[.;]?\s*$|\b{_A_FAIRE}\s*(?:€|euros\b|%)"
    r"|^[\s\-–•·]*champ libre\s*[.:]?\s*$|:\s*champ libre\b|\bexprimée?s? en (?:€|euros?) (?:par ménage|au mois ou à l['’]année)"
    r"|\bFORMCHECKBOX\b|\[\s*[…. ]+\s*\]|\bcliquez ici pour\b",
    re.IGNORECASE | re.MULTILINE,
)


def texte_de_remplissage(candidature: Candidature) -> Trouve | None:
    """Un blanc à remplir ou une consigne du modèle est resté dans le texte."""
    extraits = _extraits(candidature, _REMPLISSAGE)
    if not extraits:
        return None
    return Trouve(
        f"Un blanc ou une consigne du modèle est resté dans le texte : {_citer(extraits)}. Remplacez-le, ou dites quand il sera connu.",
        _rubriques(extraits),
    )


# --- Une personne nommée -----------------------------------------------------------------------------------------------------
def _alertes(candidature: Candidature) -> Iterator[tuple[str, Alerte]]:
    contacts = (candidature.contact_nom, candidature.contact_courriel, candidature.contact_telephone)
    for nom, texte in textes_de(candidature):
        for alerte in alertes(texte, contacts):
            yield nom, alerte


def donnees_personnelles(candidature: Candidature) -> Trouve | None:
    """Un texte semble désigner une personne ; ce constat n'est jamais gardé."""
    trouvees = list(_alertes(candidature))
    if not trouvees:
        return None
    cites = " ; ".join(f"{alerte.genre} (« {alerte.extrait} », {intitule(nom)})" for nom, alerte in trouvees[:CITES])
    suite = f", et {len(trouvees) - CITES} de plus" if len(trouvees) > CITES else ""
    return Trouve(
        f"Le texte semble désigner une personne : {cites}{suite}. Si c'est un ménage, décrivez le public de façon générale et ôtez-le.",
        tuple(dict.fromkeys(nom for nom, _ in trouvees)),
    )


# --- Une autre région --------------------------------------------------------------------------------------------------------
_VOIE = re.compile(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|place|quartier|résidence|cité|allée|square|cours|pont|porte|faubourg|hôtel|chemin|route|tour|zac)s?"
    r"\s+(?:de\s+la\s+|des\s+|de\s+|du\s+|d['’]\s*|l['’]\s*)*$",
    re.IGNORECASE,
)
_CENTRE = r"(?:(?<=[Rr]égion )|(?<=[(,;/] )|(?<=[(,;/])|(?<=\bet )|(?<=\A))Centre(?=\s*(?:[(),;/.:\n]|\Z|et\b))"
_ACCENTS = {"i": "iîï", "o": "oô", "e": "eéèêë", "a": "aàâ", "u": "uûù", "c": "cç"}


@cache
def _motifs_de_region() -> list[tuple[re.Pattern[str], str, str]]:
    """Un motif par nom, du plus long au plus court, avec ce nom et le code de la région d'aujourd'hui."""
    noms = sorted(noms_des_regions().items(), key=lambda couple: -len(couple[0]))
    return [(re.compile(_CENTRE if nom == "Centre" else _motif(nom)), nom, code) for nom, code in noms]


def _motif(nom: str) -> str:
    """Un sigle tel quel ; un nom à ses accents, tirets et majuscules près, la première exceptée."""
    if nom.isupper():
        return rf"\b{nom}\b"
    return rf"(?<![\w-]){_lettre(nom[0], initiale=True)}{''.join(map(_lettre, nom[1:]))}(?![\w-])"


def _lettre(signe: str, *, initiale: bool = False) -> str:
    if signe in " -'’":
        return r"[\s'’-]+"
    nue = {"Î": "i", "é": "e", "ô": "o", "è": "e"}.get(signe, signe.lower())
    minuscules = _ACCENTS.get(nue, nue)
    return f"[{minuscules.upper()}{'' if initiale else minuscules}]"


def regions_nommees(texte: str) -> dict[str, str]:
    """Les régions qu'un texte nomme, d'aujourd'hui ou d'avant 2016 : {nom lu: code d'aujourd'hui}."""
    nommees: dict[str, str] = {}
    for motif, nom, code in _motifs_de_region():
        for trouve in motif.finditer(texte):
            if not _VOIE.search(texte[: trouve.start()]):
                nommees[nom] = code
        texte = motif.sub(lambda trouve: "·" * len(trouve[0]), texte)
    return nommees


def region_nommee(candidature: Candidature) -> Trouve | None:
    """Une région nommée dans la localisation est celle d'un des départements cochés."""
    departements = sorted(candidature.departements.all(), key=lambda d: d.pk)
    regions = {d.region_id for d in departements}
    etrangeres = [nom for nom, code in regions_nommees(candidature.localisation).items() if code not in regions]
    if not departements or not etrangeres:
        return None
    coches = ", ".join(map(str, departements))
    return Trouve(
        f"La localisation nomme {' et '.join(etrangeres)}, mais aucun département de cette région n'est coché ({coches}) : "
        "cochez tous les départements concernés, ou corrigez la localisation.",
        ("localisation", "departements"),
        {"Région nommée": ", ".join(etrangeres), "Départements": coches},
    )
