// Les phrases d'erreur, sous leur champ, avec le balisage du serveur ; leur place est prise sur l'intervalle entre les champs.

const parId = (id) => document.getElementById(id);

export class Fautes {
  constructor(formulaire, reponses) {
    this.reponses = reponses;
    this.montrees = new Map(); // nom HTML → réponse
    for (const groupe of formulaire.querySelectorAll(".fr-messages-group[id$=_error]")) {
      const nom = groupe.id.slice("id_".length, -"_error".length);
      this.montrees.set(nom, reponses.reponseDe(nom));
    }
    for (const tableau of formulaire.querySelectorAll(".tableau--saisie")) this.#preparer(tableau);
  }

  get reponsesFausses() {
    return new Set(this.montrees.values());
  }

  // `noms` : les réponses qui viennent d'être envoyées ; leurs erreurs d'avant ne valent plus.
  montrer(noms, erreurs) {
    for (const [nom, reponse] of [...this.montrees]) if (noms.has(reponse) && !(nom in erreurs)) this.#lever(nom);
    for (const [nom, phrases] of Object.entries(erreurs)) this.#poser(nom, phrases);
  }

  #poser(nom, phrases) {
    this.montrees.set(nom, this.reponses.reponseDe(nom));
    const porteur = porteurDe(nom);
    if (!porteur) return;
    const bloc = porteur.closest(".champ");
    if (!bloc) return annoncerAuTableau(porteur, phrases.join(" "));
    const groupe = parId(`id_${nom}_error`) ?? this.#creer(nom, bloc);
    groupe.classList.remove("fr-messages-group--leve");
    groupe.replaceChildren(...phrases.map(paragraphe));
    bloc.classList.add("champ--faute");
    bloc.classList.remove("champ--corrige");
    for (const element of concernes(porteur)) signaler(element, groupe.id, true);
    annoncerAuTableau(porteur, phrases.join(" "));
  }

  #creer(nom, bloc) {
    const groupe = Object.assign(document.createElement("div"), { id: `id_${nom}_error`, className: "fr-messages-group" });
    groupe.classList.add(bloc.classList.contains("champ--cellule") ? "fr-sr-only" : "fr-messages-group--vif");
    bloc.append(groupe);
    return groupe;
  }

  #lever(nom) {
    this.montrees.delete(nom);
    const groupe = parId(`id_${nom}_error`);
    const porteur = porteurDe(nom);
    const bloc = porteur?.closest(".champ");
    if (!groupe || !bloc) return porteur && annoncerAuTableau(porteur, "");
    for (const element of concernes(porteur)) signaler(element, groupe.id, false);
    if (bloc.classList.contains("champ--erreur")) bloc.classList.add("champ--corrige"); // la place du serveur reste prise
    bloc.classList.remove("champ--faute");
    if (groupe.matches(".fr-messages-group--vif, .fr-sr-only")) groupe.remove();
    else groupe.classList.add("fr-messages-group--leve");
    annoncerAuTableau(porteur, "");
  }

  // Sous un tableau, une ligne réservée dit la faute de la cellule où l'on est.
  #preparer(tableau) {
    const ligne = Object.assign(document.createElement("p"), { className: "tableau__faute" });
    ligne.setAttribute("aria-hidden", "true"); // chaque cellule est décrite par sa propre phrase
    tableau.after(ligne);
    tableau.addEventListener("focusin", ({ target }) => {
      if (target.getAttribute("aria-invalid")) annoncerAuTableau(target, parId(`${target.id}_error`)?.textContent ?? "");
    });
  }
}

function porteurDe(nom) {
  return parId(`id_${nom}_groupe`) ?? parId(`id_${nom}`) ?? parId(nom);
}

// Les éléments que le serveur aurait décrits : le groupe, et les saisies d'un champ à plusieurs parties.
function concernes(porteur) {
  return porteur.matches(".champ--multiple") ? [porteur, ...porteur.querySelectorAll("input, select")] : [porteur];
}

function signaler(element, id, faux) {
  const ids = (element.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((autre) => autre && autre !== id);
  if (faux) ids.push(id);
  if (ids.length) element.setAttribute("aria-describedby", ids.join(" "));
  else element.removeAttribute("aria-describedby");
  if (!element.matches("input, select, textarea, [role=radiogroup]")) return;
  if (faux) element.setAttribute("aria-invalid", "true");
  else element.removeAttribute("aria-invalid");
}

// `phrase` vide : la ligne passe à la première cellule encore fausse. Une faute du tableau entier, elle, n'est écrite qu'ici.
function annoncerAuTableau(porteur, phrase) {
  const tableau = porteur.closest(".tableau--saisie");
  if (!tableau) return;
  const fautif = phrase ? porteur : tableau.querySelector("[aria-invalid=true]");
  const texte = phrase || (fautif && parId(`${fautif.id}_error`)?.textContent) || "";
  const etiquette = fautif?.labels?.[0]?.textContent;
  const ligne = tableau.nextElementSibling;
  ligne.textContent = texte && etiquette ? `${etiquette} : ${texte}` : texte;
  ligne.setAttribute("aria-hidden", String(Boolean(etiquette)));
}

function paragraphe(texte) {
  return Object.assign(document.createElement("p"), { className: "fr-message fr-message--error", textContent: texte });
}
