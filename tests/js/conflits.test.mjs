// Deux personnes sur la même réponse : le serveur montre les deux textes, rien ne part ni ne s'efface avant le choix.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { FORMULAIRE, ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { Conflits } = await frappe("conflits");
const { Reponses } = await frappe("reponses");
const BOITE = `<div data-conflit="titre"><button data-choix="sien">a</button><button data-choix="mien">b</button><button data-choix="deux">c</button></div>`;
let page, reponses, conflits, choix;

const titre = () => page.un("[name=titre]");
const partants = () => [...reponses.lot().keys()];
const montrer = (valeurs = { titre: ["Le sien"] }) => conflits.montrer([{ champ: "titre", html: BOITE, valeurs }]);
const choisir = (lequel) => page.cliquer(page.un(`[data-choix=${lequel}]`));

const ouvrir = (html) => {
  page = ouvrirFiche(html);
  reponses = new Reponses(page.formulaire);
  choix = [];
  conflits = new Conflits(reponses, (nom, suite) => choix.push([nom, suite.recharger]));
  reponses.toucher(reponses.nomDe(page.taper("titre", "Le mien")));
};
beforeEach(() => ouvrir());

test("le conflit s'affiche après le champ, et retient la réponse", () => {
  assert.deepEqual(partants(), ["titre"]);
  montrer();
  assert.equal(titre().closest(".champ").nextElementSibling.dataset.conflit, "titre");
  assert.deepEqual([partants(), conflits.ouverts.size, titre().value], [[], 1, "Le mien"]);
});

test("montré deux fois, il n'y en a qu'un, le dernier", () => {
  montrer({ titre: ["Ancien"] });
  montrer({ titre: ["Récent"] });
  assert.equal(page.document.querySelectorAll("[data-conflit]").length, 1);
  choisir("sien");
  assert.equal(titre().value, "Récent");
});

test("après sa précision, quand les deux se partagent la ligne", () => {
  ouvrir(FORMULAIRE.replace('<div class="champ"><label for="id_titre">', '<div class="champ champ--precise"><label for="id_titre">')
    .replace('<div class="champ"><label for="id_resume">', '<div class="champ champ--precision"><label for="id_resume">'));
  montrer();
  assert.equal(page.un("[name=resume]").closest(".champ").nextElementSibling.dataset.conflit, "titre");
});

describe("le choix", () => {
  test("le sien : son texte à l'écran, acquis, rien à envoyer", () => {
    montrer();
    choisir("sien");
    assert.deepEqual([titre().value, partants(), choix], ["Le sien", [], [["titre", false]]]);
  });

  test("le mien : il part, même si le serveur l'a déjà eu", () => {
    reponses.acquerir("titre");
    montrer();
    choisir("mien");
    assert.deepEqual([titre().value, partants(), choix], ["Le mien", ["titre"], [["titre", false]]]);
  });

  test("les deux : l'autre, une ligne vide, le mien ; ils partent", () => {
    montrer();
    choisir("deux");
    assert.deepEqual([titre().value, partants()], ["Le sien\n\nLe mien", ["titre"]]);
  });

  test("le sien, sans ses valeurs (un tableau) : la page se relit", () => {
    conflits.montrer([{ champ: "titre", html: BOITE }]);
    choisir("sien");
    assert.deepEqual([titre().value, choix], ["Le mien", [["titre", true]]]);
  });

  test("le mien, sans valeurs : rien à relire", () => {
    conflits.montrer([{ champ: "titre", html: BOITE }]);
    choisir("mien");
    assert.deepEqual(choix, [["titre", false]]);
  });

  test("fait, la boîte s'en va, le curseur revient, le compteur suit", () => {
    let frappes = 0;
    montrer();
    page.formulaire.addEventListener("input", () => (frappes += 1));
    choisir("sien");
    assert.deepEqual([page.un("[data-conflit]"), conflits.ouverts.size, frappes], [null, 0, 1]);
    assert.equal(page.document.activeElement, titre());
  });
});

test("un conflit que le serveur a écrit dans la page retient aussi, et compte", () => {
  ouvrir(FORMULAIRE.replace("<button", '<div data-conflit="titre"></div><button'));
  assert.deepEqual([partants(), conflits.ouverts.size], [[], 1]);
});
