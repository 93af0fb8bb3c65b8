// Les annexes : plusieurs fichiers à la suite, la progression de chacun, un fichier coupé se réessaie seul. Sans ce fichier, le
// formulaire ordinaire fait tout.
import { demander, poser as poserLeJeton } from "./frappe/jeton.js";

const JETONS = 3; // jetons neufs essayés de suite pour un fichier
const ATTENTES = [2000, 5000, 10000, 30000];
const depot = document.getElementById("depot-des-annexes");
const envois = document.getElementById("envois");
const annonce = document.getElementById("annexes-annonce");
const champ = depot.querySelector("input[type=file]");
const type = depot.querySelector("select[name=type]");
const suite = [];
let en_cours = false;

const dire = (phrase) => (annonce.textContent = phrase);
const element = (nom, classe, texte = "") => Object.assign(document.createElement(nom), { className: classe, textContent: texte });

// --- Une ligne par fichier ------------------------------------------------------------------------------------------------
const poser = (fichier) => {
  const ligne = element("li", "envoi");
  const nom = element("span", "envoi__nom", fichier.name);
  const barre = Object.assign(element("progress", ""), { max: 100, value: 0 });
  barre.setAttribute("aria-label", `Envoi de ${fichier.name}`);
  const etat = element("span", "envoi__etat", "en attente");
  const phrase = element("p", "envoi__phrase");
  ligne.append(nom, barre, etat, phrase);
  envois.append(ligne);
  return { fichier, type: type.value, ligne, barre, etat, phrase, essais: 0, jetons: 0 };
};

const progresser = (envoi, part) => {
  envoi.barre.value = part;
  envoi.etat.textContent = part < 100 ? `${part} %` : "vérification…";
};

const bouton = (envoi, libelle, geste) => {
  const b = element("button", "lien", libelle);
  b.type = "button";
  b.append(element("span", "fr-sr-only", ` ${envoi.fichier.name}`));
  b.addEventListener("click", geste);
  envoi.ligne.append(b);
  return b;
};

const arreter = (envoi, phrase) => {
  const avait = envoi.ligne.contains(document.activeElement);
  envoi.ligne.querySelectorAll("button").forEach((b) => b.remove());
  clearTimeout(envoi.minuterie);
  envoi.barre.hidden = Boolean(phrase);
  envoi.etat.textContent = phrase ? "non joint" : "joint";
  envoi.phrase.textContent = phrase;
  if (phrase) dire(`${envoi.fichier.name} n’est pas joint : ${phrase}`);
  if (phrase) {
    const fermer = bouton(envoi, "Effacer cette ligne", () => (envoi.ligne.remove(), champ.focus()));
    if (avait) fermer.focus();
  }
};

const reussir = (envoi, reponse) => {
  const avait = envoi.ligne.contains(document.activeElement);
  clearTimeout(envoi.minuterie);
  envoi.ligne.remove();
  montrer(reponse);
  dire(`${envoi.fichier.name} est joint.`);
  if (avait) champ.focus();
};

const montrer = ({ html, nombre }) => {
  const liste = document.getElementById("annexes-liste");
  const ouverts = [...liste.querySelectorAll("details[open]")].map((d) => d.closest("li").id);
  const foyer = liste.contains(document.activeElement);
  liste.innerHTML = html;
  ouverts.forEach((id) => document.getElementById(id)?.querySelector("details")?.setAttribute("open", ""));
  if (foyer) document.getElementById("jointes-titre")?.focus();
  document.querySelectorAll("[data-annexes]").forEach((compte) => (compte.textContent = nombre));
};

const DECONNECTE = "Votre session a expiré. Reconnectez-vous dans un autre onglet ; ce fichier n’est pas perdu.";
const estReconnecte = async () => {
  const { connecte, jeton } = await demander(depot.dataset.jeton).catch(() => ({ connecte: false }));
  if (connecte) poserLeJeton(jeton);
  return connecte;
};

// --- Coupé : ce fichier-là seul, de lui-même ou sur demande ------------------------------------------------------------------
const attendre = (envoi, phrase) => {
  const attente = ATTENTES[Math.min(envoi.essais++, ATTENTES.length - 1)];
  envoi.etat.textContent = "interrompu";
  envoi.phrase.textContent = `${phrase} Nouvel essai dans ${attente / 1000} s.`;
  dire(`L’envoi de ${envoi.fichier.name} est interrompu ; il reprendra de lui-même.`);
  envoi.reprendre = () => reprendre(envoi);
  envoi.minuterie = setTimeout(envoi.reprendre, attente);
  if (!envoi.ligne.querySelector("button")) bouton(envoi, "Réessayer", envoi.reprendre);
};

const reprendre = async (envoi) => {
  clearTimeout(envoi.minuterie);
  if (envoi.enVol || suite.includes(envoi)) return;
  if (envoi.deconnecte && !(await estReconnecte())) return attendre(envoi, DECONNECTE); // on ne renvoie pas 20 Mo pour l'apprendre
  envoi.deconnecte = false;
  if (suite.includes(envoi)) return;
  envoi.phrase.textContent = "";
  suite.push(envoi);
  avancer();
};

// --- Envoyer, un fichier à la fois -------------------------------------------------------------------------------------------
const lire = (requete) => {
  try {
    return JSON.parse(requete.responseText);
  } catch {
    return {};
  }
};

const conclure = (envoi, requete) => {
  const reponse = lire(requete);
  if (requete.status === 200 && reponse.html) {
    const rejet = reponse.rejets[0];
    if (!rejet) return reussir(envoi, reponse);
    return rejet.reessayer ? attendre(envoi, rejet.phrase) : arreter(envoi, rejet.phrase);
  }
  if (requete.status === 403 && reponse.jeton && envoi.jetons++ < JETONS) {
    poserLeJeton(reponse.jeton);
    return reprendre(envoi);
  }
  if (requete.status === 401) {
    envoi.deconnecte = true;
    return attendre(envoi, DECONNECTE);
  }
  if (reponse.phrase) return arreter(envoi, reponse.phrase);
  if (requete.status === 404) return arreter(envoi, "Vous ne pouvez plus modifier cette candidature.");
  if (requete.status === 413) return arreter(envoi, "Ce fichier est trop gros.");
  return attendre(envoi, "Le site n’a pas répondu comme attendu.");
};

const envoyer = (envoi) =>
  new Promise((fini) => {
    const donnees = new FormData();
    donnees.append("csrfmiddlewaretoken", depot.elements.csrfmiddlewaretoken.value);
    donnees.append("type", envoi.type);
    donnees.append("fichiers", envoi.fichier);
    const requete = new XMLHttpRequest();
    const conclu = (geste) => ((envoi.enVol = false), fini(geste()));
    envoi.enVol = true;
    requete.open("POST", depot.action);
    requete.setRequestHeader("X-Saisie", "1");
    requete.upload.onprogress = ({ loaded, total }) => progresser(envoi, Math.round((100 * loaded) / total));
    requete.onload = () => conclu(() => conclure(envoi, requete));
    requete.onerror = requete.onabort = requete.ontimeout = () => conclu(() => attendre(envoi, "La connexion a été coupée."));
    progresser(envoi, 0);
    requete.send(donnees);
  });

const avancer = async () => {
  if (en_cours) return;
  en_cours = true;
  while (suite.length) await envoyer(suite.shift());
  en_cours = false;
};

const joindre = (fichiers) => {
  if (!fichiers.length) return champ.focus();
  const maximum = Number(champ.dataset.octets);
  for (const fichier of fichiers) {
    const envoi = poser(fichier);
    if (maximum && fichier.size > maximum) arreter(envoi, `Ce fichier dépasse ${maximum / 1024 / 1024} Mo. Réduisez-le, ou coupez-le en deux.`);
    else suite.push(envoi);
  }
  dire(fichiers.length > 1 ? `Envoi de ${fichiers.length} fichiers.` : `Envoi de ${fichiers[0].name}.`);
  champ.value = "";
  avancer();
};

depot.addEventListener("submit", (evenement) => {
  if (!champ.files.length) return; // le serveur dit ce qui manque
  evenement.preventDefault();
  joindre([...champ.files]);
});

// --- Glisser, déposer ----------------------------------------------------------------------------------------------------------
depot.querySelector(".depot__invite").hidden = false;
for (const nom of ["dragenter", "dragover", "dragleave", "drop"]) {
  depot.addEventListener(nom, (evenement) => {
    if (!evenement.dataTransfer?.types.includes("Files")) return;
    evenement.preventDefault();
    depot.classList.toggle("depot--survol", nom === "dragenter" || nom === "dragover");
    if (nom === "drop") joindre([...evenement.dataTransfer.files]);
  });
}
// Un fichier lâché à côté du cadre n'ouvre pas à la place de la page.
for (const nom of ["dragover", "drop"]) addEventListener(nom, (evenement) => evenement.preventDefault());

addEventListener("online", () => document.querySelectorAll(".envoi button").forEach((b) => b.textContent.startsWith("Réessayer") && b.click()));
addEventListener("beforeunload", (evenement) => {
  if (en_cours || envois.querySelector(".envoi progress:not([hidden])")) evenement.preventDefault();
});
