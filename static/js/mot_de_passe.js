// Un bouton « Afficher » après chaque mot de passe. Sans ce fichier, le champ reste un champ de mot de passe ordinaire.
for (const champ of document.querySelectorAll("input[type=password]")) {
  const bouton = Object.assign(document.createElement("button"), { type: "button", className: "lien champ__afficher", textContent: "Afficher" });
  const etiquette = champ.labels[0]?.firstChild?.textContent.trim() ?? "le mot de passe";
  const dire = (visible) => {
    champ.type = visible ? "text" : "password";
    bouton.textContent = visible ? "Masquer" : "Afficher";
    bouton.setAttribute("aria-label", `${bouton.textContent} : ${etiquette}`);
  };
  dire(false);
  bouton.addEventListener("click", () => dire(champ.type === "password"));
  champ.form?.addEventListener("submit", () => dire(false));
  champ.after(bouton);
}
