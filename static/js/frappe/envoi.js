// Un envoi, et ce que sa réponse veut dire. Un seul à la fois par page, sauf celui d'une page qui se ferme.
import { poser } from "./jeton.js";

const PATIENCE = 15_000; // millisecondes au-delà desquelles une réponse ne viendra plus
const EN_PARTANT = 60_000; // octets qu'un navigateur accepte de finir d'envoyer après la fermeture de la page
const JETONS = 2; // jetons neufs essayés de suite

let file = Promise.resolve();

// Rend { genre, donnees, reseau } : ok, session, acces, deposee, refus, panne (`reseau` : le serveur n'a pas été joint).
export function poster(adresse, formulaire, couples) {
  const tour = file.then(() => essayer(adresse, formulaire, couples, JETONS));
  file = tour;
  return tour;
}

// Sans attendre son tour : une question, qui n'écrit rien.
export function interroger(adresse, formulaire, couples) {
  return essayer(adresse, formulaire, couples, JETONS);
}

// Sans attendre, sans réponse : la page se ferme.
export function posterEnPartant(adresse, formulaire, couples) {
  fetch(adresse, requete(formulaire, couples())).catch(() => {});
}

async function essayer(adresse, formulaire, couples, jetons) {
  let reponse, donnees;
  try {
    reponse = await fetch(adresse, { ...requete(formulaire, couples()), signal: AbortSignal.timeout(PATIENCE) });
    donnees = await reponse.json().catch(() => null);
  } catch {
    return { genre: "panne", reseau: true };
  }
  if (reponse.status === 403 && donnees?.jeton && jetons) {
    poser(donnees.jeton);
    return essayer(adresse, formulaire, couples, jetons - 1);
  }
  return { genre: genreDe(reponse, donnees), donnees: donnees ?? {} };
}

function genreDe(reponse, donnees) {
  if (reponse.ok) return donnees ? "ok" : "panne";
  if (reponse.status === 401) return "session";
  if (reponse.status === 404 || (reponse.status === 403 && !donnees?.jeton)) return "acces";
  if (reponse.status === 409) return "deposee";
  return reponse.status < 500 && reponse.status !== 429 && reponse.status !== 403 ? "refus" : "panne";
}

function requete(formulaire, couples) {
  const corps = new FormData();
  corps.append("csrfmiddlewaretoken", formulaire.elements.csrfmiddlewaretoken.value);
  for (const [nom, valeur] of couples) corps.append(nom, valeur);
  return {
    method: "POST",
    body: corps,
    headers: { "X-Saisie": "1", Accept: "application/json" },
    redirect: "error",
    keepalive: poids(couples) < EN_PARTANT,
  };
}

function poids(couples) {
  const encodeur = new TextEncoder();
  return couples.reduce((somme, [nom, valeur]) => somme + 150 + encodeur.encode(nom + valeur).length, 200);
}
