// Quitter la page : ce qui n'est pas parti part d'abord ; on n'est interrogé que s'il reste quelque chose ; qui insiste passe.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { envoyer, frappe } from "./outils/page.mjs";

const { Depart } = await frappe("depart");
let page, depart, issue, reste, vidages, derniers, envoisOrdinaires;

beforeEach(() => {
  page = ouvrirFiche();
  [issue, reste, vidages, derniers, envoisOrdinaires] = ["libre", true, 0, 0, 0];
  depart = new Depart(page.formulaire, {
    aGarder: () => reste,
    aVider: () => reste,
    vider: async () => ((vidages += 1), issue),
    dernier: () => (derniers += 1),
  });
  page.formulaire.requestSubmit = () => (envoisOrdinaires += 1);
});

const valider = async (formulaire = page.formulaire) => {
  const evenement = envoyer(formulaire, "submit", { submitter: page.un("[name=passer]") });
  await page.repos();
  return evenement.defaultPrevented;
};

describe("la question du navigateur", () => {
  test("n'est posée que s'il reste quelque chose", () => {
    depart.veiller();
    assert.equal(page.window.ecoutes("beforeunload"), 1);
    assert.equal(envoyer(page.window, "beforeunload").defaultPrevented, true);
    reste = false;
    depart.veiller();
    assert.equal(page.window.ecoutes("beforeunload"), 0);
  });

  test("n'est plus posée à qui part ; l'est de nouveau si la page revient", () => {
    depart.veiller();
    depart.laisserPartir();
    assert.equal(page.window.ecoutes("beforeunload"), 0);
    depart.veiller();
    assert.equal(page.window.ecoutes("beforeunload"), 0);
    envoyer(page.window, "pageshow");
    depart.veiller();
    assert.equal(page.window.ecoutes("beforeunload"), 1);
  });
});

describe("la page qui se cache ou se ferme", () => {
  test("cachée : ce qui reste part ; rien ne reste, rien ne part ; revenue, rien ne part", () => {
    page.cacher(true);
    page.cacher(false);
    reste = false;
    page.cacher(true);
    assert.equal(vidages, 1);
  });

  test("fermée : un dernier envoi, sauf si un envoi ordinaire emporte tout", () => {
    envoyer(page.window, "pagehide");
    assert.equal(derniers, 1);
    depart.laisserPartir();
    envoyer(page.window, "pagehide");
    assert.equal(derniers, 1);
  });
});

describe("un bouton du formulaire", () => {
  test("rien ne reste : l'envoi ordinaire passe", async () => {
    reste = false;
    assert.equal(await valider(), false);
    assert.deepEqual([vidages, depart.parti], [0, true]);
  });

  test("il reste quelque chose : c'est envoyé, puis l'envoi ordinaire est refait", async () => {
    assert.equal(await valider(), true);
    assert.deepEqual([vidages, envoisOrdinaires, depart.parti], [1, 1, true]);
    assert.equal(await valider(), false); // l'envoi refait passe
  });

  for (const [premiere, passeEnInsistant] of [["retenu", 1], ["coupé", 0]])
    test(`${premiere} : le premier clic ne part pas ; le second ${passeEnInsistant ? "part" : "non plus"}`, async () => {
      issue = premiere;
      await valider();
      assert.deepEqual([envoisOrdinaires, depart.parti], [0, false]);
      await valider();
      assert.equal(envoisOrdinaires, passeEnInsistant);
    });

  test("une insistance ne sert qu'une fois", async () => {
    issue = "retenu";
    await valider();
    await valider();
    depart.parti = false;
    await valider();
    assert.equal(envoisOrdinaires, 1);
  });

  test("deux clics pendant l'attente n'envoient qu'une fois", async () => {
    await Promise.all([valider(), valider()]);
    assert.deepEqual([vidages, envoisOrdinaires], [1, 1]);
  });

  test("un autre formulaire vide la saisie d'abord, sans la laisser partir", async () => {
    const autre = page.formulaire.cloneNode(true);
    page.formulaire.after(autre);
    let refaits = 0;
    autre.requestSubmit = () => (refaits += 1);
    assert.equal(await valider(autre), true);
    assert.deepEqual([vidages, refaits, depart.parti], [1, 1, false]);
  });

  test("une recherche (GET) ou un envoi déjà arrêté ne nous regardent pas", async () => {
    page.formulaire.method = "get";
    assert.equal(await valider(), false);
    page.formulaire.method = "post";
    page.formulaire.addEventListener("submit", (evenement) => evenement.preventDefault());
    await valider();
    assert.equal(vidages, 0);
  });
});

describe("un lien", () => {
  const HREF = "https://exemple.fr/liste/";
  const lien = (attributs = "", morceaux = {}) => {
    page.document.body.innerHTML = `<a href="${HREF}" ${attributs}><b>Liste</b></a>`;
    return Object.assign(page.un("a"), { origin: "https://exemple.fr", pathname: "/liste/", search: "", hash: "" }, morceaux);
  };
  const suivre = async (element, touches) => {
    const evenement = page.cliquer(element, touches);
    await page.repos();
    return evenement.defaultPrevented;
  };

  test("ce qui reste part, puis le lien est suivi", async () => {
    assert.equal(await suivre(lien().querySelector("b")), true);
    assert.deepEqual([vidages, page.location.suivies], [1, [HREF]]);
  });

  for (const empeche of ["retenu", "coupé"])
    test(`${empeche} : le premier clic reste, le second passe`, async () => {
      issue = empeche;
      const element = lien();
      await suivre(element);
      assert.deepEqual(page.location.suivies, []);
      await suivre(element);
      assert.deepEqual(page.location.suivies, [HREF]);
    });

  for (const touche of ["ctrlKey", "metaKey", "shiftKey", "altKey"])
    test(`${touche} : un autre onglet, rien à retenir`, async () => assert.equal(await suivre(lien(), { [touche]: true }), false));

  test("le bouton du milieu, une cible, un téléchargement, rien qui reste : laissés au navigateur", async () => {
    assert.equal(await suivre(lien(), { button: 1 }), false);
    assert.equal(await suivre(lien('target="_blank"')), false);
    assert.equal(await suivre(lien("download")), false);
    reste = false;
    assert.equal(await suivre(lien()), false);
    assert.equal(vidages, 0);
  });

  test("une ancre de la même page ne la quitte pas ; la même page sans ancre, si", async () => {
    assert.equal(await suivre(lien("", { pathname: "/fiche/1/", hash: "#titre" })), false);
    assert.equal(await suivre(lien("", { pathname: "/fiche/1/" })), true);
    assert.equal(await suivre(lien("", { hash: "#titre" })), true);
  });
});
