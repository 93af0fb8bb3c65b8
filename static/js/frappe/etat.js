// Ce que dit la barre d'état : une seule région polie ; le décompte est à côté d'elle, pour n'être pas annoncé chaque seconde.

const LENTEUR = 3_000; // « Enregistrement… » n'est annoncé que s'il dure

export class Etat {
  constructor(barre) {
    this.barre = barre;
    this.phrase = barre.querySelector("[role=status]");
    this.attente = barre.querySelector("[data-attente]");
    this.boutons = { reessayer: barre.querySelector("[data-reessayer]"), reconnecter: barre.querySelector("[data-reconnecter]") };
    this.lien = barre.querySelector("[data-lien]");
  }

  dire({ texte, genre = "", bouton = "", url = "" }) {
    this.#arreter();
    this.barre.dataset.genre = genre;
    if (this.phrase.textContent !== texte || this.phrase.firstElementChild) this.phrase.textContent = texte;
    for (const [nom, element] of Object.entries(this.boutons)) element.hidden = nom !== bouton;
    this.lien.hidden = !url;
    if (url) this.lien.href = url;
  }

  enCours() {
    if (this.phrase.firstElementChild) return;
    this.dire({ texte: "" });
    const mot = Object.assign(document.createElement("span"), { textContent: "Enregistrement…" });
    mot.setAttribute("aria-hidden", "true");
    this.phrase.replaceChildren(mot);
    this.lenteur = setTimeout(() => mot.removeAttribute("aria-hidden"), LENTEUR);
  }

  // Compte les secondes, puis appelle `fin`.
  decompter(secondes, fin) {
    this.#arreter();
    let reste = secondes;
    const ecrire = () => (this.attente.textContent = reste > 0 ? ` – nouvel essai dans ${reste} s` : " – nouvel essai en cours");
    ecrire();
    this.decompte = setInterval(() => {
      reste -= 1;
      ecrire();
      if (reste > 0) return;
      clearInterval(this.decompte);
      fin();
    }, 1_000);
  }

  #arreter() {
    clearInterval(this.decompte);
    clearTimeout(this.lenteur);
    this.attente.textContent = "";
  }
}
