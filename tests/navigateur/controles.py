"""Ce que toute page doit être, lue dans le navigateur qui vient de l'afficher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypedDict

import html5lib
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, ViewportSize

AXE: str = Axe().axe_script
REGLES_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # relire chaque feuille de style ne sert qu'à une règle expérimentale, qu'axe ne joue pas
}
POLITIQUE = (
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
)
ANGLAIS = re.compile(
    r">[^<]*\b(?:Sign|Password|Email|Forgot|Remember|This field|Log in|Required|successfully|Select|Choose|Delete)\b"
)
ETROIT, LARGE = ViewportSize(width=320, height=640), ViewportSize(width=1280, height=900)

CONSTAT = """() => {
  const tous = (selecteur) => [...document.querySelectorAll(selecteur)];
  const nom = (e) => `${e.localName}.${e.className}`;
  const traits = (e) => e.getAttributeNames().filter((n) => /^(aria-|role|type|required|disabled|readonly|hidden)/.test(n)).sort();
  const ids = tous("[id]").map((e) => e.id);
  const renvois = ["for", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls"]
    .flatMap((nom) => tous(`[${nom}]`).flatMap((e) => e.getAttribute(nom).split(/\\s+/)))
    .concat(tous('a[href^="#"]').map((a) => a.hash.slice(1)));
  return {
    titre: document.title,
    langue: document.documentElement.lang,
    niveaux: tous("h1,h2,h3,h4,h5,h6").map((h) => Number(h.tagName[1])),
    doublons: ids.filter((id, rang) => ids.indexOf(id) !== rang),
    perdus: renvois.filter((id) => !document.getElementById(id)),
    sans_jeton: tous("form[method=post]").filter((f) => !f.elements.csrfmiddlewaretoken?.value).map((f) => f.action),
    en_ligne: tous("[style],style,script:not([src]),[onclick],[onload],[onerror],[onsubmit]").map((e) => e.outerHTML.slice(0, 99)),
    ailleurs: tous("[src],link[href],form[action]").map((e) => e.src || e.href || e.action).filter((u) => !u.startsWith(location.origin)),
    liens: tous("a[href]").map((a) => a.href.split("#")[0]).filter((u) => u.startsWith(location.origin + "/")),
    envois: tous("main form[method=post]").map((form) => form.action),
    gardes: localStorage.length + sessionStorage.length,
    assemblages: [...new Set(tous("body *").map((e) => `${nom(e.parentElement)} > ${nom(e)}[${traits(e)}]`))],
  };
}"""
DEBORDE = """() => {
  const large = document.documentElement.scrollWidth;
  if (large <= innerWidth) return "";
  const trop = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return `${large} pixels : ` + trop.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" ; ");
}"""

EXAMEN = """async ([regles, vues]) => {
  const fonds = new Map([[null, ""]]);
  const fond = (e) => {
    if (!fonds.has(e)) {
      const s = getComputedStyle(e);
      const trait = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join(" ");
      fonds.set(e, fond(e.parentElement) + (trait === "rgba(0, 0, 0, 0) none 1 none normal" ? "" : `/${trait}`));
    }
    return fonds.get(e);
  };
  const aspect = (e) => {
    const s = getComputedStyle(e), cadre = e.getBoundingClientRect();
    const grise = e.matches(":disabled, [aria-disabled=true]") || Boolean(e.closest("label")?.control?.disabled);
    return [s.color, s.fontSize, s.fontWeight, s.textShadow, s.clip, s.clipPath, cadre.width > 1, grise, fond(e)].join(" ");
  };
  const ecrit = (e) => e.matches("input, textarea, select") || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const aspects = new Map();
  for (const e of document.body.querySelectorAll("*"))
    if (ecrit(e) && e.checkVisibility({ visibilityProperty: true }) && !aspects.has(aspect(e))) aspects.set(aspect(e), e);
  const neufs = [...aspects].filter(([trait]) => !vues.includes(trait));
  const contraste = { ...regles, runOnly: { type: "rule", values: ["color-contrast"] } };
  const resultats = [await axe.run(document, { ...regles, rules: { "color-contrast": { enabled: false } } })];
  if (neufs.length) resultats.push(await axe.run({ include: neufs.map(([, e]) => e) }, contraste));
  return { violations: resultats.flatMap((r) => r.violations), aspects: neufs.map(([trait]) => trait) };
}"""
"""Le contraste, les trois quarts du prix d'axe, se mesure une fois par aspect : mêmes couleurs de texte et de fonds, même corps, même graisse."""


class Constat(TypedDict):
    """Ce que la page dit d'elle-même."""

    titre: str
    langue: str
    niveaux: list[int]
    doublons: list[str]
    perdus: list[str]
    sans_jeton: list[str]
    en_ligne: list[str]
    ailleurs: list[str]
    liens: list[str]
    envois: list[str]
    gardes: int
    assemblages: list[str]


def constater(page: Page) -> Constat:
    """Relève tout en une fois."""
    constat: Constat = page.evaluate(CONSTAT)
    return constat


def fautes_d_une_page(constat: Constat, reponse: Response) -> Iterator[str]:
    """Ce qui se vérifie vite, sur chaque page et dans chaque état."""
    politique = reponse.headers.get("content-security-policy", "")
    yield from (f"politique de sécurité sans « {regle} »" for regle in POLITIQUE if regle not in politique)
    if "unsafe" in politique or reponse.headers.get("x-content-type-options") != "nosniff":
        yield "en-têtes de sécurité affaiblis"
    if constat["langue"] != "fr" or " – HLM Projets" not in constat["titre"]:
        yield f"langue ou titre : {constat['langue']}, {constat['titre']}"
    if constat["niveaux"].count(1) != 1 or any(
        b > a + 1 for a, b in zip([0, *constat["niveaux"]], constat["niveaux"], strict=False)
    ):
        yield f"titres : {constat['niveaux']}"
    for genre in ("doublons", "perdus", "sans_jeton", "en_ligne", "ailleurs"):
        if trouves := constat[genre]:
            yield f"{genre} : {trouves}"
    if constat["gardes"]:
        yield "quelque chose est gardé dans le navigateur"


def fautes_d_un_gabarit(page: Page, html: str, vus: set[str] | None = None) -> Iterator[str]:
    """Ce qui coûte plus cher, une fois par gabarit et par état : HTML, accessibilité, largeur de 320 pixels, langue."""
    try:
        html5lib.HTMLParser(strict=True).parse(html)
    except html5lib.html5parser.ParseError as erreur:
        yield f"HTML : {erreur}"
    if anglais := ANGLAIS.search(html):
        yield f"anglais : {anglais[0]}"
    yield from violations(page, vus)
    page.set_viewport_size(ETROIT)
    if trop := page.evaluate(DEBORDE):
        yield f"défile en largeur à 320 pixels : {trop}"
    page.set_viewport_size(LARGE)


def violations(page: Page, vus: set[str] | None = None) -> Iterator[str]:
    """Ce qu'axe-core trouve ; `vus` : les aspects dont le contraste est déjà mesuré, auxquels s'ajoutent ceux de cette page."""
    vus = set() if vus is None else vus
    page.evaluate(AXE)
    resultat: dict[str, Any] = page.evaluate(EXAMEN, [REGLES_AXE, sorted(vus)])
    vus |= set(resultat["aspects"])
    for violation in resultat["violations"]:
        ou = " ; ".join(noeud["html"][:160] for noeud in violation["nodes"][:3])
        yield f"axe {violation['id']} ({violation['help']}) : {ou}"
