// Ce qu'un collègue a changé d'une réponse que la personne n'a pas touchée : dit près d'elle, montré si on le demande.
import { blocDe, ecrireDans, sansBouger } from "./place.js";

export class Collegues {
  constructor(reponses, memoire) {
    Object.assign(this, { reponses, memoire });
    this.annonces = new Map(); // nom → élément
  }

  // `changees` : toutes celles du moment ; une annonce qui ne vaut plus s'en va.
  montrer(changees) {
    const noms = new Set(changees.map(({ champ }) => champ));
    for (const nom of this.annonces.keys()) if (!noms.has(nom) || this.reponses.retenues.has(nom)) this.#retirer(nom);
    for (const changee of changees) if (!this.reponses.aEnvoyer(changee.champ)) this.#annoncer(changee);
  }

  #annoncer({ champ: nom, html, empreinte, valeurs }) {
    const premier = this.reponses.premier(nom);
    if (!premier || this.reponses.retenues.has(nom)) return;
    const gabarit = document.createElement("template");
    gabarit.innerHTML = html;
    const annonce = gabarit.content.firstElementChild;
    const ancienne = this.annonces.get(nom);
    if (ancienne?.textContent.endsWith(annonce.textContent) || ancienne?.contains(document.activeElement)) return;
    this.#retirer(nom);
    this.annonces.set(nom, annonce);
    annonce.querySelector("[data-afficher]")?.addEventListener("click", () => this.#afficher(nom, empreinte, valeurs));
    if (blocDe(premier).matches(".champ--precision")) {
      annonce.classList.add("changee--precision");
      annonce.prepend("Précision : ");
    }
    sansBouger(() => lieu(premier).before(annonce));
  }

  #afficher(nom, empreinte, valeurs) {
    const champs = this.reponses.champsDe(nom);
    ecrireDans(champs, valeurs);
    this.memoire.lire(nom, empreinte);
    this.reponses.acquerir(nom);
    this.reponses.premier(nom).focus({ preventScroll: true });
    champs[0].dispatchEvent(new Event("input", { bubbles: true })); // le compteur de caractères suit
    this.#retirer(nom);
  }

  #retirer(nom) {
    const annonce = this.annonces.get(nom);
    this.annonces.delete(nom);
    if (annonce) sansBouger(() => annonce.remove());
  }
}

// Avant le champ ; avant celui qu'une précision précise, s'ils se partagent la ligne.
function lieu(champ) {
  const bloc = blocDe(champ);
  return bloc.matches(".champ--precision") ? bloc.previousElementSibling : bloc;
}
