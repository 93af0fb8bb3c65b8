// Ce que la page montre à côté des champs (avancement, totaux, qui est là) : le serveur le calcule, la page le remplace.
import { sansBouger } from "./place.js";

const RELEVE = 15_000;
const APRES = 1_000;

export class Fragments {
  // `demander()` rend la réponse du serveur, ou rien ; `recevoir(donnees)` fait le reste.
  constructor(demander, recevoir) {
    Object.assign(this, { demander, recevoir });
    this.#programmer(RELEVE);
    document.addEventListener("visibilitychange", () => document.hidden || this.bientot());
  }

  // Après un enregistrement ; plusieurs de suite n'en font qu'un.
  bientot() {
    this.#programmer(APRES);
  }

  #programmer(delai) {
    clearTimeout(this.minuteur);
    this.minuteur = setTimeout(() => this.#relever(), delai);
  }

  async #relever() {
    if (!document.hidden) {
      const donnees = await this.demander();
      for (const [nom, html] of Object.entries(donnees?.fragments ?? {})) remplacer(nom, html);
      if (donnees) this.recevoir(donnees);
    }
    this.#programmer(RELEVE);
  }
}

function remplacer(nom, html) {
  for (const place of document.querySelectorAll(`[data-fragment="${CSS.escape(nom)}"]`)) {
    const neuf = document.createElement("template");
    neuf.innerHTML = html;
    if (place.contains(document.activeElement) || identique(place, neuf.content)) continue;
    const ouverts = [...place.querySelectorAll("details")].map((repli) => repli.open);
    sansBouger(() => place.replaceChildren(neuf.content));
    place.querySelectorAll("details").forEach((repli, rang) => (repli.open = ouverts[rang] ?? repli.open));
  }
}

function identique(place, contenu) {
  const copie = place.cloneNode(true);
  for (const repli of copie.querySelectorAll("details")) repli.removeAttribute("open");
  const neuf = contenu.cloneNode(true);
  for (const repli of neuf.querySelectorAll("details")) repli.removeAttribute("open");
  return [...copie.childNodes].map(texte).join("") === [...neuf.childNodes].map(texte).join("");
}

const texte = (noeud) => noeud.outerHTML ?? noeud.textContent;
