// Le jeton d'envoi, et la question « est-on reconnecté ? ».

export async function demander(adresse) {
  const reponse = await fetch(adresse, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!reponse.ok) throw new Error(`jeton : ${reponse.status}`);
  return reponse.json();
}

// Tous les formulaires de la page prennent le jeton neuf : « Se déconnecter » aussi doit marcher.
export function poser(jeton) {
  for (const champ of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) champ.value = jeton;
}

// Quand la personne revient à cet onglet.
export function auRetour(action) {
  window.addEventListener("focus", action);
  document.addEventListener("visibilitychange", () => document.hidden || action());
}
