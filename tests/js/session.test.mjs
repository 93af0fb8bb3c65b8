// La session a expiré : le dialogue attend une pause, la reconnexion ailleurs fait repartir l'enregistrement, une fois.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ouvrirFiche } from "./outils/formulaire.mjs";
import { envoyer, frappe } from "./outils/page.mjs";
import { COUPURE, reponse } from "./outils/serveur.mjs";

const { Session } = await frappe("session");
let page, session, reprises;
const attendre = () => session.attendre(() => (reprises += 1));
const connecte = reponse(200, { connecte: true, jeton: "jeton-neuf" });

beforeEach(() => {
  page = ouvrirFiche();
  page.serveur.defaut = () => reponse(200, { connecte: false });
  session = new Session(page.dialogue, "/jeton/");
  reprises = 0;
});

for (const [ecart, ouvert] of [[-1, false], [0, true], [1, true]])
  test(`le dialogue s'ouvre une seconde après la dernière frappe (${ecart} ms)`, async () => {
    page.taper("titre", "a");
    await page.horloge.avancer(400);
    attendre();
    await page.horloge.avancer(600 + ecart);
    assert.equal(page.dialogue.open, ouvert);
  });

test("une frappe de plus le repousse", async () => {
  page.taper("titre", "a");
  attendre();
  await page.horloge.avancer(900);
  page.taper("titre", "ab");
  await page.horloge.avancer(999);
  assert.equal(page.dialogue.open, false);
  await page.horloge.avancer(1);
  assert.equal(page.dialogue.open, true);
});

test("sans frappe récente, il s'ouvre aussitôt ; on peut le fermer et le rouvrir", () => {
  attendre();
  assert.equal(page.dialogue.open, true);
  page.cliquer(page.un("[data-fermer]"));
  assert.equal(page.dialogue.open, false);
  session.ouvrir();
  assert.equal(page.dialogue.open, true);
});

test("rien à attendre : ni dialogue, ni question", async () => {
  session.ouvrir();
  await session.verifier();
  assert.deepEqual([page.dialogue.open, page.serveur.envois.length], [false, 0]);
});

test("demande toutes les 5 secondes si l'on est reconnecté", async () => {
  attendre();
  await page.horloge.avancer(4_999);
  assert.equal(page.serveur.envois.length, 0);
  await page.horloge.avancer(1);
  assert.equal(page.serveur.dernier.adresse, "/jeton/");
  assert.equal(page.serveur.dernier.options.cache, "no-store");
  await page.horloge.avancer(10_000);
  assert.deepEqual([page.serveur.envois.length, reprises], [3, 0]);
});

test("reconnecté : le jeton neuf, le dialogue fermé, une seule reprise, plus de questions", async () => {
  attendre();
  page.serveur.prevues = [connecte];
  await page.horloge.avancer(60_000);
  assert.deepEqual([reprises, page.dialogue.open, page.serveur.envois.length, page.horloge.reveils.size], [1, false, 1, 0]);
  assert.equal(page.un("[name=csrfmiddlewaretoken]").value, "jeton-neuf");
});

test("deux réponses qui se croisent ne font qu'une reprise", async () => {
  attendre();
  page.serveur.prevues = [null, null];
  const questions = [session.verifier(), session.verifier()];
  page.serveur.repondre(connecte);
  page.serveur.repondre(connecte);
  await Promise.all(questions);
  assert.equal(reprises, 1);
});

test("le réseau coupé ou le serveur en panne ne valent pas reconnexion", async () => {
  attendre();
  page.serveur.prevues = [COUPURE, reponse(503, { connecte: true, jeton: "faux" })];
  await page.horloge.avancer(10_000);
  assert.deepEqual([reprises, page.un("[name=csrfmiddlewaretoken]").value], [0, "jeton-1"]);
});

test("revenir à l'onglet pose la question sans attendre", async () => {
  attendre();
  envoyer(page.window, "focus");
  await page.repos();
  page.cacher(true);
  page.cacher(false);
  await page.repos();
  assert.equal(page.serveur.envois.length, 2);
});

test("une seconde expiration attend une seconde reprise", async () => {
  attendre();
  attendre();
  page.serveur.prevues = [connecte];
  await page.horloge.avancer(5_000);
  assert.equal(reprises, 1);
  attendre();
  page.serveur.prevues = [connecte];
  await page.horloge.avancer(5_000);
  assert.equal(reprises, 2);
});
