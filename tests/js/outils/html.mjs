// Du HTML bien formé vers l'arbre des essais. Ce que la norme répare (un <p> non fermé) n'est pas réparé ici.

const JETON = /<!--[\s\S]*?-->|<\/([a-z][\w:-]*)\s*>|<([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*)>|([^<]+)/gi;
const ATTRIBUT = /([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g;
const SEULS = new Set(["br", "hr", "img", "input", "meta", "link"]);
const ENTITES = { nbsp: "\u00a0", amp: "&", lt: "<", gt: ">", quot: '"' };

const clair = (texte) => texte.replace(/&(\w+);/g, (entite, nom) => ENTITES[nom] ?? entite);

export function lireHtml(html, { Element, Texte }) {
  const racine = new Element("#fragment");
  let lieu = racine;
  for (const [, ferme, ouvre, attributs, texte] of html.matchAll(JETON)) {
    if (texte) lieu.append(new Texte(clair(texte)));
    else if (ferme) lieu = remonter(lieu, ferme.toLowerCase());
    else if (ouvre) {
      const element = new Element(ouvre.toLowerCase(), lireAttributs(attributs.replace(/\/$/, "")));
      lieu.append(element);
      if (!SEULS.has(element.localName)) lieu = element;
    }
  }
  if (lieu !== racine) throw new Error(`HTML d'essai mal formé : <${lieu.localName}> n'est pas fermé`);
  return racine.childNodes.slice();
}

function remonter(lieu, nom) {
  if (lieu.localName !== nom) throw new Error(`HTML d'essai mal formé : </${nom}> ferme <${lieu.localName}>`);
  return lieu.parent;
}

function lireAttributs(texte) {
  return Object.fromEntries([...texte.matchAll(ATTRIBUT)].map(([, nom, a, b, c]) => [nom.toLowerCase(), clair(a ?? b ?? c ?? "")]));
}
