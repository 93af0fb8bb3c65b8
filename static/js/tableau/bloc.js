// Un bloc copié d'un tableur : des cellules séparées par des tabulations, des lignes par des retours ; rend un tableau de tableaux.
// Une cellule qui contient l'un ou l'autre arrive entre guillemets, ses guillemets doublés ; ses retours deviennent des espaces.

const CITEE = /^"((?:[^"]|"")*)"(?=\t|\n|$)/;

export function lireBloc(texte) {
  const lignes = [[]];
  let reste = texte.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (;;) {
    const { brut, valeur } = cellule(reste);
    lignes.at(-1).push(valeur);
    if (brut.length >= reste.length) return lignes;
    if (reste[brut.length] === "\n") lignes.push([]);
    reste = reste.slice(brut.length + 1);
  }
}

export const estUnBloc = (texte) => /[\t\r\n]/.test(texte.replace(/\r?\n$/, ""));

function cellule(reste) {
  const citee = CITEE.exec(reste);
  if (citee && /[\t\n]|""/.test(citee[1])) return { brut: citee[0], valeur: enLigne(citee[1].replaceAll('""', '"')) };
  const brut = /^[^\t\n]*/.exec(reste)[0];
  return { brut, valeur: enLigne(brut) };
}

const enLigne = (texte) => texte.replace(/\s*[\t\n]\s*/g, " ").trim();
