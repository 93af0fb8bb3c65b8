// Du presse-papiers d'un traitement de texte au texte : puces, numéros, niveaux, paragraphes, tableaux.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { charger, ouvrirPage } from "./outils/page.mjs";

const { texteDeHtml } = await charger("coller/texte_de_html.js");
const WORD = '<p class="MsoNormal">'; // reconnu comme bureautique : pas de ligne vide entre paragraphes
beforeEach(() => ouvrirPage());

const CAS = {
  "sans liste ni tableau, le texte ordinaire vaut mieux": ["<p>Un <b>mot</b></p>", null],
  "des puces": ["<ul><li>un</li><li>deux</li></ul>", "• un\n• deux"],
  "des numéros": ["<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"],
  "des numéros qui commencent plus loin": ['<ol start="4"><li>un</li><li value="9">deux</li><li>trois</li></ol>', "4. un\n9. deux\n10. trois"],
  "deux niveaux": ["<ul><li>un<ol><li>sous</li></ol></li><li>deux</li></ul>", "• un\n    1. sous\n• deux"],
  "un élément qui ne porte qu'une liste n'a pas de marque": ['<ul><li>un</li><li style="list-style:none"><ul><li>sous</li></ul></li></ul>', "• un\n    • sous"],
  "deux paragraphes dans un élément : le second en retrait": [`${WORD}</p><ul><li><p>un</p><p>suite</p></li></ul>`, "• un\n    suite"],
  "des lettres et des chiffres romains": ['<ol type="a"><li>x</li></ol><ol type="I" start="4"><li>y</li></ol>', "a. x\n\nIV. y"],
  "un genre dit par le style": ['<ol style="list-style-type: lower-roman" start="9"><li>x</li></ol>', "ix. x"],
  "après z, aa": ['<ol type="A" start="26"><li>x</li><li>y</li></ol>', "Z. x\nAA. y"],
  "au-delà de 89, en chiffres": ['<ol type="i" start="89"><li>x</li><li>y</li></ol>', "lxxxix. x\n90. y"],
  "un tableau": ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></table>", "a\tb\nc"],
  "une cellule de plusieurs lignes tient sur une": ["<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a b\tc"],
  "un tableau d'une colonne n'est qu'une mise en page": [`${WORD}</p><table><tr><td>a</td></tr><tr><td>b</td></tr></table>`, "a\nb"],
  "les blancs d'une page se réduisent, ceux d'un <pre> restent": ["<ul><li>un\n   deux</li></ul><pre>a  b\nc</pre>", "• un deux\n\na  b\nc"],
  "un retour forcé": ["<ul><li>un<br>deux</li></ul>", "• un\n    deux"],
  "hors d'un traitement de texte, une ligne vide entre paragraphes": ["<p>a</p><p>b</p><ul><li>c</li></ul>", "a\n\nb\n\n• c"],
  "dans Word, non": [`${WORD}a</p><p>b</p><ul><li>c</li></ul>`, "a\nb\n• c"],
  "sauf si le paragraphe a une marge": [`${WORD}</p><p style="margin-bottom: 6pt">a</p><p style="margin-bottom:0">b</p><ul><li>c</li></ul>`, "a\n\nb\n• c"],
  "des styles, des scripts et un en-tête ne sont pas du texte": ["<style>li{}</style><script>1</script><title>t</title><ul><li>a</li></ul>", "• a"],
  "seul ce qui est entre les bornes du presse-papiers": ["<ul><li>dehors</li></ul><!--StartFragment--><ul><li>a</li></ul><!--EndFragment-->", "• a"],
  "Google Docs dit le niveau par un attribut": ['<ul><li aria-level="1">a</li></ul><ul><li aria-level="2">b</li></ul>', "• a\n\n    • b"],
};

for (const [nom, [html, attendu]] of Object.entries(CAS)) test(nom, () => assert.equal(texteDeHtml(html), attendu));

describe("les listes de Word, faites de paragraphes", () => {
  const element = (niveau, marque, texte) =>
    `<p class="MsoListParagraph" style="mso-list:l0 level${niveau} lfo1"><span style="mso-list:Ignore">${marque}<span>&nbsp;&nbsp;</span></span>${texte}</p>`;

  test("le style dit le niveau, la marque est gardée si elle se lit, sinon c'est une puce", () => {
    const html = element(1, "1.", "un") + element(2, "a)", "sous") + element(1, "\u00b7", "puce") + element(1, "o", "rond");
    assert.equal(texteDeHtml(html), "1. un\n    a) sous\n• puce\n• rond");
  });

  test("une tabulation de Word en est une", () => {
    assert.equal(texteDeHtml(`${element(1, "1.", "un<span style='mso-tab-count:1'> </span>deux")}`), "1. un\tdeux");
  });
});

test("l'analyseur des essais ne lit ni style ni script : le module les a ôtés ou renommés avant", () => {
  const lus = [];
  const Analyseur = globalThis.DOMParser;
  globalThis.DOMParser = class extends Analyseur {
    parseFromString(html) {
      lus.push(html);
      return super.parseFromString(html);
    }
  };
  texteDeHtml('<style>p{color:red}</style><ul STYLE = "color:red"><li>style="reste du texte"</li></ul>');
  assert.deepEqual(lus, ['<ul data-style = "color:red"><li>style="reste du texte"</li></ul>']);
});
