// Des événements qui remontent de l'élément au formulaire, puis au document.

export class Evenement {
  constructor(type, { bubbles = false, ...reste } = {}) {
    Object.assign(this, { type, bubbles, defaultPrevented: false, target: null }, reste);
  }

  preventDefault() {
    this.defaultPrevented = true;
  }
}

export class Cible {
  #ecoutes = new Map();

  addEventListener(type, action) {
    this.#ecoutes.set(type, (this.#ecoutes.get(type) ?? new Set()).add(action));
  }

  removeEventListener(type, action) {
    this.#ecoutes.get(type)?.delete(action);
  }

  // Combien d'écoutes de ce type : un navigateur n'interroge au départ que s'il y en a.
  ecoutes(type) {
    return this.#ecoutes.get(type)?.size ?? 0;
  }

  dispatchEvent(evenement) {
    evenement.target ??= this;
    for (let lieu = this; lieu; lieu = evenement.bubbles ? lieu.parent : null) lieu.appeler(evenement);
    return !evenement.defaultPrevented;
  }

  appeler(evenement) {
    for (const action of [...(this.#ecoutes.get(evenement.type) ?? [])]) action(evenement);
  }
}
