// Le peu de DOM que nos modules touchent, écrit à la main : un arbre, des attributs, des saisies. Ni style, ni mise en page :
// ce qui en dépend se vérifie dans un vrai navigateur (tests/navigateur).
import { Cible } from "./evenements.mjs";
import { lireHtml } from "./html.mjs";
import { convient } from "./selecteurs.mjs";

const SAISIES = "input, select, textarea, button";

export class Texte {
  nodeType = 3;
  nodeName = "#text";
  parent = null;

  constructor(data) {
    this.data = data;
  }

  get parentElement() {
    return this.parent;
  }

  get textContent() {
    return this.data;
  }

  cloneNode() {
    return new Texte(this.data);
  }
}

export class Element extends Cible {
  nodeType = 1;
  parent = null;
  childNodes = [];
  haut = 0; // où il est à l'écran, en pixels

  constructor(nom, attributs = {}) {
    super();
    this.localName = nom;
    this.attributs = new Map(Object.entries(attributs));
    this.classList = new Classes(this);
    this.dataset = new Proxy(this, DONNEES);
    if (nom === "template") this.content = new Element("#fragment");
  }

  // --- L'arbre ---
  get tagName() {
    return this.localName.toUpperCase();
  }

  get nodeName() {
    return this.tagName;
  }

  get parentElement() {
    return this.parent?.localName.startsWith("#") ? null : this.parent;
  }

  get children() {
    return this.childNodes.filter((noeud) => noeud.nodeType === 1);
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  get nextElementSibling() {
    return this.#voisin(1);
  }

  get previousElementSibling() {
    return this.#voisin(-1);
  }

  #voisin(pas) {
    const freres = this.parent?.children ?? [];
    return freres[freres.indexOf(this) + pas] ?? null;
  }

  get isConnected() {
    return globalThis.document.contains(this);
  }

  contains(noeud) {
    for (let lieu = noeud; lieu; lieu = lieu.parent) if (lieu === this) return true;
    return false;
  }

  #poser(rang, noeuds) {
    const neufs = noeuds.flatMap(developper);
    for (const noeud of neufs) detacher(noeud);
    this.childNodes.splice(rang, 0, ...neufs);
    for (const noeud of neufs) noeud.parent = this;
  }

  append(...noeuds) {
    this.#poser(this.childNodes.length, noeuds);
  }

  prepend(...noeuds) {
    this.#poser(0, noeuds);
  }

  before(...noeuds) {
    this.parent.#poser(this.parent.childNodes.indexOf(this), noeuds);
  }

  after(...noeuds) {
    this.parent.#poser(this.parent.childNodes.indexOf(this) + 1, noeuds);
  }

  replaceChildren(...noeuds) {
    for (const noeud of [...this.childNodes]) detacher(noeud);
    this.append(...noeuds);
  }

  remove() {
    detacher(this);
  }

  cloneNode() {
    const copie = new Element(this.localName, Object.fromEntries(this.attributs));
    Object.assign(copie, { saisie: this.saisie, coche: this.coche });
    copie.append(...this.childNodes.map((noeud) => noeud.cloneNode(true)));
    return copie;
  }

  // --- Chercher ---
  matches(selecteur) {
    return convient(this, selecteur);
  }

  closest(selecteur) {
    for (let lieu = this; lieu; lieu = lieu.parentElement) if (convient(lieu, selecteur)) return lieu;
    return null;
  }

  querySelectorAll(selecteur) {
    const trouves = (element) => element.children.flatMap((e) => [...(convient(e, selecteur) ? [e] : []), ...trouves(e)]);
    return trouves(this);
  }

  querySelector(selecteur) {
    return this.querySelectorAll(selecteur)[0] ?? null;
  }

  // --- Attributs et texte ---
  getAttribute(nom) {
    return this.attributs.get(nom) ?? null;
  }

  setAttribute(nom, valeur) {
    this.attributs.set(nom, String(valeur));
  }

  hasAttribute(nom) {
    return this.attributs.has(nom);
  }

  removeAttribute(nom) {
    this.attributs.delete(nom);
  }

  toggleAttribute(nom, mis) {
    if (mis) this.setAttribute(nom, "");
    else this.removeAttribute(nom);
  }

  get textContent() {
    return this.childNodes.map((noeud) => noeud.textContent).join("");
  }

  set textContent(texte) {
    this.replaceChildren(...(texte ? [new Texte(String(texte))] : []));
  }

  set innerHTML(html) {
    (this.content ?? this).replaceChildren(...lireHtml(html, { Element, Texte }));
  }

  get outerHTML() {
    const attributs = [...this.attributs].map(([nom, valeur]) => ` ${nom}="${valeur}"`).join("");
    return `<${this.localName}${attributs}>${this.childNodes.map((n) => n.outerHTML ?? n.data).join("")}</${this.localName}>`;
  }

  // --- Saisies ---
  get type() {
    return this.getAttribute("type") ?? { input: "text", select: "select-one", textarea: "textarea", button: "submit" }[this.localName];
  }

  set type(valeur) {
    this.setAttribute("type", valeur);
  }

  get #aCocher() {
    return this.type === "checkbox" || this.type === "radio";
  }

  get defaultValue() {
    return this.localName === "textarea" ? this.textContent : (this.getAttribute("value") ?? "");
  }

  get value() {
    if (this.localName === "li") return Number(this.getAttribute("value"));
    if (this.localName === "select") return this.saisie ?? choisie(this)?.value ?? "";
    if (this.#aCocher) return this.getAttribute("value") ?? "on";
    return this.saisie ?? this.defaultValue;
  }

  set value(valeur) {
    this.saisie = String(valeur);
  }

  get defaultChecked() {
    return this.hasAttribute("checked");
  }

  get checked() {
    return this.coche ?? this.defaultChecked;
  }

  set checked(valeur) {
    this.coche = valeur;
  }

  get options() {
    return this.localName === "select" ? this.querySelectorAll("option") : undefined;
  }

  get defaultSelected() {
    return this.hasAttribute("selected");
  }

  get label() {
    return this.textContent;
  }

  get labels() {
    return globalThis.document.querySelectorAll("label").filter((etiquette) => etiquette.htmlFor === this.id);
  }

  get elements() {
    const tous = this.querySelectorAll(SAISIES);
    for (const saisie of [...tous]) if (saisie.name) tous[saisie.name] ??= saisie;
    return tous;
  }

  // --- Tableaux ---
  get tBodies() {
    return this.querySelectorAll("tbody");
  }

  get rows() {
    return this.querySelectorAll("tr");
  }

  get cells() {
    return this.children.filter((enfant) => enfant.matches("td, th"));
  }

  get sectionRowIndex() {
    return this.parent.children.indexOf(this);
  }

  // --- Gestes ---
  focus() {
    globalThis.document.activeElement = this;
  }

  getBoundingClientRect() {
    return { top: this.haut };
  }

  showModal() {
    this.setAttribute("open", "");
  }

  close() {
    this.removeAttribute("open");
  }
}

// Un attribut de même nom, lu et écrit comme une propriété.
for (const [propriete, attribut] of Object.entries({
  id: "id", name: "name", className: "class", htmlFor: "for", href: "href", target: "target", inputMode: "inputmode", method: "method",
}))
  Object.defineProperty(Element.prototype, propriete, {
    get() {
      return this.getAttribute(attribut) ?? "";
    },
    set(valeur) {
      this.setAttribute(attribut, valeur);
    },
  });

for (const attribut of ["hidden", "open"])
  Object.defineProperty(Element.prototype, attribut, {
    get() {
      return this.hasAttribute(attribut);
    },
    set(mis) {
      this.toggleAttribute(attribut, mis);
    },
  });

class Classes {
  constructor(element) {
    Object.assign(this, { element });
  }

  get #noms() {
    return new Set(this.element.className.split(/\s+/).filter(Boolean));
  }

  contains(nom) {
    return this.#noms.has(nom);
  }

  add(...noms) {
    this.element.className = [...new Set([...this.#noms, ...noms])].join(" ");
  }

  remove(...noms) {
    this.element.className = [...this.#noms].filter((nom) => !noms.includes(nom)).join(" ");
  }
}

const enAttribut = (nom) => `data-${nom.replace(/[A-Z]/g, (lettre) => `-${lettre.toLowerCase()}`)}`;

const DONNEES = {
  get: (element, nom) => element.getAttribute(enAttribut(nom)) ?? undefined,
  set: (element, nom, valeur) => (element.setAttribute(enAttribut(nom), valeur), true),
};

const choisie = (liste) => liste.options.find((option) => option.defaultSelected) ?? liste.options[0];

// Un fragment laisse ses enfants là où on le pose ; une chaîne y devient du texte.
function developper(noeud) {
  if (typeof noeud === "string") return [new Texte(noeud)];
  return noeud.localName === "#fragment" ? [...noeud.childNodes] : [noeud];
}

function detacher(noeud) {
  const fratrie = noeud.parent?.childNodes;
  if (fratrie) fratrie.splice(fratrie.indexOf(noeud), 1);
  noeud.parent = null;
}
