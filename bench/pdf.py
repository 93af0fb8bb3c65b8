"""Le PDF officiel : millisecondes à chaud par fiche, face au WeasyPrint naïf, et pages par seconde avec deux processus.

`python bench/pdf.py [--tours N] [--fiche TEXTE] [--fiches DOSSIER]` : les trois fiches inventées des essais, plus chaque `*.txt` du dossier.
Les manières sont interclassées tour après tour, dans la même exécution ; on lit la médiane et le rapport.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import median
from threading import Thread

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hlm_projets.settings")
os.environ.setdefault("DEBUG", "true")

import django
import pikepdf
from django.template.loader import render_to_string
from weasyprint import HTML

from candidatures.documents.atelier import Atelier
from candidatures.documents.composition import contexte
from candidatures.documents.moteur import DOSSIER, FONTES, VARIANTE, Moteur
from candidatures.documents.pdf import produire_pdf
from candidatures.lecture.document import Document, Rubrique, SectionLue
from tests.candidatures.documents import exemples


def principal() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tours", type=int, default=9)
    arguments.add_argument("--secondes", type=float, default=8, help="par mesure du débit (défaut : 8)")
    arguments.add_argument("--fiche", default="", help="seulement celles dont le numéro contient ce texte")
    arguments.add_argument("--fiches", type=Path, default=RACINE.parent / "shared" / "fiches")
    choix = arguments.parse_args()
    django.setup()
    documents = [d for d in (*exemples.tous(), *fiches_en_texte(choix.fiches)) if choix.fiche in d.numero]
    moteur, ateliers = Moteur(), (Atelier(), Atelier())
    print(
        f"{'fiche':<24}{'pages':>6}{'Ko':>6}{'naïf':>9}{'chaud':>9}{'isolé':>9}{'naïf/isolé':>12}   (ms, médiane de {choix.tours})"
    )
    for document in documents:
        print(ligne(document, moteur, ateliers[0], choix.tours))
    for nombre in (1, 2):
        print(f"{nombre} processus : {debit(documents, ateliers[:nombre], choix.secondes):.0f} pages par seconde")


def fiches_en_texte(dossier: Path) -> Iterator[Document]:
    """Un texte brut, paragraphe par paragraphe : autant de rubriques sans intitulé, sous le nom du fichier."""
    for chemin in sorted(dossier.glob("*.txt")):
        paragraphes = chemin.read_text(encoding="utf-8").split("\n\n")
        rubriques = tuple(Rubrique(str(rang), "", "", texte=texte) for rang, texte in enumerate(paragraphes))
        yield Document(
            chemin.stem, (), chemin.stem[:24], chemin.stem, False, sections=(SectionLue("texte", chemin.stem, "", rubriques),)
        )


def ligne(document: Document, moteur: Moteur, atelier: Atelier, tours: int) -> str:
    """naïf : tout à neuf ; chaud : feuille et fontes gardées ; isolé : ce que fait le site, gabarit et enfant compris."""
    html = render_to_string("pdf/fiche.html", contexte(document))
    naif_html = html.replace("</head>", f"<style>{feuille_naive()}</style></head>")
    manieres: list[Callable[[], object]] = [
        lambda: HTML(string=naif_html).write_pdf(pdf_variant=VARIANTE),
        lambda: moteur.rendre(html),
        lambda: produire_pdf(document, atelier),
    ]
    naif, chaud, isole = interclasser(manieres, tours)
    pdf = produire_pdf(document, atelier)
    return f"{document.numero:<24}{pages(pdf):>6}{len(pdf) // 1024:>6}{naif:>9.0f}{chaud:>9.0f}{isole:>9.0f}{naif / isole:>12.2f}"


def feuille_naive() -> str:
    """La même feuille, fontes lues dans leurs fichiers par WeasyPrint à chaque document."""
    fontes = "".join(
        f"@font-face{{font-family:'{famille}';font-weight:{graisse};src:url({(DOSSIER / 'polices' / fichier).as_uri()})}}"
        for famille, graisse, fichier in FONTES
    )
    return fontes + (DOSSIER / "feuille.css").read_text(encoding="utf-8")


def interclasser(manieres: list[Callable[[], object]], tours: int) -> list[float]:
    """La médiane, en millisecondes, de chaque manière, jouées à tour de rôle après un tour de chauffe."""
    temps: list[list[float]] = [[] for _ in manieres]
    for _ in range(tours + 1):
        for releve, maniere in zip(temps, manieres, strict=True):
            debut = time.perf_counter()
            maniere()
            releve.append((time.perf_counter() - debut) * 1000)
    return [median(releve[1:]) for releve in temps]


def debit(documents: list[Document], ateliers: tuple[Atelier, ...], secondes: float) -> float:
    """Pages par seconde, un serveur de rendu par atelier, chacun nourri sans relâche."""
    compte = [0] * len(ateliers)
    for atelier in ateliers:
        produire_pdf(documents[0], atelier)
    debut = time.perf_counter()

    def nourrir(rang: int) -> None:
        while time.perf_counter() - debut < secondes:
            for document in documents:
                compte[rang] += pages(produire_pdf(document, ateliers[rang]))

    fils = [Thread(target=nourrir, args=(rang,)) for rang in range(len(ateliers))]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return sum(compte) / (time.perf_counter() - debut)


def pages(pdf: bytes) -> int:
    """Le nombre de pages d'un PDF."""
    with pikepdf.open(BytesIO(pdf)) as ouvert:
        return len(ouvert.pages)


if __name__ == "__main__":
    principal()
