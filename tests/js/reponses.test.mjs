// Les réponses d'un formulaire : ce qui a changé part, et rien d'autre ; ce que le serveur a acquis ne repart pas.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { FORMULAIRE, ouvrirFiche } from "./outils/formulaire.mjs";
import { envoyer, frappe } from "./outils/page.mjs";

const { Reponses } = await frappe("reponses");
let page, reponses;
const lot = () => Object.fromEntries([...reponses.lot()].map(([nom, ecrite]) => [nom, JSON.parse(ecrite)]));
const toucher = (nom, valeur) => reponses.toucher(reponses.nomDe(page.taper(nom, valeur)));

beforeEach(() => {
  page = ouvrirFiche();
  reponses = new Reponses(page.formulaire);
});

describe("ce qui est une réponse", () => {
  test("ni le jeton, ni un bouton, ni une mémoire cachée ; un champ caché d'un tableau, si", () => {
    assert.deepEqual(reponses.champs().map((champ) => champ.name), ["titre", "resume", "rural", "cout_0", "cout_1", "plan-0-nom", "plan-0-id"]);
  });

  test("ni un fichier, ni le choix entre deux textes", () => {
    page.formulaire.querySelector("[id=id_titre]").type = "file";
    page.un("[id=id_resume]").parent.setAttribute("data-conflit", "resume");
    assert.deepEqual(reponses.champs().slice(0, 1).map((champ) => champ.name), ["rural"]);
  });

  test("un champ à plusieurs parties et un tableau n'en font qu'une", () => {
    assert.deepEqual([...new Set(reponses.champs().map((champ) => reponses.nomDe(champ)))], ["titre", "resume", "rural", "cout", "plan"]);
    assert.deepEqual(reponses.champsDe("plan").map((champ) => champ.name), ["plan-0-nom", "plan-0-id"]);
  });

  test("on retrouve la réponse d'une erreur, d'une partie ou d'un tableau entier", () => {
    assert.deepEqual(["titre", "cout", "cout_1", "plan-0-nom", "plan", "ailleurs"].map((nom) => reponses.reponseDe(nom)),
      ["titre", "cout", "cout", "plan", "plan", "ailleurs"]);
  });

  test("le premier élément qui reçoit le curseur n'est pas un champ caché", () => {
    page.un("[name=plan-0-id]").closest("tr").prepend(page.un("[name=plan-0-id]"));
    assert.equal(reponses.premier("plan").name, "plan-0-nom");
  });
});

describe("ce qui part", () => {
  test("rien tant que rien n'a changé, ni quand on revient au texte d'avant", () => {
    assert.deepEqual(lot(), {});
    assert.equal(toucher("titre", "Neuf"), true);
    assert.deepEqual(lot(), { titre: [["titre", "Neuf"]] });
    assert.equal(toucher("titre", "Ancien titre"), false);
    assert.deepEqual(lot(), {});
  });

  test("une case cochée part, décochée aussi", () => {
    toucher("rural", true);
    assert.deepEqual(lot(), { rural: [["rural", "oui"]] });
    reponses.acquerir("rural");
    toucher("rural", false);
    assert.deepEqual(lot(), { rural: [] });
  });

  test("une partie changée emporte toute la réponse", () => {
    toucher("cout_1", "TTC");
    assert.deepEqual(lot(), { cout: [["cout_0", "100"], ["cout_1", "TTC"]] });
    assert.deepEqual(reponses.couples(["cout", "rural"]), [["cout_0", "100"], ["cout_1", "TTC"]]);
  });

  test("ce que le navigateur a remis de lui-même part aussi", () => {
    page = ouvrirFiche();
    page.un("[name=titre]").value = "Remis par le navigateur";
    page.un("[name=rural]").checked = true;
    reponses = new Reponses(page.formulaire);
    assert.deepEqual(Object.keys(lot()), ["titre", "rural"]);
  });

  test("d'une liste, l'option que le serveur avait choisie, ou la première", () => {
    const liste = `<select name="etat"><option value="">–</option><option value="a">A</option><option value="b" selected>B</option></select>`;
    const sansChoix = liste.replace("etat", "autre").replace(" selected", "").replace('<option value="">–</option>', "");
    page = ouvrirFiche(FORMULAIRE.replace("<button", `${liste}${sansChoix}<button`));
    reponses = new Reponses(page.formulaire);
    assert.deepEqual(lot(), {});
    toucher("etat", "a");
    toucher("autre", "b");
    assert.deepEqual(lot(), { etat: [["etat", "a"]], autre: [["autre", "b"]] });
  });
});

describe("ce que le serveur a", () => {
  test("l'acquis ne repart pas ; ce qui est tapé pendant l'envoi repart", () => {
    toucher("titre", "Un");
    const parti = reponses.lot();
    toucher("titre", "Un deux");
    reponses.acquerir("titre", parti.get("titre"));
    assert.deepEqual(lot(), { titre: [["titre", "Un deux"]] });
    reponses.acquerir("titre");
    assert.deepEqual(lot(), {});
  });

  test("un aller et retour pendant l'envoi repart : le serveur a l'aller", () => {
    toucher("titre", "Aller");
    const parti = reponses.lot();
    toucher("titre", "Ancien titre");
    assert.deepEqual(lot(), {});
    reponses.acquerir("titre", parti.get("titre"));
    assert.deepEqual(lot(), { titre: [["titre", "Ancien titre"]] });
  });

  test("une réponse disputée ne part pas ; voulue, elle part même inchangée", () => {
    toucher("titre", "Le mien");
    reponses.retenues.add("titre");
    assert.deepEqual(lot(), {});
    assert.equal(reponses.toucher("titre"), false);
    reponses.retenues.delete("titre");
    reponses.acquerir("titre");
    reponses.vouloir("titre");
    assert.deepEqual(lot(), { titre: [["titre", "Le mien"]] });
  });

  test("taper remonte jusqu'au formulaire (l'outil d'essai lui-même)", () => {
    let vus = 0;
    page.formulaire.addEventListener("input", () => (vus += 1));
    envoyer(page.un("[name=titre]"), "input");
    assert.equal(vus, 1);
  });
});
