// La session a expiré : le texte reste, la personne se reconnecte dans un autre onglet, l'enregistrement repart.
import { auRetour, demander, poser } from "./jeton.js";

const RELEVE = 5_000;
const PAUSE = 1_000; // le dialogue attend une pause : une touche frappée n'y tombe pas

export class Session {
  constructor(dialogue, adresse) {
    this.dialogue = dialogue;
    this.adresse = adresse;
    this.frappe = 0;
    this.reprise = null;
    document.addEventListener("input", () => (this.frappe = Date.now()), true);
    dialogue.querySelector("[data-fermer]").addEventListener("click", () => dialogue.close());
    auRetour(() => this.verifier());
  }

  // Ouvre le dialogue à la première pause, et guette le retour de la session ; `reprise` est appelée une fois.
  attendre(reprise) {
    this.reprise = reprise;
    clearInterval(this.releve);
    this.releve = setInterval(() => this.verifier(), RELEVE);
    this.#ouvrirALaPause();
  }

  ouvrir() {
    if (this.reprise && !this.dialogue.open) this.dialogue.showModal();
  }

  async verifier() {
    if (!this.reprise) return;
    const { connecte, jeton } = await demander(this.adresse).catch(() => ({ connecte: false }));
    if (!connecte || !this.reprise) return;
    poser(jeton);
    const reprise = this.reprise;
    this.reprise = null;
    clearInterval(this.releve);
    this.dialogue.close();
    reprise();
  }

  #ouvrirALaPause() {
    const reste = PAUSE - (Date.now() - this.frappe);
    if (reste > 0) setTimeout(() => this.#ouvrirALaPause(), reste);
    else this.ouvrir();
  }
}
