// Rien ne bouge sous les doigts : ce qui change au-dessus de ce qu'on lit ou tape est rattrapé par le défilement.

export function sansBouger(action) {
  const repere = document.activeElement?.closest("main") ? document.activeElement : null;
  const avant = repere?.getBoundingClientRect().top;
  action();
  const ecart = repere?.isConnected ? repere.getBoundingClientRect().top - avant : 0;
  if (ecart) window.scrollBy({ top: ecart, behavior: "instant" });
}
