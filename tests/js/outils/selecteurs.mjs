// Les sélecteurs CSS que nos modules emploient : nom, #id, .classe, [attribut], [a=b], [a*=b], [a$=b], [a^=b], :not(…), et la virgule.
// Un sélecteur d'une autre forme est une erreur, pour qu'un essai ne passe pas faute d'avoir compris.

const NOM = /^([a-z][\w-]*)/i;
const ID = /^#([\w-]+)/;
const CLASSE = /^\.([\w-]+)/;
const ATTRIBUT = /^\[([\w-]+)(?:([*$^]?=)(?:"([^"]*)"|'([^']*)'|([^\]]*)))?\]/;
const SAUF = /^:not\(([^)]*)\)/;

const COMPARER = {
  "=": (valeur, voulue) => valeur === voulue,
  "*=": (valeur, voulue) => valeur.includes(voulue),
  "$=": (valeur, voulue) => valeur.endsWith(voulue),
  "^=": (valeur, voulue) => valeur.startsWith(voulue),
};

export function convient(element, selecteur) {
  return selecteur.split(",").some((partie) => conditions(partie.trim()).every((condition) => condition(element)));
}

function conditions(partie) {
  const toutes = [];
  for (let reste = partie; reste; ) {
    const [lu, condition] = premiere(reste);
    toutes.push(condition);
    reste = reste.slice(lu.length);
  }
  return toutes;
}

function premiere(reste) {
  let lu;
  if ((lu = NOM.exec(reste))) return [lu[0], (element) => element.localName === lu[1]];
  if ((lu = ID.exec(reste))) return [lu[0], (element) => element.id === lu[1]];
  if ((lu = CLASSE.exec(reste))) return [lu[0], (element) => element.classList.contains(lu[1])];
  if ((lu = SAUF.exec(reste))) return [lu[0], (element) => !convient(element, lu[1])];
  if ((lu = ATTRIBUT.exec(reste))) return [lu[0], attribut(lu[1], lu[2], lu[3] ?? lu[4] ?? lu[5])];
  throw new Error(`sélecteur que les essais ne connaissent pas : ${reste}`);
}

function attribut(nom, operateur, voulue) {
  return (element) => element.hasAttribute(nom) && (!operateur || COMPARER[operateur](element.getAttribute(nom), voulue));
}
