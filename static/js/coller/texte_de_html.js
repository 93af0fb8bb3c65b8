// D'un fragment HTML copié (Word, LibreOffice, Google Docs, une page) au texte qu'une zone de texte peut garder :
// un paragraphe par ligne, « • » ou le numéro devant chaque élément de liste, en retrait selon son niveau, et des tabulations
// entre les cellules d'un tableau. Le document analysé est inerte : aucun script ne s'y exécute, aucune image ne s'y charge.

const RETRAIT = "    ";
const MUETS = new Set(["HEAD", "STYLE", "SCRIPT", "TEMPLATE", "TITLE", "XML", "NOSCRIPT"]);
const BLOCS = /^(ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|CENTER|DD|DETAILS|DIV|DL|DT|FIGURE|FOOTER|H[1-6]|HEADER|HR|MAIN|NAV|P|PRE|SECTION|LI|UL|OL|TABLE|TR)$/;
const BUREAUTIQUE = /class="?Mso|docs-internal-guid|LibreOffice|OpenOffice|OutlineElement/i;

// Rend null s'il n'y a ni liste ni tableau : le texte ordinaire du presse-papiers vaut alors mieux que toute conversion.
export function texteDeHtml(html) {
  const corps = new DOMParser().parseFromString(sansStyle(entreBornes(html)), "text/html").body;
  if (!corps.querySelector("ul, ol, table, [data-style*='mso-list']")) return null;
  const lecture = new Lecture(!BUREAUTIQUE.test(html));
  lecture.enfants(corps);
  return lecture.fin();
}

function entreBornes(html) {
  const debut = html.indexOf("<!--StartFragment-->");
  const fin = html.lastIndexOf("<!--EndFragment-->");
  return debut < 0 || fin < debut ? html : html.slice(debut + "<!--StartFragment-->".length, fin);
}

// La politique de sécurité de la page vaut aussi pour ce qu'elle analyse : les styles se lisent sous un autre nom, sans s'appliquer.
function sansStyle(html) {
  const sansFeuilles = html.replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "");
  return sansFeuilles.replace(/<[a-z][^<>]*>/gi, (balise) => balise.replace(/(\s)style(\s*=)/gi, "$1data-style$2"));
}

const styleDe = (noeud) => noeud.dataset.style ?? "";

class Lecture {
  constructor(aere) {
    this.aere = aere; // hors d'un traitement de texte, une ligne vide sépare deux paragraphes
    this.lignes = [];
    this.ligne = "";
    this.listes = []; // { numerotee, rang, genre }
    this.retrait = ""; // devant une ligne de suite, dans un élément de liste
    this.entame = false; // un marqueur vient d'être écrit : le premier paragraphe de l'élément le suit sur sa ligne
  }

  fin() {
    this.#couper();
    return this.lignes.join("\n").replace(/[ \t\u00a0]+$/gm, "").replace(/\n{3,}/g, "\n\n").replace(/^\n+|\n+$/g, "");
  }

  enfants(noeud) {
    for (const enfant of noeud.childNodes) this.#noeud(enfant);
  }

  #noeud(noeud) {
    if (noeud.nodeType === Node.TEXT_NODE) return this.#texte(noeud);
    if (noeud.nodeType !== Node.ELEMENT_NODE || MUETS.has(noeud.tagName)) return;
    if (noeud.tagName === "BR") return this.#retour();
    if (noeud.tagName === "TABLE") return this.#tableau(noeud);
    if (noeud.tagName === "UL" || noeud.tagName === "OL") return this.#liste(noeud);
    if (noeud.tagName === "LI") return this.#element(noeud);
    if (/mso-tab-count/.test(styleDe(noeud))) return void (this.ligne += "\t");
    if (niveauDeWord(noeud)) return this.#paragrapheDeWord(noeud);
    if (BLOCS.test(noeud.tagName)) return this.#bloc(noeud);
    this.enfants(noeud);
  }

  #texte({ data, parentElement }) {
    const garde = parentElement.closest("pre, [data-style*='white-space:pre'], [data-style*='white-space: pre']");
    const morceaux = garde ? data.split("\n") : [data.replace(/[ \t\r\n\f]+/g, " ")];
    morceaux.forEach((morceau, rang) => {
      if (rang) this.#couper();
      const blanc = !garde && (!this.ligne || /\s$/.test(this.ligne));
      this.ligne += blanc ? morceau.replace(/^ /, "") : morceau;
    });
  }

  #retour() {
    this.lignes.push(this.#prise());
    this.entame = false;
  }

  // Termine la ligne commencée, s'il y en a une.
  #couper() {
    if (this.ligne.trim() || this.entame) this.lignes.push(this.#prise());
    this.ligne = "";
    this.entame = false;
  }

  #prise() {
    const prise = this.entame || !this.ligne.trim() ? this.ligne : this.retrait + this.ligne.replace(/^ /, "");
    this.ligne = "";
    return prise;
  }

  #bloc(noeud) {
    const suit = this.entame;
    if (!suit) this.#couper();
    const debut = this.lignes.length;
    this.enfants(noeud);
    const ecrit = this.ligne.trim() || this.lignes.length > debut;
    const rompu = noeud.lastChild?.nodeName === "BR" && !this.ligne.trim();
    if (!ecrit && !rompu && !suit && /^(P|H[1-6])$/.test(noeud.tagName)) this.lignes.push("");
    this.#couper();
    if (this.#aereApres(noeud)) this.lignes.push("");
  }

  #aereApres(noeud) {
    if (!/^(P|H[1-6]|BLOCKQUOTE|PRE)$/.test(noeud.tagName) || noeud.closest("li")) return false;
    const [, marge] = /margin-(?:bottom|top):\s*([\d.]+)/.exec(styleDe(noeud)) ?? [];
    return marge ? parseFloat(marge) > 0 : this.aere;
  }

  // --- Listes ---
  #liste(noeud) {
    this.#couper();
    this.listes.push({ numerotee: noeud.tagName === "OL", rang: Number(noeud.getAttribute("start") ?? 1), genre: genreDe(noeud) });
    this.enfants(noeud);
    this.#couper();
    this.listes.pop();
    if (!this.listes.length && this.aere) this.lignes.push("");
  }

  #element(noeud) {
    this.#couper();
    const liste = this.listes.at(-1) ?? { numerotee: false, rang: 1 };
    const niveau = Number(noeud.dataset.ariaLevel ?? noeud.getAttribute("aria-level") ?? 0) || this.listes.length || 1;
    if (noeud.hasAttribute("value")) liste.rang = noeud.value;
    // Un élément sans marque n'est là que pour porter une liste (LibreOffice, Word en ligne).
    if (/list-style(-type)?:\s*none/.test(styleDe(noeud)) && noeud.querySelector("ul, ol")) return this.enfants(noeud);
    const marqueur = liste.numerotee ? `${numero(liste.rang++, genreDe(noeud) ?? liste.genre)}.` : "•";
    this.#marquer(marqueur, niveau, () => this.enfants(noeud));
  }

  // Word : chaque élément est un paragraphe, dont le style dit le niveau, et qui porte son marqueur.
  #paragrapheDeWord(noeud) {
    this.#couper();
    const porte = noeud.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    const marque = porte?.textContent.replace(/[\s\u00a0]+/g, "") ?? "";
    porte?.remove();
    this.#marquer(/[\p{L}\p{N}]/u.test(marque) && /[.)\d]/.test(marque) ? marque : "•", niveauDeWord(noeud), () => this.enfants(noeud));
  }

  #marquer(marqueur, niveau, ecrire) {
    const avant = this.retrait;
    this.retrait = RETRAIT.repeat(niveau);
    this.ligne = `${RETRAIT.repeat(niveau - 1)}${marqueur} `;
    this.entame = true;
    ecrire();
    this.#couper();
    this.retrait = avant;
  }

  // --- Tableaux ---
  #tableau(noeud) {
    this.#couper();
    const rangees = [...noeud.rows].map((rangee) => [...rangee.cells]);
    const deMiseEnPage = rangees.every((cellules) => cellules.length < 2); // une seule colonne : du texte, pas un tableau
    for (const cellules of rangees) {
      if (deMiseEnPage) cellules.forEach((seule) => this.#bloc(seule));
      else this.lignes.push(cellules.map(cellule).join("\t"));
    }
    if (this.aere) this.lignes.push("");
  }
}

function cellule(noeud) {
  const lecture = new Lecture(false);
  lecture.enfants(noeud);
  return lecture.fin().replace(/\s*[\n\t]\s*/g, " ").trim();
}

function niveauDeWord(noeud) {
  const liste = /mso-list:\s*[^;]*?level(\d+)/i.exec(styleDe(noeud));
  return liste ? Number(liste[1]) : 0;
}

// « a », « A », « i », « I », ou rien pour des chiffres.
function genreDe(noeud) {
  const style = /list-style-type:\s*([\w-]+)/.exec(styleDe(noeud))?.[1];
  const parStyle = { "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I" };
  return noeud.getAttribute("type") ?? parStyle[style] ?? (style === "decimal" ? "1" : null);
}

function numero(rang, genre) {
  if (genre === "a" || genre === "A") return lettres(rang, genre);
  if (genre === "i" || genre === "I") return genre === "i" ? romain(rang).toLowerCase() : romain(rang);
  return String(rang);
}

function lettres(rang, premiere) {
  if (rang < 1) return String(rang);
  const reste = (rang - 1) % 26;
  return (rang > 26 ? lettres((rang - 1 - reste) / 26, premiere) : "") + String.fromCharCode(premiere.charCodeAt(0) + reste);
}

function romain(rang) {
  const signes = [[50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"]];
  if (rang < 1 || rang > 89) return String(rang);
  let ecrit = "";
  for (const [valeur, signe] of signes) for (; rang >= valeur; rang -= valeur) ecrit += signe;
  return ecrit;
}
