"""Des entités définies là où l'extension ne dit pas du XML, et ce qui leur ressemble sans en être."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from tests.candidatures.annexes import fichiers as f

Cas = tuple[str, Callable[[], bytes], str]
"""Le nom envoyé, le fichier, le verdict."""
BOMBE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
AU_LOIN = '<!DOCTYPE x SYSTEM "http://exemple.fr/x.dtd"><x/>'
EN_UTF_7 = '+ADwAIQ-DOCTYPE x SYSTEM "x.dtd"+AD4APA-x/+AD4-'
BLANCS = "".join(random.Random(7).choices(" \t\r\n", k=80_000))
"""Plus qu'il n'en est lu d'un coup ; au hasard, pour ne pas être refusés de se déployer en trop."""
PRINCIPALE = f"{f.OFFICE}.wordprocessingml.document.main+xml"
SVG_1_1 = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
XHTML = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
ODF_EN_XML = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="text/xml"/>'


def un_docx_en(nom: str, contenu: str | bytes, declare: str = '<Override PartName="/{}" ContentType="{}"/>') -> bytes:
    """Un document Word dont le texte est l'entrée `nom`, que ses types déclarent."""
    types = f'<?xml version="1.0" encoding="UTF-8"?><Types>{declare.format(nom, PRINCIPALE)}</Types>'
    return f.un_zip({"[Content_Types].xml": types, nom: contenu})


def un_odt_en(nom: str, contenu: str | bytes) -> bytes:
    """Un texte OpenDocument dont le manifeste déclare cette entrée, en XML."""
    return f.un_odf(manifeste=f"<manifest:manifest>{ODF_EN_XML.format(nom)}</manifest:manifest>", autres={nom: contenu})


def avec(nom: str, contenu: str | bytes) -> Callable[[], bytes]:
    """Un document Word, et cette entrée que rien ne déclare."""
    return lambda: f.un_docx(**{nom: contenu})


PAR_EXTENSION = '<Default Extension="dat" ContentType="{1}"/>'
CACHEES: dict[str, Cas] = {
    f"des entités dans une partie {quoi}": (nom, faire, "entites")
    for quoi, nom, faire in (
        ("que ses types disent du XML, en .bin", "l.docx", partial(un_docx_en, "word/document.bin", BOMBE)),
        ("que ses types disent du XML, par extension", "l.docx", partial(un_docx_en, "word/x.dat", BOMBE, PAR_EXTENSION)),
        ("que ses types disent du XML, sans extension", "l.docx", partial(un_docx_en, "word/document", BOMBE)),
        ("que son manifeste dit du XML, en .dat", "l.odt", partial(un_odt_en, "Configurations2/x.dat", BOMBE)),
        ("en .png, que rien ne déclare", "l.docx", avec("word/media/image1.png", BOMBE)),
        ("en .vml", "l.docx", avec("word/dessin.vml", f"<?xml version='1.0'?>{BOMBE}")),
        ("en .bin, derrière une marque de codage", "l.docx", avec("word/x.bin", BOMBE.encode("utf-8-sig"))),
        ("en .bin, en UTF-16", "l.docx", avec("word/x.bin", BOMBE.encode("utf-16"))),
        ("en .bin, en UTF-32 sans marque", "l.docx", avec("word/x.bin", BOMBE.encode("utf-32-be"))),
        ("en .bin, en EBCDIC", "l.docx", avec("word/x.bin", f"<?xml version='1.0'?>{BOMBE}".encode("cp037"))),
        ("en .bin, en UTF-7", "l.docx", avec("word/x.bin", f'<?xml version="1.0" encoding="UTF-7"?>{EN_UTF_7}')),
        ("en .bin, après quatre-vingt mille blancs", "l.docx", avec("word/x.bin", BLANCS + BOMBE)),
        ("qui les cherche au loin, en .bin", "l.docx", avec("word/x.bin", AU_LOIN)),
        ("en .svg, sous le type de tous les SVG", "l.docx", avec("word/media/x.svg", SVG_1_1[:-1] + ' [<!ENTITY a "a">]><svg/>')),
        ("en .svg, dont le type est ailleurs", "l.docx", avec("word/media/x.svg", AU_LOIN.replace("x SYSTEM", 'svg PUBLIC ""'))),
        ("en .svg, dont le type feint", "l.docx", avec("x.svg", SVG_1_1.replace("www.w3.org", "www.w3.org.exemple.fr"))),
        ("en .xml, sous le type des SVG", "l.docx", avec("word/styles.xml", f"{SVG_1_1}<svg/>")),
        ("dont le codage se dit après mille blancs", "l.docx", avec("x.xml", f'<?xml {" " * 1000}encoding="UTF-7"?>{EN_UTF_7}')),
        ("dont le codage se dit après trop de blancs", "l.docx", avec("x.xml", f'<?xml {BLANCS}encoding="UTF-7"?>{EN_UTF_7}')),
    )
}

ADMISES: dict[str, Cas] = {
    f"un document Word {quoi}": ("l.docx", avec(nom, contenu), "docx")
    for quoi, nom, contenu in (
        ("à image SVG, sous son type", "word/media/x.svg", f"<?xml version='1.0'?>\n{SVG_1_1}\n<svg/>"),
        ("à image SVG, sans type", "word/media/x.svg", "<svg/>"),
        ("à page HTML", "word/afchunk.htm", "<!doctype html><html/>"),
        ("à page XHTML", "word/afchunk.xhtml", f"{XHTML}<html/>"),
        ("dont un objet cite des définitions, sans être du XML", "word/x.bin", b"\x01\x02" + BOMBE.encode()),
        ("dont une partie n'est que des blancs", "word/x.bin", BLANCS),
    )
}
