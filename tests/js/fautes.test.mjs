// Les phrases d'erreur : sous leur champ, liées à lui, levées dès que le serveur n'en dit plus rien.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FORMULAIRE, ouvrirFiche } from "./outils/formulaire.mjs";
import { envoyer, frappe } from "./outils/page.mjs";

const { Fautes } = await frappe("fautes");
const { Reponses } = await frappe("reponses");
let page, fautes;

const ouvrir = (html) => {
  page = ouvrirFiche(html);
  fautes = new Fautes(page.formulaire, new Reponses(page.formulaire));
};
const montrer = (noms, erreurs) => fautes.montrer(new Set(noms), erreurs);
const fausses = () => [...fautes.reponsesFausses];
const groupe = (nom) => page.document.getElementById(`id_${nom}_error`);
const champ = (nom) => page.un(`[name=${nom}]`);
const sousLeTableau = () => page.un(".tableau__faute");
beforeEach(() => ouvrir());

test("la phrase est sous le champ, et le champ la dit", () => {
  montrer(["titre"], { titre: ["Trop long.", "Deux fois."] });
  assert.equal(groupe("titre").textContent, "Trop long.Deux fois.");
  assert.equal(groupe("titre").parent, champ("titre").closest(".champ"));
  assert.deepEqual([champ("titre").getAttribute("aria-invalid"), champ("titre").getAttribute("aria-describedby")], ["true", "id_titre_error"]);
  assert.ok(champ("titre").closest(".champ").matches(".champ--faute"));
  assert.deepEqual(fausses(), ["titre"]);
});

test("renvoyée juste, elle est levée, sans ôter les autres descriptions du champ", () => {
  champ("titre").setAttribute("aria-describedby", "aide");
  montrer(["titre"], { titre: ["Trop long."] });
  assert.equal(champ("titre").getAttribute("aria-describedby"), "aide id_titre_error");
  montrer(["titre"], {});
  assert.deepEqual([groupe("titre"), champ("titre").getAttribute("aria-describedby"), fausses()], [null, "aide", []]);
  assert.deepEqual([champ("titre").hasAttribute("aria-invalid"), champ("titre").closest(".champ").className], [false, "champ"]);
});

test("redite, elle n'est liée qu'une fois ; sans autre description, l'attribut s'en va", () => {
  montrer(["titre"], { titre: ["A."] });
  montrer(["titre"], { titre: ["B."] });
  assert.deepEqual([champ("titre").getAttribute("aria-describedby"), groupe("titre").textContent], ["id_titre_error", "B."]);
  montrer(["titre"], {});
  assert.equal(champ("titre").hasAttribute("aria-describedby"), false);
});

test("une réponse qui n'était pas de l'envoi garde sa faute", () => {
  montrer(["titre"], { titre: ["Trop long."] });
  montrer(["resume"], {});
  assert.deepEqual(fausses(), ["titre"]);
  assert.ok(groupe("titre"));
});

test("une partie fausse rend fausse toute la réponse ; le groupe et ses saisies le disent", () => {
  montrer(["cout"], { cout: ["Indiquez HT ou TTC."] });
  assert.deepEqual(fausses(), ["cout"]);
  assert.deepEqual(["cout_0", "cout_1"].map((nom) => champ(nom).getAttribute("aria-invalid")), ["true", "true"]);
  assert.equal(page.document.getElementById("id_cout_groupe").hasAttribute("aria-invalid"), false); // ce n'est pas une saisie
});

test("une faute écrite par le serveur compte, et sa place reste prise une fois levée", () => {
  ouvrir(FORMULAIRE.replace('value="Ancien titre">', 'value=""><div class="fr-messages-group" id="id_titre_error">Vide.</div>')
    .replace('<div class="champ"><label for="id_titre">', '<div class="champ champ--erreur"><label for="id_titre">'));
  assert.deepEqual(fausses(), ["titre"]);
  montrer(["titre"], {});
  assert.ok(groupe("titre").matches(".fr-messages-group--leve"));
  assert.ok(champ("titre").closest(".champ").matches(".champ--corrige"));
  montrer(["titre"], { titre: ["Encore vide."] });
  assert.ok(!groupe("titre").matches(".fr-messages-group--leve") && !champ("titre").closest(".champ").matches(".champ--corrige"));
});

test("une faute sans champ à l'écran compte quand même", () => {
  montrer(["titre"], { ailleurs: ["Cachée."] });
  assert.deepEqual(fausses(), ["ailleurs"]);
  montrer(["ailleurs"], {});
  assert.deepEqual(fausses(), []);
});

test("dans un tableau, la faute d'une cellule est dite dessous, avec son étiquette", () => {
  montrer(["plan"], { "plan-0-nom": ["Trop long."] });
  assert.deepEqual([sousLeTableau().textContent, fausses()], ["Nom 1 : Trop long.", ["plan"]]);
  assert.equal(sousLeTableau().getAttribute("aria-hidden"), "true"); // la cellule la dit déjà
  assert.ok(groupe("plan-0-nom").matches(".fr-sr-only"));
  montrer(["plan"], {});
  assert.equal(sousLeTableau().textContent, "");
});

test("la faute d'un tableau entier n'est dite que là : elle n'est pas cachée aux lecteurs d'écran", () => {
  montrer(["plan"], { plan: ["Le total ne tombe pas juste."] });
  assert.deepEqual([sousLeTableau().textContent, sousLeTableau().getAttribute("aria-hidden")], ["Le total ne tombe pas juste.", "false"]);
  montrer(["plan"], {});
  assert.equal(sousLeTableau().textContent, "");
});

test("entrer dans une cellule fausse redit sa faute ; dans une juste, non", () => {
  montrer(["plan"], { "plan-0-nom": ["Trop long."] });
  sousLeTableau().textContent = "";
  envoyer(champ("plan-0-id"), "focusin");
  assert.equal(sousLeTableau().textContent, "");
  envoyer(champ("plan-0-nom"), "focusin");
  assert.equal(sousLeTableau().textContent, "Nom 1 : Trop long.");
});
