// Une page d'essai neuve : document, fenêtre, adresse, horloge et serveur. Chaque essai a la sienne.
import { webcrypto } from "node:crypto";
import { Element } from "./elements.mjs";
import { Cible, Evenement } from "./evenements.mjs";
import { Horloge, repos } from "./horloge.mjs";
import { Serveur } from "./serveur.mjs";

const MODULES = new URL("../../../static/js/", import.meta.url);
export const FRAPPE = "frappe"; // le dossier de l'enregistrement au fil de la frappe

export const charger = (chemin) => import(new URL(chemin, MODULES));
export const frappe = (nom) => charger(`${FRAPPE}/${nom}.js`);

class Document extends Element {
  constructor(html) {
    super("#document");
    this.body = new Element("body");
    this.append(this.body);
    this.body.innerHTML = html;
    this.activeElement = this.body;
    this.hidden = false;
  }

  createElement(nom) {
    return new Element(nom);
  }

  getElementById(id) {
    return this.querySelectorAll(`[id="${id}"]`)[0] ?? null;
  }
}

// `hidden` d'un élément est un attribut ; celui du document dit si l'onglet se voit.
Object.defineProperty(Document.prototype, "hidden", { value: false, writable: true });

class AnalyseurHtml {
  parseFromString(html) {
    const lu = new Document(html);
    return { body: lu.querySelectorAll("body").at(-1) };
  }
}

class Fenetre extends Cible {
  defilements = [];

  scrollBy({ top }) {
    this.defilements.push(top);
  }
}

function adresse() {
  const faite = { origin: "https://exemple.fr", pathname: "/fiche/1/", search: "", rechargements: 0, suivies: [] };
  faite.reload = () => (faite.rechargements += 1);
  faite.assign = (lien) => faite.suivies.push(lien);
  return faite;
}

export function ouvrirPage(html = "") {
  const page = { window: new Fenetre(), location: adresse(), horloge: new Horloge().installer(), serveur: new Serveur(), repos };
  Object.defineProperty(globalThis, "crypto", { value: webcrypto, configurable: true });
  Object.assign(globalThis, {
    window: page.window, location: page.location, Event: Evenement, DOMParser: AnalyseurHtml,
    Node: { ELEMENT_NODE: 1, TEXT_NODE: 3 }, CSS: { escape: (texte) => texte }, getComputedStyle: () => ({ overflowY: "visible" }),
    fetch: (...envoi) => page.serveur.recevoir(...envoi),
  });
  globalThis.document = page.document = new Document(html);
  page.un = (selecteur) => page.document.querySelector(selecteur);
  page.taper = (nom, valeur) => taper(page.document, nom, valeur);
  page.cliquer = (element, touches = {}) => envoyer(element, "click", { button: 0, ...touches });
  page.cacher = (hidden) => ((page.document.hidden = hidden), envoyer(page.document, "visibilitychange"));
  return page;
}

export function envoyer(cible, type, reste = {}) {
  const evenement = new Evenement(type, { bubbles: true, ...reste });
  cible.dispatchEvent(evenement);
  return evenement;
}

// Comme une personne : la valeur change, puis « input » remonte.
function taper(lieu, nom, valeur) {
  const champ = lieu.querySelectorAll("input, select, textarea").find((essai) => essai.name === nom);
  if (typeof valeur === "boolean") champ.checked = valeur;
  else champ.value = valeur;
  envoyer(champ, "input");
  return champ;
}
