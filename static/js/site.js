// Le confort, jamais le nécessaire : sans ce fichier, tout marche.

// Après un envoi refusé, la lecture reprend à ce qui n'a pas pu être enregistré.
document.querySelector("#conflits, #erreurs")?.focus();

// Un lien du résumé mène dans le champ lui-même, et non au-dessus.
document.getElementById("erreurs")?.addEventListener("click", (evenement) => {
  const cible = evenement.target.closest("a") && document.getElementById(evenement.target.hash.slice(1));
  if (!cible) return;
  evenement.preventDefault();
  cible.focus();
  (cible.closest(".champ") ?? cible).scrollIntoView({ block: "start" });
});

// Compte les caractères comme le serveur (candidatures/champs/textes.py) : points de code, après normalisation, sans les caractères de contrôle.
const CONTROLES = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const nombre = new Intl.NumberFormat("fr-FR");
const accord = (n, mot) => `${nombre.format(n)} ${mot}${n > 1 ? "s" : ""}`;

const PROCHE = 0.8; // d'un texte court, on ne compte à l'écran que la fin

for (const compteur of document.querySelectorAll("[data-compteur]")) {
  const champ = document.getElementById(compteur.dataset.compteur);
  const maximum = Number(compteur.dataset.maximum);
  const lignesAdmises = Number(compteur.dataset.lignes ?? Infinity);
  const annonce = Object.assign(document.createElement("span"), { className: "fr-sr-only" });
  annonce.setAttribute("role", "status");
  compteur.after(annonce);
  let depassait = false;
  const compter = () => {
    const texte = champ.value.replace(CONTROLES, "").normalize("NFC");
    const taille = [...texte].length;
    const lignes = texte.split(/[\n\u2028\u2029]/).length;
    const trop = [
      taille > maximum && `${accord(taille - maximum, "caractère")} de trop, sur ${nombre.format(maximum)} admis`,
      lignes > lignesAdmises && `${accord(lignes - lignesAdmises, "ligne")} de trop, sur ${nombre.format(lignesAdmises)} admises`,
    ].filter(Boolean);
    const depasse = trop.length > 0;
    compteur.textContent = depasse ? trop.join(" ; ") : `${accord(taille, "caractère")} sur ${nombre.format(maximum)} admis`;
    compteur.classList.toggle("champ__compteur--depasse", depasse);
    if (compteur.matches(".champ__compteur--proche")) compteur.hidden = !depasse && taille < maximum * PROCHE;
    if (depasse !== depassait) annonce.textContent = depasse ? "Le texte est trop long." : "Le texte n’est plus trop long.";
    depassait = depasse;
  };
  champ?.addEventListener("input", compter);
  if (champ) compter();
}

// Ce qu'il faut pour bien coller ne se charge qu'en entrant dans une zone de texte ; hors ligne, le navigateur colle sans.
document.addEventListener("focusin", ({ target }) => target.localName === "textarea" && import("./coller.js").catch(() => {}));

// Une rubrique reprise que l'on change n'est plus à relire : sa marque s'efface, sa place reste.
document.addEventListener("input", ({ target }) => {
  const nom = target.closest("[data-reponse]")?.dataset.reponse ?? target.name?.replace(/_(precision|min|max|unite)$/, "");
  document.getElementById(`a-relire-${nom}`)?.classList.add("a-relire--changee");
});
