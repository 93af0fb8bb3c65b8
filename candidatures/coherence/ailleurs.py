"""Un nombre que le texte donne loin de son champ : dans le nom du projet, le descriptif, le montage financier.

Seules les tournures qui parlent du projet entier sont lues ; un texte qui donne aussi le bon nombre n'est pas repris.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from candidatures.coherence.constat import Trouve, intitule
from candidatures.coherence.effectifs import MENAGE, annees
from candidatures.coherence.nombres import Compte, dire, en_chiffres, entier
from candidatures.models import Candidature

MENAGES = r"(?P<quoi>ménages|familles|foyers)"
N = r"(?<![\w.,/-])(?P<n>\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)"
FINANCES = ("montage_financier", "cofinancements")
MOTIFS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (champs, re.compile(motif, re.IGNORECASE))
    for champs, motif in (
        (("nom",), rf"{N}\s+{MENAGES}\b"),
        (
            ("duree_mois_precision", *FINANCES),
            rf"{N}\s+{MENAGE}(?:\s+\w+)?\s+(?P<quoi>par\s+an)\b(?!\s+(?:et\s+)?(?:par|pour\s+(?:un|chaque)))",
        ),
        (
            FINANCES,
            (
                rf"\b(?:plan|budget)\b[^.;:!?\n]{{0,30}}?\b(?:établi|calculé|bâti|construit|prévu)e?\s+(?:pour|sur)\s+{N}\s+"
                r"(?P<quoi>ans|mois|ménages|logements)\b"
            ),
        ),
        (
            ("descriptif", "caracteristiques_publics"),
            (
                r"\b(?:accompagn(?:er|era|erons|ement\s+de)|concern(?:e|era|er)|vis(?:e|era|er)|touch(?:e|era|er)"
                rf"|bénéfici(?:er|era|eront)\s+à|au\s+bénéfice\s+de|au\s+profit\s+de)\s+(?:environ\s+)?{N}\s+{MENAGES}\b(?!\s+(?:par|sur)\b)"
            ),
        ),
        (
            ("descriptif",),
            (
                r"\b(?:projet|programme|expérimentation)\s+(?:\w+\s+){0,2}?(?:de|sur|d['’]une\s+durée\s+de|sur\s+une\s+durée\s+de)\s+"
                rf"{N}\s+(?P<quoi>ans|mois)\b"
            ),
        ),
    )
)
_HORS_DU_PROJET = re.compile(
    r"\b(?:chaque|chacun|référente?|travailleu\w+|conseill\w+|intervenante?|ETP|équivalent|depuis|déjà|précédent\w*|antérieur\w*|en 20\d\d"
    r"|ont|avait|avaient|autre|premi\w+)\b[^.;\n]*$",
    re.IGNORECASE,
)
"""Ce qui précède, dans la phrase, un nombre qui n'est pas celui du projet."""


def nombre_dans_le_texte(candidature: Candidature) -> Trouve | None:
    """Ce que le texte dit du nombre de ménages, de logements ou de la durée ne contredit pas les champs."""
    for champs, motif in MOTIFS:
        for nom in champs:
            texte = en_chiffres(getattr(candidature, nom) or "")
            for dit, attendu in _contredits(candidature, texte, motif):
                return Trouve(
                    f"« {intitule(nom)} » parle de {dit}, et la fiche dit {attendu} : vérifiez que les deux parlent de la même chose.",
                    (nom, "nombre_menages", "duree_mois"),
                    {"Dans le texte": dit, "Dans la fiche": attendu},
                )
    return None


def _contredits(candidature: Candidature, texte: str, motif: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Ce qui est dit, et ce qui était attendu."""
    for trouve in motif.finditer(texte):
        quoi, nombre = " ".join(trouve["quoi"].lower().split()), entier(trouve["n"])
        attendu = _attendu(candidature, quoi)
        if attendu is None or _s_accorde(candidature, quoi, nombre, attendu, texte):
            continue
        if not _HORS_DU_PROJET.search(texte[max(0, trouve.start() - 120) : trouve.start()]):
            yield f"« {texte[trouve.start('n') : trouve.end('quoi')]} »", _dire(candidature, quoi, attendu)


def _attendu(candidature: Candidature, quoi: str) -> Decimal | None:
    if quoi == "ans":
        return annees(candidature)
    valeur = {"mois": candidature.duree_mois, "logements": candidature.nombre_logements}.get(quoi, candidature.nombre_menages)
    return Decimal(valeur) if valeur else None


def _s_accorde(candidature: Candidature, quoi: str, nombre: int, attendu: Decimal, texte: str) -> bool:
    """Le nombre attendu, ou celui que le texte donne aussi ; par an, sur la durée ou une file active toujours la même."""
    if quoi == "par an":
        duree = annees(candidature)
        return duree is None or nombre == attendu or Compte(nombre, nombre, "", "").contient(int(attendu), duree)
    aussi = rf"(?<![\w.,/-]){int(attendu)}\s+(?:{quoi}|ménages)\b" if attendu == int(attendu) else r"\Z\b"
    return nombre == attendu or re.search(aussi, texte, re.IGNORECASE) is not None


def _dire(candidature: Candidature, quoi: str, attendu: Decimal) -> str:
    if quoi in ("ans", "mois"):
        return f"{candidature.duree_mois} mois"
    menages = f"{dire(attendu)} {'ménages' if quoi == 'par an' else quoi}"
    return f"{menages} sur {candidature.duree_mois} mois" if quoi == "par an" else menages
