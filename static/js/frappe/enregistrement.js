// L'enregistrement au fil de la frappe d'un formulaire : quand envoyer, et que faire de chaque réponse du serveur.
import { Collegues } from "./collegues.js";
import { Conflits } from "./conflits.js";
import { Depart } from "./depart.js";
import { interroger, poster, posterEnPartant } from "./envoi.js";
import { Etat } from "./etat.js";
import { Fautes } from "./fautes.js";
import { Fragments } from "./fragments.js";
import { auRetour } from "./jeton.js";
import { Memoire } from "./memoire.js";
import { dire } from "./phrases.js";
import { Reponses } from "./reponses.js";
import { Session } from "./session.js";

const PAUSE = 700; // après la dernière frappe
const AU_PLUS_TARD = 1_500; // pendant une frappe continue : deux secondes, aller compris
const DELAIS = [2, 4, 8, 16, 30]; // secondes avant un nouvel essai
const ARRETS = new Set(["session", "acces", "deposee", "refus"]); // rien ne repart de soi-même
const ON_PEUT_PARTIR = new Set(["ok", "deposee", "refus"]); // un envoi ordinaire emporte le texte, le serveur le rendra

export class Enregistrement {
  constructor(formulaire, barre, dialogue) {
    this.formulaire = formulaire;
    this.reponses = new Reponses(formulaire);
    this.memoire = new Memoire(formulaire);
    this.etat = new Etat(barre);
    this.session = new Session(dialogue, barre.dataset.jeton);
    this.fautes = new Fautes(formulaire, this.reponses);
    this.conflits = new Conflits(this.reponses, (nom, suite) => this.#choix(nom, suite));
    this.echecs = 0;
    this.arret = "";
    this.ignorees = new Set(); // le serveur ne les a ni écrites, ni dites fausses
    this.depart = new Depart(formulaire, {
      aGarder: () => this.reste(),
      aVider: () => this.arret !== "deposee" && (Boolean(this.enVol) || this.reponses.lot().size > 0),
      vider: () => this.vider(),
      dernier: () => this.#dernier(),
    });
    this.#brancher(barre);
    const collegues = new Collegues(this.reponses, this.memoire);
    if (formulaire.dataset.etat)
      this.fragments = new Fragments(
        () => this.#relever(),
        ({ changees = [] }) => collegues.montrer(changees),
      );
    this.#dire("ok");
    if (this.reponses.lot().size) this.#noter();
  }

  #brancher(barre) {
    const noter = ({ target }) => this.reponses.porte(target) && this.reponses.toucher(this.reponses.nomDe(target)) && this.#noter();
    this.formulaire.addEventListener("input", noter);
    this.formulaire.addEventListener("change", noter);
    barre.querySelector("[data-reessayer]").addEventListener("click", () => this.reessayer());
    barre.querySelector("[data-reconnecter]").addEventListener("click", () => this.session.ouvrir());
    window.addEventListener("online", () => this.echecs && this.reessayer());
    auRetour(() => this.arret === "acces" && this.reessayer());
  }

  // Vrai tant que quelque chose à l'écran n'est pas chez le serveur.
  reste() {
    const { fausses, disputees } = this.#comptes();
    return Boolean(this.enVol) || this.reponses.lot().size > 0 || fausses > 0 || disputees > 0;
  }

  #noter() {
    this.premiere ??= Date.now();
    this.depuis ??= new Date();
    this.depart.veiller();
    if (this.arret === "refus") this.arret = "";
    if (this.arret || this.echecs) return;
    this.etat.enCours();
    this.#programmer();
  }

  #programmer() {
    if (this.enVol) return; // la fin de l'envoi en cours le refera
    clearTimeout(this.minuteur);
    const limite = this.premiere + AU_PLUS_TARD - Date.now();
    this.minuteur = setTimeout(() => this.envoyer(), Math.max(0, Math.min(PAUSE, limite)));
  }

  // Envoie ce qui a changé ; rend le genre de la réponse.
  envoyer() {
    this.enVol ??= this.#echanger().finally(() => {
      this.enVol = null;
      if (!this.arret && !this.echecs && this.reponses.lot().size) this.#programmer();
      this.depart.veiller();
    });
    return this.enVol;
  }

  async #echanger() {
    clearTimeout(this.minuteur);
    const lot = this.reponses.lot();
    this.premiere = null;
    if (!lot.size) return this.#suite("ok", {});
    const { genre, donnees, reseau } = await poster(this.formulaire.dataset.saisie, this.formulaire, () => this.#couples(lot));
    this.coupe = reseau;
    if (genre === "ok") this.#recevoir(lot, donnees);
    if (genre === "panne") for (const nom of lot.keys()) this.reponses.vouloir(nom); // peut-être écrit : même défait, à redire
    return this.#suite(genre, donnees);
  }

  #couples(lot) {
    return [["champs", [...lot.keys()].join(" ")], ...this.memoire.couples(lot.keys()), ...this.reponses.couples(lot.keys())];
  }

  #recevoir(lot, { le, ecrits = [], memoire = {}, erreurs = {}, conflits = [] }) {
    this.le = le;
    const disputees = new Set(conflits.map(({ champ }) => champ));
    this.memoire.prendre(memoire, disputees);
    for (const [nom, ecrite] of lot) if (!disputees.has(nom)) this.reponses.acquerir(nom, ecrite);
    this.fautes.montrer(new Set(lot.keys()), erreurs);
    this.conflits.montrer(conflits);
    for (const nom of lot.keys()) this.ignorees.delete(nom);
    for (const nom of lot.keys())
      if (!ecrits.includes(nom) && !disputees.has(nom) && !this.fautes.reponsesFausses.has(nom)) this.ignorees.add(nom);
    this.fragments?.bientot();
  }

  #suite(issue, donnees = {}) {
    this.arret = ARRETS.has(issue) ? issue : "";
    this.echecs = issue === "panne" ? this.echecs + 1 : 0;
    const encore = this.reponses.lot().size > 0;
    this.depuis = encore ? (this.depuis ?? new Date()) : null;
    if (issue === "ok" && encore) {
      this.depuis = new Date((this.premiere ??= Date.now()));
      this.etat.enCours();
    } else this.#dire(issue, donnees);
    if (issue === "panne") this.etat.decompter(DELAIS[Math.min(this.echecs, DELAIS.length) - 1], () => this.envoyer());
    if (issue === "session") this.session.attendre(() => this.reessayer());
    return issue;
  }

  #dire(issue, donnees = {}) {
    this.etat.dire(dire(issue, { le: this.le, depuis: this.depuis, donnees, ...this.#comptes() }));
  }

  #comptes() {
    return { fausses: new Set([...this.fautes.reponsesFausses, ...this.ignorees]).size, disputees: this.conflits.ouverts.size };
  }

  reessayer() {
    this.arret = "";
    return this.envoyer();
  }

  // Avant de quitter la page : envoie ce qui reste ; « libre » : on peut partir sans rien perdre.
  async vider() {
    let issue = (await this.enVol) ?? "ok";
    if (this.reponses.lot().size) issue = await this.envoyer();
    if (issue === "session") this.session.ouvrir();
    if (ON_PEUT_PARTIR.has(issue)) return "libre";
    return issue === "panne" && this.coupe ? "coupé" : "retenu";
  }

  #dernier() {
    const lot = this.reponses.lot();
    if (lot.size && !this.arret) posterEnPartant(this.formulaire.dataset.saisie, this.formulaire, () => this.#couples(lot));
  }

  async #choix(nom, { recharger }) {
    this.memoire.liberer(nom);
    if (!recharger) return this.envoyer();
    if ((await this.vider()) === "libre") {
      this.depart.laisserPartir();
      location.reload();
    }
    return "ok";
  }

  async #relever() {
    if (this.arret || this.echecs || this.enVol) return null;
    const { genre, donnees } = await interroger(this.formulaire.dataset.etat, this.formulaire, () => this.memoire.couples([]));
    if (this.enVol) return null; // ce que la page a lu vient de changer : au prochain relevé
    if (genre === "session" || genre === "deposee") this.#suite(genre, donnees);
    return genre === "ok" ? donnees : null;
  }
}
