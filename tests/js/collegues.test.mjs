// Ce qu'un collègue a changé d'une réponse que la personne n'a pas touchée : annoncé, montré seulement si on le demande.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FORMULAIRE, ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";

const { Collegues } = await frappe("collegues");
const { Memoire } = await frappe("memoire");
const { Reponses } = await frappe("reponses");
let page, reponses, collegues;

const ouvrir = (html) => {
  page = ouvrirFiche(html);
  reponses = new Reponses(page.formulaire);
  collegues = new Collegues(reponses, new Memoire(page.formulaire));
};
const changee = (texte = "Changé par Zoé") => ({
  champ: "titre", html: `<p class="changee">${texte} <button data-afficher>Afficher</button></p>`, empreinte: "t2", valeurs: { titre: ["Le sien"] },
});
const annonces = () => page.document.querySelectorAll(".changee");
beforeEach(() => ouvrir());

test("annonce avant le champ, sans toucher au texte", () => {
  collegues.montrer([changee()]);
  assert.equal(page.un("[name=titre]").closest(".champ").previousElementSibling, annonces()[0]);
  assert.equal(page.un("[name=titre]").value, "Ancien titre");
});

test("afficher : son texte, tenu pour lu, rien à envoyer, l'annonce s'en va", () => {
  collegues.montrer([changee()]);
  page.cliquer(page.un("[data-afficher]"));
  assert.equal(page.un("[name=titre]").value, "Le sien");
  assert.equal(page.un("[name=lu]").value, "titre:t2 resume:r1");
  assert.deepEqual([reponses.lot().size, reponses.toucher("titre"), annonces().length], [0, false, 0]);
});

test("la personne a tapé là : rien n'est annoncé, le conflit viendra à l'envoi", () => {
  reponses.toucher(reponses.nomDe(page.taper("titre", "Le mien")));
  collegues.montrer([changee()]);
  assert.equal(annonces().length, 0);
});

test("disputée, ou absente de la page : rien", () => {
  collegues.montrer([{ ...changee(), champ: "ailleurs" }]);
  reponses.retenues.add("titre");
  collegues.montrer([changee()]);
  assert.equal(annonces().length, 0);
});

test("annoncée puis disputée : l'annonce s'en va", () => {
  collegues.montrer([changee()]);
  reponses.retenues.add("titre");
  collegues.montrer([changee()]);
  assert.equal(annonces().length, 0);
});

test("une annonce qui ne vaut plus s'en va ; la même n'est pas refaite ; une autre la remplace", () => {
  collegues.montrer([changee()]);
  const [premiere] = annonces();
  collegues.montrer([changee()]);
  assert.equal(annonces()[0], premiere);
  collegues.montrer([changee("Changé par Léo")]);
  assert.deepEqual(annonces().map((a) => a.textContent), ["Changé par Léo Afficher"]);
  collegues.montrer([]);
  assert.equal(annonces().length, 0);
});

test("le curseur est dans l'annonce : elle ne lui est pas retirée pour une autre", () => {
  collegues.montrer([changee()]);
  page.un("[data-afficher]").focus();
  collegues.montrer([changee("Changé par Léo")]);
  assert.deepEqual(annonces().map((a) => a.textContent), ["Changé par Zoé Afficher"]);
});

test("une précision s'annonce au-dessus de ce qu'elle précise, en se nommant, une seule fois", () => {
  ouvrir(FORMULAIRE.replace('<div class="champ"><label for="id_resume">', '<div class="champ champ--precision"><label for="id_resume">'));
  const precision = { ...changee(), champ: "resume" };
  collegues.montrer([precision]);
  const [premiere] = annonces();
  collegues.montrer([precision]);
  assert.equal(annonces()[0], premiere);
  assert.deepEqual(annonces().map((a) => a.textContent), ["Précision : Changé par Zoé Afficher"]);
  assert.equal(annonces()[0].nextElementSibling, page.un("[name=titre]").closest(".champ"));
});
