// La barre d'état : une phrase, un bouton à la fois, un décompte qui n'est pas annoncé chaque seconde.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { Etat } = await frappe("etat");
let page, etat;

beforeEach(() => {
  page = ouvrirFiche();
  etat = new Etat(page.barre);
});

test("dit la phrase, son genre, et ne montre que le bouton ou le lien voulu", () => {
  etat.dire({ texte: "Non enregistré", genre: "echec", bouton: "reessayer" });
  assert.deepEqual([page.phrase(), page.barre.dataset.genre, page.visibles()], ["Non enregistré", "echec", ["data-reessayer"]]);
  etat.dire({ texte: "Session expirée", genre: "echec", bouton: "reconnecter" });
  assert.deepEqual(page.visibles(), ["data-reconnecter"]);
  etat.dire({ texte: "Déposée", genre: "echec", url: "/fiche/1/" });
  assert.deepEqual([page.visibles(), page.un("[data-lien]").href], [["data-lien"], "/fiche/1/"]);
  etat.dire({ texte: "Enregistré à 10:00" });
  assert.deepEqual([page.barre.dataset.genre, page.visibles()], ["", []]);
});

test("la même phrase n'est pas réécrite : un lecteur d'écran la redirait", () => {
  etat.dire({ texte: "Enregistré à 10:00" });
  const noeud = page.un("[role=status]").childNodes[0];
  etat.dire({ texte: "Enregistré à 10:00" });
  assert.equal(page.un("[role=status]").childNodes[0], noeud);
});

for (const [ecart, tu] of [[-1, true], [0, false], [1, false]])
  test(`« Enregistrement… » n'est annoncé que s'il dure 3 secondes (${ecart} ms)`, async () => {
    etat.enCours();
    assert.equal(page.phrase(), "Enregistrement…");
    await page.horloge.avancer(3_000 + ecart);
    assert.equal(page.un("span[aria-hidden]") !== null, tu);
  });

test("un second « Enregistrement… » ne repousse pas l'annonce du premier", async () => {
  etat.enCours();
  await page.horloge.avancer(2_000);
  etat.enCours();
  await page.horloge.avancer(1_000);
  assert.equal(page.un("span[aria-hidden]"), null);
});

test("« Enregistrement… » laisse la place, même à la phrase qui serait la même", () => {
  etat.enCours();
  etat.dire({ texte: "Enregistrement…" });
  assert.equal(page.un("[role=status]").firstElementChild, null);
});

test("compte les secondes, puis essaie une seule fois", async () => {
  let essais = 0;
  etat.decompter(2, () => (essais += 1));
  assert.equal(page.attente(), " – nouvel essai dans 2 s");
  await page.horloge.avancer(1_000);
  assert.equal(page.attente(), " – nouvel essai dans 1 s");
  await page.horloge.avancer(999);
  assert.equal(essais, 0);
  await page.horloge.avancer(1);
  assert.deepEqual([essais, page.attente()], [1, " – nouvel essai en cours"]);
  await page.horloge.avancer(60_000);
  assert.equal(essais, 1);
});

test("une autre phrase arrête le décompte ; un décompte remplace le précédent", async () => {
  let premier = 0, second = 0;
  etat.decompter(1, () => (premier += 1));
  etat.decompter(2, () => (second += 1));
  await page.horloge.avancer(10_000);
  assert.deepEqual([premier, second], [0, 1]);
  etat.decompter(1, () => (premier += 1));
  etat.dire({ texte: "Enregistré" });
  await page.horloge.avancer(10_000);
  assert.deepEqual([premier, page.attente()], [0, ""]);
});
