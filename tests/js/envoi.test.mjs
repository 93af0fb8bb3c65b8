// Un envoi et le sens de sa réponse ; la file : jamais deux envois en vol.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { frappe } from "./outils/page.mjs";
import { COUPURE, reponse } from "./outils/serveur.mjs";

const { interroger, poster, posterEnPartant } = await frappe("envoi");
let page, patiences;
const couples = (valeur = "x") => () => [["titre", valeur]];
const envoyer = (valeur) => poster("/saisie/", page.formulaire, couples(valeur));

beforeEach(() => {
  page = ouvrirFiche();
  patiences = [];
  AbortSignal.timeout = (duree) => (patiences.push(duree), "signal");
});

describe("la requête", () => {
  test("porte le jeton, les couples, et se présente comme une saisie", async () => {
    await envoyer("été");
    const { adresse, options, couples: partis } = page.serveur.dernier;
    assert.equal(adresse, "/saisie/");
    assert.deepEqual(partis, [["csrfmiddlewaretoken", "jeton-1"], ["titre", "été"]]);
    assert.equal(options.method, "POST");
    assert.deepEqual(options.headers, { "X-Saisie": "1", Accept: "application/json" });
    assert.equal(options.redirect, "error"); // une page de connexion n'est pas une réponse
  });

  test("n'attend pas plus de 15 secondes", async () => {
    await envoyer();
    assert.deepEqual(patiences, [15_000]);
    assert.equal(page.serveur.dernier.options.signal, "signal");
  });

  // 200 octets d'en-tête, 150 par couple, et le texte en UTF-8 : 60 000 est le premier poids refusé.
  for (const [ecart, tient] of [[-1, true], [0, false], [1, false]])
    test(`survit à la fermeture si elle pèse moins de 60 000 octets (${ecart})`, async () => {
      await envoyer("x".repeat(60_000 - 200 - 150 - "titre".length + ecart));
      assert.equal(page.serveur.dernier.options.keepalive, tient);
    });

  test("un « é » pèse deux octets", async () => {
    await envoyer("é".repeat(29_830));
    assert.equal(page.serveur.dernier.options.keepalive, false);
  });
});

describe("ce que la réponse veut dire", () => {
  const CAS = [
    [200, {}, "ok"], [200, undefined, "panne"], [401, {}, "session"], [404, {}, "acces"], [403, {}, "acces"], [403, undefined, "acces"],
    [409, {}, "deposee"], [400, {}, "refus"], [413, undefined, "refus"], [429, {}, "panne"], [500, undefined, "panne"], [499, {}, "refus"],
    [503, {}, "panne"],
  ]; // prettier-ignore
  for (const [status, donnees, genre] of CAS)
    test(`${status} ${donnees ? "avec" : "sans"} JSON : ${genre}`, async () => {
      page.serveur.prevues = [reponse(status, donnees)];
      const issue = await envoyer();
      assert.equal(issue.genre, genre);
      assert.deepEqual(issue.donnees, {});
      assert.ok(!issue.reseau);
    });

  test("le serveur non joint est une panne de réseau", async () => {
    page.serveur.prevues = [COUPURE];
    assert.deepEqual(await envoyer(), { genre: "panne", reseau: true });
  });

  test("les données sont rendues", async () => {
    page.serveur.prevues = [reponse(200, { le: "10:00" })];
    assert.deepEqual((await envoyer()).donnees, { le: "10:00" });
  });
});

describe("un jeton refusé", () => {
  const perime = (jeton) => reponse(403, { jeton });

  test("est remplacé dans tous les formulaires, et l'envoi refait aussitôt", async () => {
    page.document.body.append(page.un("[name=csrfmiddlewaretoken]").cloneNode(true));
    page.serveur.prevues = [perime("jeton-2")];
    assert.equal((await envoyer()).genre, "ok");
    assert.deepEqual(page.serveur.envois.map(({ corps }) => corps.csrfmiddlewaretoken), ["jeton-1", "jeton-2"]);
    assert.deepEqual(page.document.querySelectorAll("[name=csrfmiddlewaretoken]").map(({ value }) => value), ["jeton-2", "jeton-2"]);
  });

  test("deux fois de suite, encore ; trois fois, c'est une panne", async () => {
    page.serveur.prevues = [perime("2"), perime("3")];
    assert.equal((await envoyer()).genre, "ok");
    page.serveur.prevues = [perime("4"), perime("5"), perime("6")];
    assert.equal((await envoyer()).genre, "panne");
    assert.equal(page.serveur.envois.length, 6);
  });

  test("ce qui part au second essai est ce qui est à l'écran alors", async () => {
    page.serveur.prevues = [perime("2")];
    let tour = 0;
    await poster("/saisie/", page.formulaire, () => [["titre", `essai ${(tour += 1)}`]]);
    assert.deepEqual(page.serveur.envois.map(({ corps }) => corps.titre), ["essai 1", "essai 2"]);
  });
});

describe("la file", () => {
  test("le second attend la réponse du premier, et dit ce qui est à l'écran à son tour", async () => {
    page.serveur.prevues = [null];
    let ecran = "avant";
    const premier = envoyer("premier");
    const second = poster("/saisie/", page.formulaire, () => [["titre", ecran]]);
    await page.repos();
    assert.equal(page.serveur.envois.length, 1);
    ecran = "après";
    page.serveur.repondre();
    await Promise.all([premier, second]);
    assert.deepEqual(page.serveur.envois.map(({ corps }) => corps.titre), ["premier", "après"]);
  });

  test("une coupure n'arrête pas la file", async () => {
    page.serveur.prevues = [COUPURE];
    const [premier, second] = await Promise.all([envoyer(), envoyer()]);
    assert.deepEqual([premier.genre, second.genre], ["panne", "ok"]);
  });

  test("une question n'attend pas son tour", async () => {
    page.serveur.prevues = [null];
    const premier = envoyer();
    await page.repos();
    assert.equal((await interroger("/etat/", page.formulaire, couples())).genre, "ok");
    page.serveur.repondre();
    await premier;
  });

  test("la page qui se ferme n'attend rien, ne lit rien, et ne se plaint pas", async () => {
    page.serveur.prevues = [null, COUPURE];
    const premier = envoyer();
    await page.repos();
    posterEnPartant("/saisie/", page.formulaire, couples("dernier"));
    assert.equal(page.serveur.dernier.corps.titre, "dernier");
    assert.equal(page.serveur.dernier.options.signal, undefined);
    page.serveur.repondre();
    await premier;
  });
});
