// Une réponse que quelqu'un d'autre vient de changer : le serveur montre les deux textes, la personne choisit.
import { sansBouger } from "./place.js";

export class Conflits {
  // `decider(nom, { recharger })` : le choix est fait ; `recharger` : la réponse de l'autre est un tableau, la page doit se relire.
  constructor(reponses, decider) {
    this.reponses = reponses;
    this.decider = decider;
    this.ouverts = new Map(); // nom → { boite, valeurs }
  }

  montrer(conflits) {
    for (const { champ, html, valeurs } of conflits) sansBouger(() => this.#montrer(champ, html, valeurs));
  }

  #montrer(nom, html, valeurs) {
    const gabarit = document.createElement("template");
    gabarit.innerHTML = html;
    const boite = gabarit.content.firstElementChild;
    this.ouverts.get(nom)?.boite.remove();
    lieu(this.reponses.premier(nom)).after(boite);
    this.ouverts.set(nom, { boite, valeurs: valeurs ?? this.#lues(nom, boite) });
    this.reponses.retenues.add(nom);
    const champs = this.reponses.champsDe(nom);
    for (const bouton of boite.querySelectorAll("[data-choix]")) {
      bouton.hidden = bouton.dataset.choix === "deux" && !(champs.length === 1 && champs[0].localName === "textarea");
      bouton.addEventListener("click", () => this.#choisir(nom, bouton.dataset.choix));
    }
  }

  // À défaut que le serveur la donne : d'un texte, la réponse de l'autre est la comparaison moins ce que l'on a ajouté.
  #lues(nom, boite) {
    const champs = this.reponses.champsDe(nom);
    const comparaison = boite.querySelector(".conflit__comparaison");
    if (champs.length !== 1 || !champs[0].matches("textarea, input[type=text]") || !comparaison) return null;
    const communs = [...comparaison.childNodes].filter((noeud) => noeud.localName !== "ins");
    return { [champs[0].name]: [communs.map((noeud) => noeud.textContent).join("")] };
  }

  #choisir(nom, choix) {
    const { boite, valeurs } = this.ouverts.get(nom);
    const champs = this.reponses.champsDe(nom);
    this.ouverts.delete(nom);
    this.reponses.retenues.delete(nom);
    if (choix === "deux") champs[0].value = `${valeurs[champs[0].name][0]}\n\n${champs[0].value}`;
    if (choix === "sien") ecrire(champs, valeurs);
    if (choix === "sien") this.reponses.acquerir(nom);
    else this.reponses.vouloir(nom);
    this.reponses.premier(nom).focus({ preventScroll: true });
    sansBouger(() => boite.remove());
    champs[0].dispatchEvent(new Event("input", { bubbles: true })); // le compteur de caractères suit
    this.decider(nom, { recharger: choix === "sien" && !valeurs });
  }
}

function ecrire(champs, valeurs) {
  if (!valeurs) return; // un tableau : la page se recharge avec celui de l'autre
  for (const champ of champs) {
    const siennes = valeurs[champ.name] ?? [];
    if (champ.type === "checkbox" || champ.type === "radio") champ.checked = siennes.includes(champ.value);
    else champ.value = siennes[0] ?? "";
  }
}

// Après le champ ; après sa précision, s'ils se partagent la ligne.
function lieu(champ) {
  const bloc = champ.closest("[data-reponse]") ?? champ.closest(".champ");
  const suivant = bloc.nextElementSibling;
  return bloc.matches(".champ--precise") && suivant?.matches(".champ--precision") ? suivant : bloc;
}
