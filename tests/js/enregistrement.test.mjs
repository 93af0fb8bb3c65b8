// L'enregistrement au fil de la frappe : quand un envoi part, lequel, et ce que la page fait de chaque réponse.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { brancher, FORMULAIRE } from "./outils/formulaire.mjs";
import { envoyer, frappe } from "./outils/page.mjs";
import { COUPURE, reponse } from "./outils/serveur.mjs";

let page;
const avancer = (duree) => page.horloge.avancer(duree);
const envois = () => page.serveur.envois;
const titres = () => envois().map(({ corps }) => corps.titre);
const taper = (valeur) => page.taper("titre", valeur);
const frapper = async (valeur, duree = 700) => (taper(valeur), avancer(duree));
const rangs = () => envois().map(({ corps }) => Number(corps.rang));
const erreurs = (fautes) => reponse(200, { le: "10:00", ecrits: [], erreurs: fautes });

beforeEach(async () => {
  AbortSignal.timeout = () => undefined;
  page = await brancher();
});

describe("quand un envoi part", () => {
  test("rien n'a changé : rien ne part, et la page dit ce qu'elle promet", async () => {
    await avancer(60_000);
    assert.deepEqual([envois().length, page.phrase()], [0, "Vos réponses s’enregistrent pendant que vous tapez."]);
  });

  for (const [ecart, partis] of [[-1, 0], [0, 1], [1, 1]])
    test(`0,7 s après la dernière frappe (${ecart} ms)`, async () => {
      await frapper("a", 600);
      await frapper("ab", 700 + ecart);
      assert.equal(envois().length, partis);
    });

  for (const [ecart, partis] of [[-1, 0], [0, 1], [1, 1]])
    test(`1,5 s après la première, quand la frappe ne s'arrête pas (${ecart} ms)`, async () => {
      for (let rang = 0; rang < 14; rang += 1) await frapper(`a${rang}`, 100);
      await frapper("fin", 100 + ecart);
      assert.equal(envois().length, partis);
    });

  test("la première frappe d'après compte de nouveau 1,5 s", async () => {
    await frapper("a");
    await avancer(10_000);
    await frapper("b", 699);
    assert.equal(envois().length, 1);
    await avancer(1);
    assert.equal(envois().length, 2);
  });

  test("revenu au texte d'avant pendant la pause : rien ne part", async () => {
    await frapper("a", 300);
    await frapper("Ancien titre", 5_000);
    assert.equal(envois().length, 0);
  });

  test("ce que le navigateur a remis part de lui-même", async () => {
    page = await brancher(FORMULAIRE.replace("Ancien résumé", ""));
    page.un("[name=resume]").saisie = "remis";
    const { Enregistrement } = await frappe("enregistrement");
    new Enregistrement(page.formulaire, page.barre, page.dialogue);
    await avancer(700);
    assert.equal(page.serveur.dernier.corps.resume, "remis");
  });
});

describe("ce qui part", () => {
  test("la seule réponse changée, sa mémoire, la page et le rang", async () => {
    await frapper("Neuf");
    const { page: cle, ...reste } = page.serveur.dernier.corps;
    assert.equal(cle.length, 36);
    assert.deepEqual(reste, { csrfmiddlewaretoken: "jeton-1", champs: "titre", rang: "1", lu: "titre:t1 resume:r1", titre: "Neuf" });
  });

  test("un rang de plus à chaque envoi, même manqué, même recommencé", async () => {
    page.serveur.prevues = [COUPURE, reponse(403, { jeton: "jeton-2" })];
    await frapper("a");
    await avancer(2_000);
    await frapper("b");
    assert.deepEqual(rangs(), [1, 2, 3, 4]);
  });

  test("ce que le serveur a écrit ne repart pas, et la page en tient la nouvelle empreinte", async () => {
    page.serveur.prevues = [reponse(200, { le: "10:00", ecrits: ["titre"], memoire: { lu: "titre:t2" } })];
    await frapper("Neuf");
    page.taper("resume", "Suite");
    await avancer(700);
    const { corps } = page.serveur.dernier;
    assert.deepEqual([corps.champs, corps.lu, corps.titre], ["resume", "titre:t2 resume:r1", undefined]);
    assert.equal(page.phrase(), "Enregistré à 10:00");
  });
});

describe("un envoi en vol", () => {
  beforeEach(async () => {
    page.serveur.prevues = [null];
    await frapper("un");
  });

  test("la frappe d'après attend sa réponse : un seul envoi à la fois", async () => {
    await frapper("un deux", 1_000);
    assert.equal(envois().length, 1);
    page.serveur.repondre();
    await avancer(499);
    assert.deepEqual([envois().length, page.phrase()], [1, "Enregistrement…"]); // pas « Enregistré » : il reste du texte
    await avancer(1); // 1,5 s après la frappe, l'attente comprise
    assert.deepEqual([titres(), page.phrase()], [["un", "un deux"], "Enregistré à 10:00"]);
  });

  test("en retard quand la réponse arrive, la frappe d'après part aussitôt", async () => {
    await frapper("un deux", 10_000);
    assert.equal(envois().length, 1);
    page.serveur.repondre();
    await avancer(0);
    assert.deepEqual(titres(), ["un", "un deux"]);
  });

  test("revenir au texte d'avant pendant l'envoi l'envoie : le serveur a l'autre", async () => {
    await frapper("Ancien titre", 100);
    page.serveur.repondre();
    await avancer(1_500);
    assert.deepEqual(titres(), ["un", "Ancien titre"]);
  });

  test("il reste quelque chose tant que la réponse n'est pas là", async () => {
    assert.equal(page.enregistrement.reste(), true);
    page.serveur.repondre();
    await avancer(0);
    assert.equal(page.enregistrement.reste(), false);
    assert.equal(page.window.ecoutes("beforeunload"), 0);
  });

  test("deux demandes d'envoi n'en font qu'une", async () => {
    assert.equal(page.enregistrement.envoyer(), page.enregistrement.envoyer());
    page.serveur.repondre();
    await avancer(5_000);
    assert.equal(envois().length, 1);
  });
});

describe("une panne", () => {
  test("réessaie après 2, 4, 8, 16, 30 puis 30 secondes, sans rien perdre", async () => {
    page.serveur.defaut = () => COUPURE;
    await frapper("gardé");
    for (const secondes of [2, 4, 8, 16, 30, 30]) {
      const avant = envois().length;
      assert.equal(page.attente(), ` – nouvel essai dans ${secondes} s`);
      await avancer(secondes * 1_000 - 1);
      assert.equal(envois().length, avant, `${secondes} s moins 1 ms`);
      await avancer(1);
      assert.equal(envois().length, avant + 1, `${secondes} s`);
    }
    assert.deepEqual(new Set(titres()), new Set(["gardé"]));
  });

  test("dit depuis quand, et l'heure ne bouge pas d'un essai à l'autre", async () => {
    page.serveur.defaut = () => reponse(500);
    await frapper("a", 120_000);
    await frapper("ab", 120_000);
    assert.equal(page.phrase(), "Non enregistré depuis 10:00");
    assert.deepEqual(page.visibles(), ["data-reessayer"]);
  });

  test("finie, la page le dit, et la suivante recommence à 2 secondes", async () => {
    page.serveur.prevues = [COUPURE, COUPURE];
    await frapper("a");
    await avancer(6_000);
    assert.deepEqual([page.phrase(), page.attente()], ["Enregistré à 10:00", ""]);
    page.serveur.prevues = [COUPURE];
    await frapper("b");
    assert.equal(page.attente(), " – nouvel essai dans 2 s");
  });

  test("pendant l'attente, la frappe n'ajoute pas d'envoi ; elle part au prochain essai", async () => {
    page.serveur.prevues = [COUPURE];
    await frapper("a");
    await frapper("ab", 1_999);
    assert.equal(envois().length, 1);
    await avancer(1);
    assert.deepEqual(titres(), ["a", "ab"]);
  });

  test("peut-être écrit : même revenu au texte d'avant, il est redit", async () => {
    page.serveur.prevues = [reponse(504)];
    await frapper("a");
    await frapper("Ancien titre", 2_000);
    assert.deepEqual(titres(), ["a", "Ancien titre"]);
  });

  test("« Réessayer » et le retour du réseau n'attendent pas le décompte", async () => {
    page.serveur.prevues = [COUPURE, COUPURE];
    await frapper("a");
    page.cliquer(page.un("[data-reessayer]"));
    await avancer(0);
    assert.equal(envois().length, 2);
    envoyer(page.window, "online");
    await avancer(0);
    assert.equal(envois().length, 3);
    taper("ab");
    envoyer(page.window, "online"); // rien n'avait manqué : l'envoi garde son heure
    await avancer(699);
    assert.equal(envois().length, 3);
  });
});

describe("un arrêt", () => {
  test("session expirée : rien ne repart avant la reconnexion ; puis tout repart, une fois", async () => {
    page.serveur.prevues = [reponse(401, {})];
    page.serveur.defaut = (envoi) => (envoi.adresse === "/jeton/" ? reponse(200, { connecte: false }) : reponse(200, { le: "10:05", ecrits: envoi.noms }));
    await frapper("a");
    await avancer(1_000);
    assert.equal(page.phrase(), "Non enregistré depuis 10:00 – votre session a expiré");
    assert.equal(page.dialogue.open, true);
    await frapper("ab", 3_000);
    assert.deepEqual(titres().filter(Boolean), ["a"]);
    page.serveur.prevues = [reponse(200, { connecte: true, jeton: "jeton-9" })];
    envoyer(page.window, "focus");
    await avancer(10_000);
    assert.deepEqual(titres().filter(Boolean), ["a", "ab"]);
    assert.deepEqual([page.serveur.dernier.corps.csrfmiddlewaretoken, page.phrase()], ["jeton-9", "Enregistré à 10:05"]);
  });

  test("un compte sans accès : rien ne repart seul, mais revenir à l'onglet réessaie", async () => {
    page.serveur.prevues = [reponse(404)];
    await frapper("a", 60_000);
    assert.equal(envois().length, 1);
    envoyer(page.window, "focus");
    await avancer(0);
    assert.deepEqual([envois().length, page.phrase()], [2, "Enregistré à 10:00"]);
  });

  test("l'essai relancé, ce qu'on tape est dit en cours comme d'ordinaire", async () => {
    page.serveur.prevues = [reponse(404), null];
    await frapper("a");
    envoyer(page.window, "focus");
    await frapper("ab", 0);
    assert.equal(page.phrase(), "Enregistrement…");
    page.serveur.repondre();
    await avancer(0);
  });

  test("un envoi refusé : rien ne repart seul, mais corriger le texte relance", async () => {
    page.serveur.prevues = [reponse(413)];
    await frapper("trop gros", 60_000);
    assert.equal(envois().length, 1);
    assert.match(page.phrase(), /le site refuse cet envoi/);
    await frapper("court");
    assert.deepEqual(titres(), ["trop gros", "court"]);
  });

  test("déposée ailleurs : rien ne repart, même en tapant", async () => {
    page.serveur.prevues = [reponse(409, { phrase: "Déposée.", url: "/fiche/1/" })];
    await frapper("a");
    await frapper("ab", 60_000);
    assert.deepEqual([envois().length, page.phrase(), page.un("[data-lien]").href], [1, "Déposée.", "/fiche/1/"]);
  });
});

describe("ce qui n'est pas écrit n'est pas dit enregistré", () => {
  test("une réponse fausse est comptée, n'est pas renvoyée sans correction, et retient au départ", async () => {
    page.serveur.prevues = [erreurs({ titre: ["Trop long."] })];
    await frapper("a");
    assert.equal(page.phrase(), "Enregistré à 10:00, sauf 1 réponse à corriger");
    assert.deepEqual([page.enregistrement.reste(), page.window.ecoutes("beforeunload")], [true, 1]);
    await avancer(60_000);
    assert.equal(envois().length, 1);
    await frapper("b");
    assert.deepEqual([page.phrase(), page.enregistrement.reste()], ["Enregistré à 10:00", false]);
  });

  test("ni écrite, ni dite fausse : elle compte parmi celles à corriger", async () => {
    page.serveur.prevues = [reponse(200, { le: "10:00", ecrits: [] })];
    await frapper("a");
    assert.equal(page.phrase(), "Enregistré à 10:00, sauf 1 réponse à corriger");
    await frapper("b");
    assert.equal(page.phrase(), "Enregistré à 10:00");
  });

  test("pas écrite, puis dite fausse par l'envoi d'une autre : elle ne compte qu'une fois", async () => {
    page.serveur.prevues = [reponse(200, { le: "10:00", ecrits: [] }), reponse(200, { le: "10:00", ecrits: ["resume"], erreurs: { titre: ["Trop long."] } })];
    await frapper("a");
    page.taper("resume", "b");
    await avancer(700);
    assert.deepEqual([envois().length, page.phrase()], [2, "Enregistré à 10:00, sauf 1 réponse à corriger"]);
  });

  test("fausse et pas écrite, elle ne compte qu'une fois ; deux fausses comptent deux", async () => {
    page.serveur.prevues = [erreurs({ titre: ["Trop long."], resume: ["Vide."] })];
    page.taper("resume", "");
    await frapper("a");
    assert.equal(page.phrase(), "Enregistré à 10:00, sauf 2 réponses à corriger");
  });
});

describe("deux textes", () => {
  const BOITE = `<div data-conflit="titre"><button data-choix="mien"></button><button data-choix="sien"></button></div>`;
  const conflit = (valeurs = { titre: ["Le sien"] }) =>
    reponse(200, { le: "10:00", ecrits: [], memoire: { lu: "titre:t2" }, conflits: [{ champ: "titre", html: BOITE, valeurs }] });
  const choisir = async (lequel) => (page.cliquer(page.un(`[data-choix=${lequel}]`)), avancer(0));
  beforeEach(async () => {
    page.serveur.prevues = [conflit()];
    await frapper("Le mien");
  });

  test("rien ne part avant le choix, et la page le dit", async () => {
    assert.equal(page.phrase(), "Enregistré à 10:00, sauf 1 réponse à choisir");
    await frapper("Le mien, suite", 5_000);
    assert.deepEqual([envois().length, page.enregistrement.reste()], [1, true]);
  });

  test("une autre réponse, elle, part ; ce que l'autre texte dit n'y est pas encore tenu pour lu", async () => {
    page.taper("resume", "suite");
    await avancer(700);
    assert.deepEqual([page.serveur.dernier.corps.champs, page.serveur.dernier.corps.lu], ["resume", "titre:t1 resume:r1"]);
  });

  test("le mien part, avec ce que l'autre texte a fait lire", async () => {
    await choisir("mien");
    const { titre, lu } = page.serveur.dernier.corps;
    assert.deepEqual([envois().length, titre, lu], [2, "Le mien", "titre:t2 resume:r1"]);
    assert.equal(page.phrase(), "Enregistré à 10:00");
  });

  test("le sien ne fait rien partir, et la page n'a plus rien à choisir", async () => {
    await choisir("sien");
    assert.deepEqual([envois().length, page.phrase(), page.enregistrement.reste()], [1, "Enregistré à 10:00", false]);
    assert.equal(page.un("[name=lu]").value, "titre:t2 resume:r1");
  });

  test("l'autre est un tableau : ce qui reste part, puis la page se relit", async () => {
    page.serveur.prevues = [conflit(null)];
    await choisir("mien");
    page.taper("resume", "à sauver");
    await choisir("sien");
    assert.deepEqual([page.serveur.dernier.corps.resume, page.location.rechargements], ["à sauver", 1]);
  });

  test("… et ne se relit pas si ce qui reste n'est pas parti", async () => {
    page.serveur.prevues = [conflit(null), COUPURE];
    await choisir("mien");
    page.taper("resume", "à sauver");
    await choisir("sien");
    assert.equal(page.location.rechargements, 0);
  });
});

describe("quitter la page", () => {
  const vider = () => page.enregistrement.vider();

  test("ce qui reste part, et l'on peut partir", async () => {
    taper("a");
    assert.deepEqual([await vider(), titres()], ["libre", ["a"]]);
  });

  test("frappé pendant l'envoi en vol : les deux partent, dans l'ordre", async () => {
    page.serveur.prevues = [null];
    await frapper("a");
    taper("ab");
    const issue = vider();
    page.serveur.repondre();
    await page.repos();
    assert.deepEqual([await issue, titres()], ["libre", ["a", "ab"]]);
  });

  for (const [nom, prevue, issue] of [
    ["réseau coupé", COUPURE, "coupé"], ["serveur en panne", reponse(500), "retenu"], ["session expirée", reponse(401), "retenu"],
    ["accès perdu", reponse(404), "retenu"], ["déposée", reponse(409, {}), "libre"], ["refusée", reponse(413), "libre"],
  ])
    test(`${nom} : ${issue}`, async () => {
      page.serveur.prevues = [prevue];
      taper("a");
      assert.equal(await vider(), issue);
    });

  test("la page se ferme : un dernier envoi de ce qui reste ; aucun s'il ne reste rien, ou si tout est arrêté", async () => {
    envoyer(page.window, "pagehide");
    assert.equal(envois().length, 0);
    taper("a");
    envoyer(page.window, "pagehide");
    assert.deepEqual([titres(), rangs(), page.serveur.dernier.options.keepalive], [["a"], [1], true]);
    page.serveur.prevues = [reponse(409, {})];
    await frapper("ab");
    envoyer(page.window, "pagehide");
    assert.equal(envois().length, 2);
  });

  test("déposée ailleurs : un bouton n'envoie plus rien", async () => {
    page.serveur.prevues = [reponse(409, {})];
    await frapper("a");
    await frapper("ab");
    page.formulaire.requestSubmit = () => assert.fail("rien à refaire");
    assert.equal(envoyer(page.formulaire, "submit").defaultPrevented, false);
    assert.equal(envois().length, 1);
  });
});

describe("le relevé", () => {
  const ETAT = { fragments: {}, changees: [{ champ: "resume", html: "<p class='changee'>Changé</p>", empreinte: "r2", valeurs: {} }] };
  const changees = () => page.document.querySelectorAll(".changee").length;
  beforeEach(async () => {
    page = await brancher(FORMULAIRE.replace('data-saisie="/saisie/"', 'data-saisie="/saisie/" data-etat="/etat/"'));
    page.serveur.defaut = (envoi) => (envoi.adresse === "/etat/" ? reponse(200, ETAT) : reponse(200, { le: "10:00", ecrits: envoi.noms }));
  });
  const releves = () => envois().filter(({ adresse }) => adresse === "/etat/").length;

  test("toutes les 15 secondes, et une seconde après un enregistrement", async () => {
    await avancer(15_000);
    assert.deepEqual([releves(), changees()], [1, 1]);
    await frapper("a", 1_699);
    assert.equal(releves(), 1);
    await avancer(1);
    assert.equal(releves(), 2);
  });

  test("pas pendant une panne", async () => {
    page.serveur.defaut = (envoi) => (envoi.adresse === "/etat/" ? reponse(200, ETAT) : COUPURE);
    await frapper("a", 120_000);
    assert.equal(releves(), 0);
  });

  test("pas pendant un arrêt", async () => {
    page.serveur.prevues = [reponse(413)];
    await frapper("a", 60_000);
    assert.equal(releves(), 0);
  });

  test("une réponse lue pendant un envoi est jetée : elle dit l'état d'avant", async () => {
    page.serveur.prevues = [null, null];
    await avancer(15_000);
    await frapper("a");
    page.serveur.repondre(reponse(200, ETAT));
    await avancer(0);
    assert.deepEqual([envois().length, changees()], [2, 0]);
    page.serveur.repondre(reponse(200, { le: "10:00", ecrits: ["titre"] }));
    await avancer(1_000);
    assert.equal(changees(), 1);
  });

  test("pas de question pendant un envoi", async () => {
    page.serveur.prevues = [null];
    await frapper("a", 60_000);
    assert.equal(releves(), 0);
    page.serveur.repondre();
    await avancer(0);
  });

  test("la session expirée s'y voit aussi", async () => {
    page.serveur.prevues = [reponse(401)];
    await avancer(15_000);
    assert.equal(page.phrase(), "Rien n’est perdu – votre session a expiré");
  });
});
