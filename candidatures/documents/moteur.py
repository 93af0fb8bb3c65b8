"""WeasyPrint, préparé une fois : feuille de style, fontes, et aucun accès au réseau ni aux fichiers.

Les fontes et le filigrane sont lus par nous et passés en `data:` ; le document ne peut rien aller chercher d'autre.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.ffi import ffi, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from candidatures.documents.balises import retoucher

DOSSIER = Path(__file__).resolve().parent
FONTES = (
    ("Source Sans", 400, "SourceSans3-Regular.ttf"),
    ("Source Sans", 600, "SourceSans3-Semibold.ttf"),
    ("Noto Symbols", 400, "NotoSansSymbols2-Regular.ttf"),
)
VARIANTE = "pdf/ua-1"


class Moteur:
    """Un rendu prêt à servir ; la feuille et les fontes se réutilisent d'un document à l'autre."""

    def __init__(self) -> None:
        self.portier = URLFetcher(allowed_protocols={"data"})
        self.fontes = FontConfiguration()
        self.feuille = CSS(string=feuille_de_style(), font_config=self.fontes, url_fetcher=self.portier)

    def rendre(self, html: str) -> bytes:
        """Le PDF/UA-1 d'un document HTML complet."""
        page = HTML(string=html, url_fetcher=self.portier)
        pdf: bytes = page.write_pdf(stylesheets=[self.feuille], font_config=self.fontes, pdf_variant=VARIANTE, finisher=retoucher)
        return pdf

    def renouer(self) -> None:
        """Après un dédoublement : Pango récent garde un fil d'exécution par carte de fontes, et ce fil ne suit pas l'enfant."""
        carte = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", carte), self.fontes._config)
        self.fontes.font_map = carte
        self.fontes.strut_layouts.clear()
        self.fontes.font_features.clear()


def feuille_de_style() -> str:
    """La feuille du PDF, précédée de ses fontes et de son filigrane."""
    fontes = "".join(
        f"@font-face{{font-family:'{famille}';font-weight:{graisse};src:url({_en_data('font/ttf', f'polices/{fichier}')})}}"
        for famille, graisse, fichier in FONTES
    )
    filigrane = f"@page brouillon{{background-image:url({_en_data('image/svg+xml', 'filigrane.svg')})}}"
    return fontes + filigrane + (DOSSIER / "feuille.css").read_text(encoding="utf-8")


def _en_data(nature: str, chemin: str) -> str:
    return f"data:{nature};base64,{b64encode((DOSSIER / chemin).read_bytes()).decode()}"
