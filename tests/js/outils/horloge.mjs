// Une horloge que les essais avancent : setTimeout, setInterval et Date. (Celle de node:test n'a pas Date dans le Node 18 de Debian 12.)

const VRAIE = { Date, setTimeout, clearTimeout, setInterval, clearInterval };

// Laisse se dérouler tout ce qui n'attend que des promesses : une vraie tâche passe après elles.
export const repos = async () => {
  for (let tour = 0; tour < 4; tour += 1) await new Promise((suite) => setImmediate(suite));
};

export class Horloge {
  constructor(debut = "2026-11-21T09:00:00Z") {
    this.maintenant = VRAIE.Date.parse(debut);
    this.prochain = 1;
    this.reveils = new Map(); // numéro → { a, action, periode }
  }

  installer() {
    const horloge = this;
    globalThis.Date = class extends VRAIE.Date {
      constructor(...arguments_) {
        super(...(arguments_.length ? arguments_ : [horloge.maintenant]));
      }

      static now() {
        return horloge.maintenant;
      }
    };
    globalThis.setTimeout = (action, delai = 0) => this.#poser(action, delai, null);
    globalThis.setInterval = (action, delai) => this.#poser(action, delai, delai);
    globalThis.clearTimeout = globalThis.clearInterval = (numero) => void this.reveils.delete(numero);
    return this;
  }

  retirer() {
    Object.assign(globalThis, VRAIE);
  }

  #poser(action, delai, periode) {
    this.reveils.set(this.prochain, { a: this.maintenant + delai, action, periode });
    return this.prochain++;
  }

  // Avance de `duree` millisecondes ; chaque réveil est joué à son heure, promesses comprises.
  async avancer(duree) {
    await repos();
    const fin = this.maintenant + duree;
    for (let suivant; (suivant = this.#suivant(fin)); await repos()) {
      const [numero, reveil] = suivant;
      this.maintenant = Math.max(this.maintenant, reveil.a);
      if (reveil.periode === null) this.reveils.delete(numero);
      else reveil.a += reveil.periode;
      reveil.action();
    }
    this.maintenant = fin;
    await repos();
  }

  #suivant(fin) {
    const dus = [...this.reveils].filter(([, { a }]) => a <= fin);
    return dus.sort(([n, un], [m, autre]) => un.a - autre.a || n - m)[0];
  }
}
