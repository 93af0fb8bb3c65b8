// Où est une réponse à l'écran, comment la remplacer, comment ne rien déplacer autour.

// Le tableau entier, ou le bloc du champ.
export const blocDe = (champ) => champ.closest("[data-reponse]") ?? champ.closest(".champ");

// `valeurs` : nom HTML → valeurs, comme un navigateur les enverrait.
export function ecrireDans(champs, valeurs) {
  for (const champ of champs) {
    const siennes = valeurs[champ.name] ?? [];
    if (champ.type === "checkbox" || champ.type === "radio") champ.checked = siennes.includes(champ.value);
    else champ.value = siennes[0] ?? "";
  }
}

// Rien ne bouge sous les doigts : ce qui change au-dessus de ce qu'on lit ou tape est rattrapé par le défilement.

export function sansBouger(action) {
  const repere = document.activeElement?.closest("main") ? document.activeElement : null;
  const avant = repere?.getBoundingClientRect().top;
  action();
  const ecart = repere?.isConnected ? repere.getBoundingClientRect().top - avant : 0;
  if (ecart) defilant(repere).scrollBy({ top: ecart, behavior: "instant" });
}

// Ce qui défile autour de cet élément : la page, ou un volet.
function defilant(element) {
  for (let parent = element.parentElement; parent; parent = parent.parentElement)
    if (parent.scrollHeight > parent.clientHeight && /auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent;
  return window;
}
