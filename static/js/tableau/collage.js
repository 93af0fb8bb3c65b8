// Coller un bloc dans un tableau : cellule à cellule, à partir de celle où l'on est. Rien n'est lu ni calculé ici : « 1 234,50 € »
// reste tel quel, le serveur le lira. Ce qui n'a pas de place est rendu, jamais jeté.
import { cellules } from "./rangees.js";

export class Collage {
  constructor(rangees) {
    this.rangees = rangees;
    this.avant = new Map(); // ce que disait chaque cellule remplacée
    this.phrases = [];
    this.sansPlace = [];
    this.lignes = 0;
  }

  ecrire(bloc, champ) {
    const depart = champ.closest("tr").sectionRowIndex;
    const colonne = cellules(champ.closest("tr")).indexOf(champ);
    bloc.forEach((valeurs, rang) => {
      const ligne = this.rangees.lignes[depart + rang] ?? this.rangees.ajouter();
      if (ligne) this.#remplir(ligne, colonne, valeurs);
      else if (valeurs.some(Boolean)) this.sansPlace.push(valeurs.join("\t"));
    });
    if (this.sansPlace.length) this.phrases.push("Une partie du bloc n’a pas trouvé de place : elle est gardée ci-dessous.");
    return this;
  }

  #remplir(ligne, colonne, valeurs) {
    const cibles = cellules(ligne).slice(colonne);
    const horsListe = valeurs.slice(0, cibles.length).filter((valeur, rang) => !this.#poser(cibles[rang], valeur));
    const deTrop = valeurs.slice(cibles.length).filter(Boolean);
    if (deTrop.length) this.sansPlace.push(deTrop.join("\t"));
    for (const valeur of horsListe) this.#garderAuLibelle(ligne, valeur);
    this.lignes += 1;
  }

  // Faux si la valeur n'est pas de la liste : la cellule reste à choisir.
  #poser(cible, valeur) {
    this.#noter(cible);
    if (cible.localName !== "select") {
      cible.value = valeur;
      return true;
    }
    const option = [...cible.options].find((o) => o.value && [o.value, o.label].some((nom) => simple(nom) === simple(valeur)));
    cible.value = option?.value ?? "";
    cible.toggleAttribute("data-a-choisir", Boolean(valeur) && !option);
    return !valeur || Boolean(option);
  }

  #garderAuLibelle(ligne, valeur) {
    const libelle = cellules(ligne).find((champ) => champ.localName === "input" && !champ.inputMode);
    this.#noter(libelle);
    libelle.value = libelle.value ? `${libelle.value} (${valeur})` : valeur;
    this.phrases.push(`Ligne ${ligne.sectionRowIndex + 1} : « ${valeur} » n’est pas dans la liste ; il est gardé dans le libellé.`);
  }

  #noter(champ) {
    if (!this.avant.has(champ)) this.avant.set(champ, champ.value);
  }

  get aChoisir() {
    return [...this.avant.keys()].filter((champ) => champ.hasAttribute("data-a-choisir"));
  }

  annuler() {
    for (const champ of this.aChoisir) lever(champ);
    for (const [champ, valeur] of this.avant) champ.value = valeur;
  }

  dire() {
    return [`${this.lignes} ligne${this.lignes > 1 ? "s" : ""} collée${this.lignes > 1 ? "s" : ""}.`, ...this.phrases].join(" ");
  }
}

// Le choix est fait, ou n'est plus à faire.
export function lever(liste) {
  liste.removeAttribute("data-a-choisir");
  liste.removeAttribute("aria-describedby");
}

// « À confirmer », « a_confirmer » et « A CONFIRMER » sont le même choix.
function simple(texte) {
  const sansAccent = texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return sansAccent.replace(/[^a-z0-9]+/g, " ").trim();
}
