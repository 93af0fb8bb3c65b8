// La page qui rend une saisie : dès que la personne s'est reconnectée, « Réessayer » marche du premier coup.
import { auRetour, demander, poser } from "./frappe/jeton.js";

const formulaire = document.querySelector("form[data-jeton]");
const annonce = formulaire.querySelector("[role=status]");

async function reprendre() {
  const { connecte, jeton } = await demander(formulaire.dataset.jeton);
  poser(jeton);
  const phrase = connecte ? "Vous êtes connecté : vous pouvez réessayer." : "";
  if (annonce.textContent !== phrase) annonce.textContent = phrase;
}

auRetour(() => reprendre().catch(() => {})); // sans réponse, « Réessayer » reste possible : l'envoi revient encore ici
