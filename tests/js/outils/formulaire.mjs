// Un formulaire de fiche comme le serveur l'écrit, en petit : deux textes, une case, un coût en deux parties, un tableau.
import { frappe, ouvrirPage } from "./page.mjs";

const BARRE = `<div data-etat-de-la-saisie data-jeton="/jeton/"><span role="status"></span><span data-attente></span>
  <button type="button" data-reessayer hidden></button><button type="button" data-reconnecter hidden></button><a data-lien hidden></a></div>`;
const DIALOGUE = `<dialog data-session><button type="button" data-fermer></button></dialog>`;

export const FORMULAIRE = `<form method="post" data-saisie="/saisie/">
  <input type="hidden" name="csrfmiddlewaretoken" value="jeton-1">
  <input type="hidden" name="lu" data-memoire="couples" value="titre:t1 resume:r1">
  <input type="hidden" name="vu_cout" data-memoire="cout" value="c1">
  <div class="champ"><label for="id_titre">Titre</label><input id="id_titre" name="titre" value="Ancien titre"></div>
  <div class="champ"><label for="id_resume">Résumé</label><textarea id="id_resume" name="resume">Ancien résumé</textarea></div>
  <div class="champ"><input id="id_rural" type="checkbox" name="rural" value="oui"></div>
  <div class="champ champ--multiple" id="id_cout_groupe">
    <input id="id_cout_0" name="cout_0" value="100"><input id="id_cout_1" name="cout_1" value="HT">
  </div>
  <div data-reponse="plan"><table class="tableau--saisie" id="plan"><tbody>
    <tr><td><div class="champ champ--cellule"><label for="id_plan-0-nom">Nom 1</label><input id="id_plan-0-nom" name="plan-0-nom" value="État"></div></td>
    <td><input type="hidden" name="plan-0-id" value="7"></td></tr></tbody></table></div>
  <button name="passer" value="1">Suite</button>
</form>`;

export function ouvrirFiche(formulaire = FORMULAIRE) {
  const page = ouvrirPage(`<main>${BARRE}${formulaire}${DIALOGUE}</main>`);
  page.formulaire = page.un("form[data-saisie]");
  page.barre = page.un("[data-etat-de-la-saisie]");
  page.dialogue = page.un("dialog");
  page.phrase = () => page.un("[role=status]").textContent;
  page.attente = () => page.un("[data-attente]").textContent;
  page.visibles = () => page.barre.querySelectorAll("button, a").filter((e) => !e.hidden).map((e) => [...e.attributs.keys()].find((nom) => nom.startsWith("data-")));
  return page;
}

// La page vivante : l'enregistrement est branché.
export async function brancher(formulaire) {
  const page = ouvrirFiche(formulaire);
  const { Enregistrement } = await frappe("enregistrement");
  page.enregistrement = new Enregistrement(page.formulaire, page.barre, page.dialogue);
  return page;
}
