// Quitter la page : ce qui n'est pas parti part d'abord ; le navigateur n'interroge que s'il reste quelque chose.

export class Depart {
  // `aGarder()` : quelque chose n'est pas enregistré ; `vider()` : l'envoie, et rend « libre », « retenu » ou « coupé » ;
  // `dernier()` : l'envoie sans attendre. Qui insiste passe : le navigateur ou le serveur lui demandera ; sans réseau, un envoi perdrait tout.
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
    if (!(await this.#passe({ sansReseau: false }))) return;
    if (leSien) this.laisserPartir();
    formulaire.requestSubmit(bouton);
  }

  async #passe({ sansReseau }) {
    if (this.attend) return false;
    this.attend = true;
    const issue = await this.vider();
    this.attend = false;
    const passe = issue === "libre" || (this.insiste && (sansReseau || issue !== "coupé"));
    this.insiste = !passe;
    return passe;
  }

  async #lien(evenement) {
    const lien = evenement.target.closest("a[href]");
    const ordinaire = evenement.button === 0 && !evenement.ctrlKey && !evenement.metaKey && !evenement.shiftKey && !evenement.altKey;
    if (!lien || !ordinaire || evenement.defaultPrevented || lien.target || lien.hasAttribute("download")) return;
    if (lien.origin + lien.pathname + lien.search === location.origin + location.pathname + location.search && lien.hash) return;
    if (!this.aVider()) return;
    evenement.preventDefault();
    if (await this.#passe({ sansReseau: true })) location.assign(lien.href);
  }
}
