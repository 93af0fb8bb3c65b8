// Le bouton « Imprimer » : sans script, la commande du navigateur fait de même.
for (const bouton of document.querySelectorAll("[data-imprimer]")) {
  bouton.hidden = false;
  bouton.addEventListener("click", () => window.print());
}
