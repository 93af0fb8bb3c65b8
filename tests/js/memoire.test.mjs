// La mémoire de ce que la page a montré : sans elle, le serveur ne verrait pas qui a changé quoi.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { Memoire } = await frappe("memoire");
let page, memoire;
const lu = () => page.un("[name=lu]").value;
const cout = () => page.un("[name=vu_cout]").value;

beforeEach(() => {
  page = ouvrirFiche();
  memoire = new Memoire(page.formulaire);
});

test("chaque page a sa clé, un UUID 4", () => {
  const cle = page.un("[name=page]").value;
  assert.match(cle, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  new Memoire(page.formulaire); // l'historique du navigateur rend la page : elle en prend une neuve
  assert.notEqual(page.un("[name=page]").value, cle);
  assert.equal(page.document.querySelectorAll("[name=page]").length, 1);
});

test("le rang croît d'un à chaque envoi, à partir de 1", () => {
  const rangs = [1, 2, 3].map(() => new Map(memoire.couples([])).get("rang"));
  assert.deepEqual(rangs.map(Number), [1, 2, 3]);
  assert.equal(page.un("[name=rang]").value, "4");
});

test("un envoi emporte la mémoire commune et celle de ses seules réponses", () => {
  const noms = (reponses) => memoire.couples(reponses).map(([nom]) => nom);
  assert.deepEqual(noms(["titre"]), ["page", "rang", "lu"]);
  assert.deepEqual(noms(["cout"]), ["page", "rang", "lu", "vu_cout"]);
  assert.equal(new Map(memoire.couples([])).get("lu"), "titre:t1 resume:r1");
});

test("ce que le serveur dit avoir écrit est tenu pour lu, le reste ne change pas", () => {
  memoire.prendre({ lu: "titre:t2" }, new Set());
  assert.equal(lu(), "titre:t2 resume:r1");
  memoire.prendre({ vu_cout: "c2", inconnu: "x" }, new Set());
  assert.equal(cout(), "c2");
});

test("d'une réponse disputée, rien n'est tenu pour lu avant le choix", () => {
  memoire.prendre({ lu: "titre:t2 resume:r2", vu_cout: "c2" }, new Set(["titre", "cout"]));
  assert.equal(lu(), "titre:t1 resume:r2");
  assert.equal(cout(), "c1");
  memoire.liberer("titre");
  assert.equal(lu(), "titre:t2 resume:r2");
  memoire.liberer("cout");
  assert.equal(cout(), "c2");
});

test("un choix ne sert qu'une fois, et seulement à sa réponse", () => {
  memoire.prendre({ lu: "titre:t2" }, new Set(["titre"]));
  memoire.liberer("titre");
  memoire.prendre({ lu: "titre:t3" }, new Set());
  memoire.liberer("titre");
  memoire.liberer("resume");
  assert.equal(lu(), "titre:t3 resume:r1");
});

test("la réponse d'un collègue, montrée, est tenue pour lue", () => {
  memoire.lire("resume", "r9");
  assert.equal(lu(), "titre:t1 resume:r9");
  page.un("[name=lu]").remove();
  assert.doesNotThrow(() => memoire.lire("resume", "r10"));
});
