// Un serveur d'essai : il garde chaque envoi, et répond ce que l'essai a préparé, quand l'essai le veut.

export const reponse = (status, donnees) => ({
  status,
  ok: status >= 200 && status < 300,
  json: async () => {
    if (donnees === undefined) throw new SyntaxError("ce n'est pas du JSON");
    return donnees;
  },
});

export class Serveur {
  envois = []; // { adresse, options, corps }
  prevues = []; // réponses préparées, dans l'ordre ; une fonction est appelée avec l'envoi
  enAttente = [];

  // `defaut` : ce qui est répondu quand rien n'est préparé ; null : rien, jusqu'à `repondre`.
  defaut = (envoi) => reponse(200, { le: "10:00", ecrits: envoi.noms });

  // Le corps part tel qu'il était : un FormData est lu aussitôt.
  async recevoir(adresse, options = {}) {
    const couples = options.body ? [...options.body.entries()] : [];
    const corps = Object.fromEntries(couples);
    const envoi = { adresse, options, couples, corps, noms: (corps.champs ?? "").split(" ").filter(Boolean) };
    this.envois.push(envoi);
    const prevue = this.prevues.length ? this.prevues.shift() : this.defaut;
    if (prevue === null) return new Promise((resoudre, rejeter) => this.enAttente.push({ envoi, resoudre, rejeter }));
    const faite = typeof prevue === "function" ? prevue(envoi) : prevue;
    if (faite instanceof Error) throw faite;
    return faite;
  }

  // Fait aboutir le plus ancien envoi resté sans réponse.
  repondre(faite) {
    const { envoi, resoudre, rejeter } = this.enAttente.shift();
    const due = faite ?? this.defaut(envoi);
    if (due instanceof Error) rejeter(due);
    else resoudre(due);
  }

  get dernier() {
    return this.envois.at(-1);
  }
}

export const COUPURE = new TypeError("réseau coupé");
