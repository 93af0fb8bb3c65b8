// Un tableau de saisie se remplit comme un tableur : Entrée descend, Maj+Entrée remonte, un bloc copié se colle.
// Le confort, jamais le nécessaire : sans ce fichier, des lignes vides attendent, et « Enregistrer » en ajoute.
import { estUnBloc, lireBloc } from "./tableau/bloc.js";
import { Collage, lever } from "./tableau/collage.js";
import { cellules, Rangees } from "./tableau/rangees.js";

class Tableur {
  constructor(cadre) {
    this.rangees = new Rangees(cadre.querySelector("table"));
    this.outils = new Outils(cadre, { ajouter: () => this.#ajouter(), annuler: () => this.#annuler() });
    cadre.addEventListener("keydown", (evenement) => this.#touche(evenement));
    cadre.addEventListener("paste", (evenement) => this.#coller(evenement));
    cadre.addEventListener("input", ({ target, isTrusted }) => isTrusted && this.#retaper(target));
  }

  #touche(evenement) {
    const { target: champ, key, shiftKey, isComposing, ctrlKey, altKey, metaKey } = evenement;
    const cellule = champ.closest("td");
    if (key !== "Enter" || isComposing || ctrlKey || altKey || metaKey || !cellule || !champ.matches("input")) return;
    evenement.preventDefault(); // Entrée n'envoie pas le formulaire
    const rang = cellule.parentElement.sectionRowIndex + (shiftKey ? -1 : 1);
    const ligne = rang < this.rangees.lignes.length ? this.rangees.lignes[rang] : this.#nouvelle();
    aller(ligne?.cells[cellule.cellIndex]?.querySelector("input, select"));
  }

  #ajouter() {
    const ligne = this.#nouvelle();
    if (ligne) aller(cellules(ligne)[0]);
  }

  #nouvelle() {
    const ligne = this.rangees.ajouter();
    this.outils.dire(ligne ? `Ligne ${this.rangees.lignes.length} ajoutée.` : `${this.rangees.maximum} lignes au plus.`);
    if (ligne) prevenir(cellules(ligne)[0]);
    return ligne;
  }

  #coller(evenement) {
    const champ = evenement.target;
    const texte = evenement.clipboardData?.getData("text/plain") ?? "";
    if (!cellules(champ.closest("tr") ?? document.createElement("tr")).includes(champ)) return;
    if (!estUnBloc(texte) && (champ.localName !== "select" || !texte.trim())) return;
    evenement.preventDefault();
    this.collage = new Collage(this.rangees).ecrire(lireBloc(texte), champ);
    this.outils.dire(this.collage.dire(), { annulable: true, sansPlace: this.collage.sansPlace });
    this.outils.decrire(this.collage.aChoisir);
    prevenir(champ);
  }

  #annuler() {
    this.collage.annuler();
    this.outils.dire("Collage annulé.");
    prevenir(this.collage.avant.keys().next().value);
  }

  // La personne reprend la main : annuler le collage effacerait ce qu'elle tape.
  #retaper(champ) {
    if (champ.matches("[data-a-choisir]")) lever(champ);
    this.outils.figer();
  }
}

// Sous le tableau : ce qu'on peut faire, ce qui vient d'être fait (une seule région polie), ce qui n'a pas trouvé de place.
class Outils {
  constructor(cadre, { ajouter, annuler }) {
    const outils = creer("div", { className: "tableau__outils" });
    this.annulation = bouton("Annuler le collage", annuler);
    this.phrase = creer("p", { className: "tableau__phrase" });
    this.phrase.setAttribute("role", "status");
    this.phrase.id = `${cadre.querySelector("table").id}-phrase`;
    this.reste = creer("textarea", { className: "fr-input tableau__reste", readOnly: true, rows: 3, hidden: true });
    this.reste.setAttribute("aria-label", "Ce qui n’a pas trouvé de place dans le tableau");
    this.figer();
    const aide = "Entrée : ligne suivante. Un bloc copié d’un tableur se colle à partir de la cellule où vous êtes.";
    outils.append(bouton("Ajouter une ligne", ajouter), this.annulation, creer("p", { className: "discret", textContent: aide }));
    const apres = cadre.nextElementSibling?.matches(".tableau__faute") ? cadre.nextElementSibling : cadre;
    apres.after(outils, this.phrase, this.reste);
  }

  dire(texte, { annulable = false, sansPlace = [] } = {}) {
    this.phrase.textContent = texte;
    this.annulation.hidden = !annulable;
    if (sansPlace.length) this.reste.value = sansPlace.join("\n");
    this.reste.hidden = !sansPlace.length && this.reste.hidden;
  }

  // Une liste où il reste à choisir est décrite par la phrase qui le dit.
  decrire(listes) {
    for (const liste of listes) liste.setAttribute("aria-describedby", this.phrase.id);
  }

  figer() {
    this.annulation.hidden = true;
  }
}

const creer = (nom, proprietes) => Object.assign(document.createElement(nom), proprietes);

function bouton(texte, faire) {
  const bouton = creer("button", { type: "button", className: "fr-btn fr-btn--tertiary fr-btn--sm", textContent: texte });
  bouton.addEventListener("click", faire);
  return bouton;
}

function aller(champ) {
  champ?.focus();
  champ?.select?.();
}

// L'enregistrement au fil de la frappe envoie le tableau entier : un évènement suffit.
const prevenir = (champ) => champ.dispatchEvent(new Event("input", { bubbles: true }));

for (const cadre of document.querySelectorAll(".tableau--saisie")) new Tableur(cadre);
