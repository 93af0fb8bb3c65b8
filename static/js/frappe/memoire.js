// Ce que la page a montré de chaque réponse, gardé dans ses champs cachés `data-memoire`, pour que le serveur voie qui a changé quoi.
// `data-memoire="couples"` : un seul champ dit tout (« nom:empreinte … ») ; sinon, un champ par réponse, dont l'attribut est le nom.

export class Memoire {
  constructor(formulaire) {
    this.formulaire = formulaire;
    this.enAttente = new Map(); // d'une réponse disputée : tenu pour lu une fois le choix fait
    for (const name of ["page", "rang"])
      if (!formulaire.elements[name]) formulaire.append(Object.assign(document.createElement("input"), { type: "hidden", name }));
    formulaire.elements.page.value = cle();
    formulaire.elements.rang.value = 1; // celui du prochain envoi : deux envois qui se croisent se rangent
  }

  get champs() {
    return [...this.formulaire.querySelectorAll("[data-memoire]")];
  }

  // À joindre à l'envoi de ces réponses.
  couples(noms) {
    const voulus = new Set(["couples", ...noms]);
    const utiles = this.champs.filter((champ) => voulus.has(champ.dataset.memoire));
    const { page, rang } = this.formulaire.elements;
    return [["page", page.value], ["rang", rang.value++], ...utiles.map((champ) => [champ.name, champ.value])];
  }

  prendre(memoire, disputees) {
    for (const [nom, valeur] of Object.entries(memoire)) {
      const champ = this.champs.find((essai) => essai.name === nom);
      const parts = champ?.dataset.memoire === "couples" ? lire(valeur) : new Map([[champ?.dataset.memoire, valeur]]);
      for (const [reponse, lue] of champ ? parts : []) {
        if (disputees.has(reponse)) this.enAttente.set(reponse, [champ, lue]);
        else ecrire(champ, reponse, lue);
      }
    }
  }

  // La réponse d'un collègue est maintenant à l'écran.
  lire(reponse, empreinte) {
    const champ = this.champs.find(({ dataset }) => dataset.memoire === "couples");
    if (champ) ecrire(champ, reponse, empreinte);
  }

  // Le choix est fait : la réponse de l'autre a été lue.
  liberer(reponse) {
    const [champ, lue] = this.enAttente.get(reponse) ?? [];
    if (champ) ecrire(champ, reponse, lue);
    this.enAttente.delete(reponse);
  }
}

function ecrire(champ, reponse, lue) {
  if (champ.dataset.memoire === "couples") {
    const couples = lire(champ.value).set(reponse, lue);
    champ.value = [...couples].map(([nom, empreinte]) => `${nom}:${empreinte}`).join(" ");
  } else champ.value = lue;
}

const lire = (texte) => new Map(texte.split(/\s+/).filter((mot) => mot.includes(":")).map((mot) => mot.split(":")));

// Un identifiant au hasard (UUID 4) ; `crypto.randomUUID` manque hors de HTTPS.
function cle() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 0x0f) | 0x40;
  octets[8] = (octets[8] & 0x3f) | 0x80;
  const hexa = [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return hexa.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
