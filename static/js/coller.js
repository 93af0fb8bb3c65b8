// Coller dans une zone de texte garde les puces, la numérotation, les paragraphes et les tableaux d'un traitement de texte.
// Sans ce fichier, ou sans liste ni tableau à coller, le navigateur colle le texte ordinaire du presse-papiers.
import { texteDeHtml } from "./coller/texte_de_html.js";

const POIDS = 2_000_000; // caractères de HTML au-delà desquels la page se figerait

document.addEventListener("paste", (evenement) => {
  const zone = evenement.target;
  if (evenement.defaultPrevented || zone.localName !== "textarea" || zone.readOnly || zone.disabled) return;
  const ordinaire = evenement.clipboardData.getData("text/plain");
  const texte = convertir(evenement.clipboardData.getData("text/html"), ordinaire);
  if (texte === null) return;
  evenement.preventDefault();
  inserer(zone, texte);
});

function convertir(html, ordinaire) {
  if (!html || html.length > POIDS) return null;
  const texte = texteDeHtml(html);
  return texte && garde(texte, ordinaire) ? texte : null;
}

// Chaque mot du texte ordinaire est dans le texte converti ; sinon la conversion a perdu quelque chose, et ne sert pas.
function garde(texte, ordinaire) {
  const mots = (chaine) => chaine.normalize("NFC").match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  const gardes = new Set(mots(texte));
  return mots(ordinaire).every((mot) => gardes.has(mot));
}

// Par une commande d'édition, que « Annuler » défait ; à défaut, en remplaçant la sélection. L'une comme l'autre déclenche « input ».
function inserer(zone, texte) {
  zone.focus();
  if (document.execCommand("insertText", false, texte)) return;
  zone.setRangeText(texte, zone.selectionStart, zone.selectionEnd, "end");
  zone.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste", data: texte }));
}
