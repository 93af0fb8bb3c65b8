// Coller un bloc de tableur dans un tableau : chaque valeur trouve sa case, une ligne de plus, ou est rendue. Tout s'annule.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { charger, ouvrirPage } from "./outils/page.mjs";

const { estUnBloc, lireBloc } = await charger("tableau/bloc.js");
const { Collage, lever } = await charger("tableau/collage.js");
const { cellules, Rangees } = await charger("tableau/rangees.js");

const LIGNE = (n) => `<tr><td><div class="champ champ--faute"><label for="id_l-${n}-nom">Financeur, ligne ${n + 1}</label>
  <input id="id_l-${n}-nom" name="l-${n}-nom" value="nom ${n}" aria-invalid="true"><div class="fr-messages-group">Faux.</div></div></td>
  <td><input id="id_l-${n}-montant" name="l-${n}-montant" inputmode="decimal" value="${n}"></td>
  <td><select id="id_l-${n}-etat" name="l-${n}-etat"><option value=""></option><option value="a_confirmer" selected>À confirmer</option><option value="acquis">Acquis</option></select></td>
  <td><input type="checkbox" name="l-${n}-DELETE" value="oui"></td></tr>`;
const PAGE = `<form><input type="hidden" name="l-TOTAL_FORMS" value="2"><input type="hidden" name="l-MAX_NUM_FORMS" value="3">
  <table><tbody>${LIGNE(0)}${LIGNE(1)}</tbody></table></form>`;

let page, rangees;
const champ = (nom) => page.un(`[name=${nom}]`);
const valeurs = () => rangees.lignes.map((ligne) => cellules(ligne).map(({ value }) => value));
beforeEach(() => {
  page = ouvrirPage(PAGE);
  rangees = new Rangees(page.un("table"));
});

describe("lire un bloc", () => {
  const CAS = {
    "une cellule": ["a", [["a"]]],
    "deux lignes, le retour final n'en est pas une": ["a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]],
    "des cellules vides gardent leur place": ["a\t\tb\n\tc\t", [["a", "", "b"], ["", "c", ""]]],
    "un retour et une tabulation entre guillemets": ['"a\nb\tc"\td', [["a b c", "d"]]],
    "des guillemets doublés": ['"Fondation ""Abri"""\tb', [['Fondation "Abri"', "b"]]],
    "des guillemets ordinaires restent": ['"mot"\tle "mot" cité', [['"mot"', 'le "mot" cité']]],
    "un retour de Mac, des blancs autour": [" a \rb", [["a"], ["b"]]],
    "rien": ["", [[""]]],
  };
  for (const [nom, [texte, attendu]] of Object.entries(CAS)) test(nom, () => assert.deepEqual(lireBloc(texte), attendu));

  test("un bloc a plus d'une cellule ; un mot suivi d'un retour n'en est pas un", () => {
    assert.deepEqual(["a", "a\n", "a\r\n", "a\tb", "a\nb", "\t"].map(estUnBloc), [false, false, false, true, true, true]);
  });
});

describe("une ligne de plus", () => {
  test("vide, numérotée à la suite, sans les fautes du modèle ; le compte suit", () => {
    const ligne = rangees.ajouter();
    assert.deepEqual(cellules(ligne).map(({ name, id, value }) => [name, id, value]),
      [["l-2-nom", "id_l-2-nom", ""], ["l-2-montant", "id_l-2-montant", ""], ["l-2-etat", "id_l-2-etat", ""]]);
    assert.deepEqual([ligne.querySelector("label").htmlFor, ligne.querySelector("label").textContent], ["id_l-2-nom", "Financeur, ligne 3"]);
    assert.deepEqual([ligne.querySelector(".fr-messages-group"), ligne.querySelector("[aria-invalid]"), ligne.querySelector(".champ--faute")], [null, null, null]);
    assert.equal(champ("l-TOTAL_FORMS").value, "3");
  });

  test("la case « Retirer » n'est ni cochée ni vidée de sa valeur", () => {
    champ("l-1-DELETE").checked = true;
    const [retirer] = rangees.ajouter().querySelectorAll("[type=checkbox]");
    assert.deepEqual([retirer.checked, retirer.value], [false, "oui"]);
  });

  test("au maximum, aucune", () => {
    rangees.ajouter();
    assert.equal(rangees.ajouter(), null);
    assert.deepEqual([rangees.lignes.length, champ("l-TOTAL_FORMS").value], [3, "3"]);
  });
});

describe("coller", () => {
  const coller = (texte, nom = "l-0-nom") => new Collage(rangees).ecrire(lireBloc(texte), champ(nom));

  test("à partir de la cellule où l'on est, tel quel", () => {
    const collage = coller("1 234,50 €\tacquis\n2\tAcquis", "l-0-montant");
    assert.deepEqual(valeurs(), [["nom 0", "1 234,50 €", "acquis"], ["nom 1", "2", "acquis"]]);
    assert.equal(collage.dire(), "2 lignes collées.");
  });

  test("à partir de la seconde ligne, en ajoutant celles qui manquent", () => {
    const collage = coller("x\ny", "l-1-nom");
    assert.deepEqual(valeurs().map(([nom]) => nom), ["nom 0", "x", "y"]);
    assert.deepEqual([collage.dire(), collage.sansPlace], ["2 lignes collées.", []]);
  });

  test("ce qui n'a pas de place, à droite ou en bas, est rendu", () => {
    const collage = coller("1\tacquis\tde trop\tencore\n2\n3\n4\tb", "l-0-montant");
    assert.deepEqual(collage.sansPlace, ["de trop\tencore", "4\tb"]);
    assert.match(collage.dire(), /^3 lignes collées\. Une partie du bloc n’a pas trouvé de place/);
  });

  test("des cellules vides en trop ne sont rien à rendre", () => assert.deepEqual(coller("a\t1\t\t\t\nb\nc\n\t").sansPlace, []));

  test("une valeur de la liste se reconnaît sans accent, ni casse, ni ponctuation", () => {
    for (const ecrit of ["À confirmer", "a_confirmer", "A CONFIRMER", "à-confirmer "]) {
      coller(ecrit, "l-0-etat");
      assert.equal(champ("l-0-etat").value, "a_confirmer", ecrit);
    }
  });

  test("une valeur hors de la liste n'est pas devinée : à choisir, et gardée dans le libellé", () => {
    const collage = coller("promis", "l-1-etat");
    assert.deepEqual([champ("l-1-etat").value, champ("l-1-nom").value], ["", "nom 1 (promis)"]);
    assert.deepEqual(collage.aChoisir, [champ("l-1-etat")]);
    assert.match(collage.dire(), /^1 ligne collée\. Ligne 2 : « promis » n’est pas dans la liste/);
    lever(champ("l-1-etat"));
    assert.deepEqual(collage.aChoisir, []);
  });

  test("une case de liste vide vide la liste, sans rien à choisir", () => {
    const collage = coller("a\t1\t", "l-0-nom");
    assert.deepEqual([champ("l-0-etat").value, collage.aChoisir], ["", []]);
  });

  test("tout s'annule : chaque cellule retrouve ce qu'elle disait", () => {
    const avant = valeurs();
    const collage = coller("x\t9\tpromis\ny\t8\tacquis");
    assert.notDeepEqual(valeurs(), avant);
    collage.annuler();
    assert.deepEqual([valeurs(), collage.aChoisir], [avant, []]);
  });
});
