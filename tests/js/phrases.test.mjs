// Ce que la barre d'état dit : jamais « enregistré » de ce qui ne l'est pas, toujours depuis quand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frappe } from "./outils/page.mjs";

const { dire, heure } = await frappe("phrases");
const RIEN = { le: "", depuis: null, fausses: 0, disputees: 0, donnees: {} };
const NEUF_HEURES = new Date("2026-11-21T08:00:00Z");
const texte = (issue, reste = {}) => dire(issue, { ...RIEN, ...reste }).texte;

test("l'heure est celle de Paris, l'hiver et l'été", () => {
  assert.equal(heure(NEUF_HEURES), "09:00");
  assert.equal(heure(new Date("2026-07-01T22:30:00Z")), "00:30");
});

test("avant tout envoi, la promesse ; ensuite, l'heure du serveur", () => {
  assert.deepEqual(dire("ok", RIEN), { texte: "Vos réponses s’enregistrent pendant que vous tapez." });
  assert.deepEqual(dire("ok", { ...RIEN, le: "10:12" }), { texte: "Enregistré à 10:12" });
});

test("ce qui n'est pas enregistré est compté, au singulier puis au pluriel", () => {
  assert.equal(texte("ok", { le: "10:12", fausses: 1 }), "Enregistré à 10:12, sauf 1 réponse à corriger");
  assert.equal(texte("ok", { le: "10:12", fausses: 2 }), "Enregistré à 10:12, sauf 2 réponses à corriger");
  assert.equal(texte("ok", { le: "10:12", disputees: 1 }), "Enregistré à 10:12, sauf 1 réponse à choisir");
  assert.equal(texte("ok", { fausses: 1, disputees: 2 }), "Enregistré, sauf 1 réponse à corriger et 2 réponses à choisir");
  assert.equal(dire("ok", { ...RIEN, fausses: 1 }).genre, "attention");
});

test("une panne dit depuis quand, et propose de réessayer", () => {
  assert.deepEqual(dire("panne", { ...RIEN, depuis: NEUF_HEURES }), { texte: "Non enregistré depuis 09:00", genre: "echec", bouton: "reessayer" });
  assert.equal(texte("panne"), "Rien n’est perdu");
});

test("chaque arrêt a sa phrase et son issue", () => {
  const depuis = NEUF_HEURES;
  assert.deepEqual(dire("session", { ...RIEN, depuis }), { texte: "Non enregistré depuis 09:00 – votre session a expiré", genre: "echec", bouton: "reconnecter" });
  assert.match(texte("acces", { depuis }), /^Non enregistré depuis 09:00 – le compte connecté n’a pas accès/);
  assert.equal(dire("acces", RIEN).bouton, "reessayer");
  assert.match(texte("refus", { depuis }), /^Non enregistré depuis 09:00 – le site refuse cet envoi/);
  assert.equal(dire("refus", RIEN).bouton, "reessayer");
});

test("une candidature déposée ailleurs : la phrase et le lien du serveur", () => {
  const donnees = { phrase: "Déposée à 10:00 par une collègue.", url: "/fiche/1/" };
  assert.deepEqual(dire("deposee", { ...RIEN, donnees }), { texte: donnees.phrase, genre: "echec", url: donnees.url });
  assert.equal(texte("deposee", { depuis: NEUF_HEURES }), "Non enregistré depuis 09:00");
});
