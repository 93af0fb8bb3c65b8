// Tant que l'archive se prépare, relit la page et n'en remplace que ce qui a changé. Sans ce fichier : « Actualiser ».
const PAUSE = 2000;

const relire = async () => {
  const reponse = await fetch(location.href).catch(() => null);
  if (!reponse?.ok) return true;
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  const [ici, neuf] = [document, page].map((d) => d.getElementById("archive"));
  if (!neuf) return location.reload();
  if (ici.innerHTML === neuf.innerHTML) return true;
  ici.innerHTML = neuf.innerHTML;
  if ("enCours" in neuf.dataset) return true;
  document.title = page.title;
  document.getElementById("annonce").textContent = page.title; // le décompte, lui, ne s'annonce pas à chaque pas
  document.querySelector("main .actions").replaceWith(page.querySelector("main .actions"));
  return false;
};

const attendre = () => setTimeout(async () => (await relire()) && attendre(), PAUSE);
if ("enCours" in (document.getElementById("archive")?.dataset ?? {})) attendre();
