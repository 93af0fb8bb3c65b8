// Les rangées d'un tableau de saisie : la dernière sert de modèle à la suivante, et le compte que lit le serveur suit.

export class Rangees {
  constructor(tableau) {
    this.corps = tableau.tBodies[0];
    const [, prefixe] = /^(.+)-\d+-/.exec(this.corps.querySelector("[name]").name);
    const formulaire = tableau.closest("form");
    this.total = formulaire.elements[`${prefixe}-TOTAL_FORMS`];
    this.maximum = Number(formulaire.elements[`${prefixe}-MAX_NUM_FORMS`].value);
  }

  get lignes() {
    return this.corps.rows;
  }

  // Une ligne vide de plus, à la fin ; null quand le tableau est plein.
  ajouter() {
    const rang = this.lignes.length;
    if (rang >= this.maximum) return null;
    const ligne = this.lignes[rang - 1].cloneNode(true);
    for (const faute of ligne.querySelectorAll(".fr-messages-group")) faute.remove();
    for (const bloc of ligne.querySelectorAll(".champ")) bloc.classList.remove("champ--erreur", "champ--faute", "champ--corrige");
    for (const etiquette of ligne.querySelectorAll("label")) renommer(etiquette, rang);
    for (const champ of ligne.querySelectorAll("input, select")) vider(champ, rang);
    this.corps.append(ligne);
    this.total.value = String(rang + 1);
    return ligne;
  }
}

// Les cellules où l'on écrit, de gauche à droite ; la case « Retirer » n'en est pas.
export const cellules = (ligne) => [...ligne.querySelectorAll("input:not([type=checkbox]), select")];

const numeroter = (texte, rang) => texte.replace(/-\d+-/, `-${rang}-`);

function renommer(etiquette, rang) {
  etiquette.htmlFor = numeroter(etiquette.htmlFor, rang);
  const texte = etiquette.firstElementChild ?? etiquette;
  texte.textContent = texte.textContent.replace(/\d+\s*$/, rang + 1);
}

function vider(champ, rang) {
  champ.id = numeroter(champ.id, rang);
  champ.name = numeroter(champ.name, rang);
  for (const attribut of ["value", "checked", "aria-invalid", "aria-describedby", "data-a-choisir"])
    if (champ.type !== "checkbox" || attribut !== "value") champ.removeAttribute(attribut);
  for (const option of champ.options ?? []) option.removeAttribute("selected");
  if (champ.type === "checkbox") champ.checked = false;
  else champ.value = "";
}
