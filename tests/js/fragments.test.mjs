// Ce que la page montre à côté des champs : relevé toutes les 15 secondes, une seconde après un enregistrement, jamais caché.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { Fragments } = await frappe("fragments");
let page, releves, donnees, recues, fragments;

beforeEach(() => {
  page = ouvrirFiche(`<form data-saisie="/s/"><div data-fragment="totaux"><details><summary>Total</summary><p>100</p></details></div></form>`);
  [releves, donnees, recues] = [0, null, []];
  fragments = new Fragments(async () => ((releves += 1), donnees), (reçues) => recues.push(reçues));
});
const place = () => page.un("[data-fragment]");
const envoi = (html) => (donnees = { fragments: { totaux: html } });
const avancer = (duree) => page.horloge.avancer(duree);

describe("quand", () => {
  test("au bout de 15 secondes, puis toutes les 15", async () => {
    await avancer(14_999);
    assert.equal(releves, 0);
    await avancer(1);
    assert.equal(releves, 1);
    await avancer(30_000);
    assert.equal(releves, 3);
  });

  test("une seconde après le dernier enregistrement, une seule fois", async () => {
    fragments.bientot();
    await avancer(999);
    fragments.bientot();
    await avancer(999);
    assert.equal(releves, 0);
    await avancer(1);
    assert.equal(releves, 1);
    await avancer(14_999);
    assert.equal(releves, 1);
  });

  test("cachée, la page ne demande rien ; revenue, elle demande dans la seconde", async () => {
    page.cacher(true);
    await avancer(60_000);
    assert.equal(releves, 0);
    page.cacher(false);
    await avancer(1_000);
    assert.equal(releves, 1);
  });

  test("sans réponse, rien ne change, et le relevé suivant a lieu", async () => {
    const avant = place().outerHTML;
    await avancer(30_000);
    assert.deepEqual([releves, recues, place().outerHTML], [2, [], avant]);
  });
});

describe("quoi", () => {
  test("le fragment est remplacé, les replis ouverts le restent, la réponse est transmise", async () => {
    place().querySelector("details").open = true;
    envoi("<details><summary>Total</summary><p>200</p></details>");
    await avancer(15_000);
    assert.equal(place().querySelector("p").textContent, "200");
    assert.equal(place().querySelector("details").open, true);
    assert.deepEqual(recues, [donnees]);
  });

  test("identique, un repli ouvert mis à part : rien n'est touché", async () => {
    const repli = place().querySelector("details");
    repli.open = true;
    envoi("<details><summary>Total</summary><p>100</p></details>");
    await avancer(15_000);
    assert.equal(place().querySelector("details"), repli);
  });

  test("le curseur est dedans : rien n'est touché", async () => {
    place().querySelector("summary").focus();
    envoi("<p>200</p>");
    await avancer(15_000);
    assert.equal(place().querySelector("p").textContent, "100");
  });
});
