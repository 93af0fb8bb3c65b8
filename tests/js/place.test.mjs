// Remplacer une réponse, et ne rien déplacer autour de ce qu'on lit.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { blocDe, ecrireDans, sansBouger } = await frappe("place");
let page;
beforeEach(() => (page = ouvrirFiche()));
const champ = (nom) => page.un(`[name=${nom}]`);

test("le bloc d'un champ ; le tableau entier", () => {
  assert.ok(blocDe(champ("titre")).matches(".champ"));
  assert.equal(blocDe(champ("plan-0-nom")).dataset.reponse, "plan");
});

test("les valeurs de l'autre, telles qu'un navigateur les enverrait ; une réponse vide vide", () => {
  const champs = ["titre", "rural", "cout_0"].map(champ);
  ecrireDans(champs, { titre: ["Le sien"], rural: ["oui"] });
  assert.deepEqual([champ("titre").value, champ("rural").checked, champ("cout_0").value], ["Le sien", true, ""]);
  ecrireDans(champs, { rural: ["non"] });
  assert.equal(champ("rural").checked, false);
});

test("ce qui pousse le champ où l'on tape est rattrapé par le défilement", () => {
  champ("titre").focus();
  sansBouger(() => (champ("titre").haut = 40));
  sansBouger(() => (champ("resume").haut = 90));
  sansBouger(() => (champ("titre").haut = 10));
  assert.deepEqual(page.window.defilements, [40, -30]);
});

test("hors de la page, ou retiré, rien ne défile", () => {
  sansBouger(() => (page.document.body.haut = 40));
  champ("titre").focus();
  sansBouger(() => ((champ("titre").haut = 40), champ("titre").remove()));
  assert.deepEqual(page.window.defilements, []);
});
