// Quitter la page : ce qui n'est pas parti part d'abord ; le navigateur n'interroge que s'il reste quelque chose.

export class Depart {
  // `a_garder()` : quelque chose n'est pas enregistré ; `vider()` : l'envoie, et dit si l'on peut partir ; `dernier()` : sans attendre.
  constructor(formulaire, { aGarder, aVider, vider, dernier }) {
    Object.assign(this, { formulaire, aGarder, aVider, vider, dernier });
    this.parti = false;
    this.garde = (evenement) => evenement.preventDefault();
    document.addEventListener("submit", (evenement) => this.#envoi(evenement));
    document.addEventListener("click", (evenement) => this.#lien(evenement));
    document.addEventListener("visibilitychange", () => document.hidden && this.aVider() && this.vider());
    window.addEventListener("pagehide", () => this.parti || this.dernier());
    window.addEventListener("pageshow", () => (this.parti = false));
  }

  // À rappeler dès que ce qui reste à enregistrer change.
  veiller() {
    if (!this.parti && this.aGarder()) window.addEventListener("beforeunload", this.garde);
    else window.removeEventListener("beforeunload", this.garde);
  }

  // Sans plus rien demander : un envoi ordinaire emporte tout.
  laisserPartir() {
    this.parti = true;
    this.veiller();
  }

  async #envoi(evenement) {
    const { target: formulaire, submitter: bouton } = evenement;
    if (evenement.defaultPrevented || formulaire.method !== "post") return;
    const leSien = formulaire === this.formulaire;
    if (this.parti || !this.aVider()) return void (leSien && this.laisserPartir());
    evenement.preventDefault();
    if (this.attend) return;
    this.attend = true;
    const libre = await this.vider();
    this.attend = false;
    if (!libre) return;
    if (leSien) this.laisserPartir();
    formulaire.requestSubmit(bouton);
  }

  async #lien(evenement) {
    const lien = evenement.target.closest("a[href]");
    const ordinaire = evenement.button === 0 && !evenement.ctrlKey && !evenement.metaKey && !evenement.shiftKey && !evenement.altKey;
    if (!lien || !ordinaire || evenement.defaultPrevented || lien.target || lien.hasAttribute("download")) return;
    if (lien.origin + lien.pathname + lien.search === location.origin + location.pathname + location.search && lien.hash) return;
    if (!this.aVider()) return;
    evenement.preventDefault();
    if (await this.vider()) location.assign(lien.href);
  }
}
