// Les réponses d'un formulaire : ce que chacune dit à l'écran, et ce que le serveur en a.
// Une réponse est un champ, un champ à plusieurs parties (un coût), des cases de même nom, ou un tableau entier (`data-reponse`).

const MUETS = new Set(["submit", "button", "reset", "image", "file"]);

export class Reponses {
  constructor(formulaire) {
    this.formulaire = formulaire;
    this.acquises = new Map(); // nom → ce que le serveur a, écrit en une chaîne
    this.retenues = new Set(); // disputées : rien ne part avant un choix
    this.touchees = new Set();
    for (const champ of this.champs()) {
      const nom = this.nomDe(champ);
      if (!this.acquises.has(nom)) this.acquises.set(nom, this.#ecrire(nom, initiales));
      if (this.acquises.get(nom) !== this.#ecrire(nom)) this.touchees.add(nom); // remis par le navigateur, jamais envoyé
    }
  }

  champs() {
    return [...this.formulaire.elements].filter((champ) => this.porte(champ));
  }

  // Vrai si cet élément porte une réponse, ou une partie : ni jeton, ni bouton, ni choix entre deux textes.
  porte(champ) {
    if (!champ.name || champ.name === "csrfmiddlewaretoken" || MUETS.has(champ.type) || champ.closest("[data-conflit]")) return false;
    return champ.type !== "hidden" || Boolean(champ.closest("[data-reponse]"));
  }

  nomDe(champ) {
    const groupe = champ.closest("[data-reponse]");
    if (groupe) return groupe.dataset.reponse;
    const multiple = champ.closest(".champ--multiple");
    return multiple ? multiple.id.replace(/^id_|_groupe$/g, "") : champ.name;
  }

  champsDe(nom) {
    return this.champs().filter((champ) => this.nomDe(champ) === nom);
  }

  // La réponse qui porte une saisie de ce nom HTML ; un tableau entier est nommé par son identifiant.
  reponseDe(nom) {
    const champ = this.champs().find((essai) => essai.name === nom || essai.name === `${nom}_0`);
    if (champ) return this.nomDe(champ);
    return document.getElementById(nom)?.closest("[data-reponse]")?.dataset.reponse ?? nom;
  }

  // Le premier élément qui peut recevoir le curseur.
  premier(nom) {
    return this.champsDe(nom).find((champ) => champ.type !== "hidden");
  }

  toucher(nom) {
    this.touchees.add(nom);
    return this.aEnvoyer(nom);
  }

  aEnvoyer(nom) {
    return !this.retenues.has(nom) && this.acquises.get(nom) !== this.#ecrire(nom);
  }

  // Ce qui doit partir : nom → la réponse telle qu'elle est à cet instant.
  lot() {
    return new Map([...this.touchees].filter((nom) => this.aEnvoyer(nom)).map((nom) => [nom, this.#ecrire(nom)]));
  }

  acquerir(nom, ecrite = this.#ecrire(nom)) {
    this.acquises.set(nom, ecrite);
    if (this.#ecrire(nom) === ecrite) this.touchees.delete(nom);
  }

  // La personne veut l'écrire, même si le serveur en a déjà une version.
  vouloir(nom) {
    this.acquises.delete(nom);
    this.touchees.add(nom);
  }

  // Les couples à mettre dans l'envoi, pour ces réponses.
  couples(noms) {
    return [...noms].flatMap((nom) => this.champsDe(nom).flatMap(actuelles));
  }

  #ecrire(nom, lire = actuelles) {
    return JSON.stringify(this.champsDe(nom).flatMap(lire));
  }
}

function actuelles(champ) {
  if (champ.type === "checkbox" || champ.type === "radio") return champ.checked ? [[champ.name, champ.value]] : [];
  return [[champ.name, champ.value]];
}

// Ce que la page disait en arrivant du serveur.
function initiales(champ) {
  if (champ.type === "checkbox" || champ.type === "radio") return champ.defaultChecked ? [[champ.name, champ.value]] : [];
  if (champ.localName !== "select") return [[champ.name, champ.defaultValue]];
  const choisie = [...champ.options].find((option) => option.defaultSelected) ?? champ.options[0];
  return [[champ.name, choisie?.value ?? ""]];
}
