// Une réponse que quelqu'un d'autre vient de changer : le serveur montre les deux textes, la personne choisit.
import { blocDe, ecrireDans, sansBouger } from "./place.js";

export class Conflits {
  // `decider(nom, { recharger })` : le choix est fait ; `recharger` : la réponse de l'autre est un tableau, la page doit se relire.
  constructor(reponses, decider) {
    this.reponses = reponses;
    this.decider = decider;
    this.ouverts = new Map(); // nom → { boite, valeurs }
    for (const boite of reponses.formulaire.querySelectorAll("[data-conflit]")) this.#retenir(boite.dataset.conflit, boite); // choix à l'envoi
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
    this.#retenir(nom, boite, valeurs);
    for (const bouton of boite.querySelectorAll("[data-choix]"))
      bouton.addEventListener("click", () => this.#choisir(nom, bouton.dataset.choix));
  }

  #retenir(nom, boite, valeurs) {
    this.ouverts.set(nom, { boite, valeurs });
    this.reponses.retenues.add(nom);
  }

  #choisir(nom, choix) {
    const { boite, valeurs } = this.ouverts.get(nom);
    const champs = this.reponses.champsDe(nom);
    this.ouverts.delete(nom);
    this.reponses.retenues.delete(nom);
    if (choix === "deux") champs[0].value = `${valeurs[champs[0].name][0]}\n\n${champs[0].value}`;
    if (choix === "sien" && valeurs) ecrireDans(champs, valeurs);
    if (choix === "sien") this.reponses.acquerir(nom);
    else this.reponses.vouloir(nom);
    this.reponses.premier(nom).focus({ preventScroll: true });
    sansBouger(() => boite.remove());
    champs[0].dispatchEvent(new Event("input", { bubbles: true })); // le compteur de caractères suit
    this.decider(nom, { recharger: choix === "sien" && !valeurs });
  }
}

// Après le champ ; après sa précision, s'ils se partagent la ligne.
function lieu(champ) {
  const bloc = blocDe(champ);
  const suivant = bloc.nextElementSibling;
  return bloc.matches(".champ--precise") && suivant?.matches(".champ--precision") ? suivant : bloc;
}
