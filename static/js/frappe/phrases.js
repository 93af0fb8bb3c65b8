// Ce qui est dit de l'enregistrement, selon ce que le serveur a répondu.

const ACCUEIL = "Vos réponses s’enregistrent pendant que vous tapez.";
const pluriel = (n, mot) => `${n} ${mot}${n > 1 ? "s" : ""}`;

export const heure = (instant) =>
  new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit" }).format(instant);

// Rend { texte, genre, bouton, url } pour la barre d'état.
export function dire(issue, { le, depuis, fausses, disputees, donnees }) {
  const debut = depuis ? `Non enregistré depuis ${heure(depuis)}` : "Rien n’est perdu";
  const phrases = {
    ok: () => enregistre(le, fausses, disputees),
    panne: () => ({ texte: debut, genre: "echec", bouton: "reessayer" }),
    session: () => ({ texte: `${debut} – votre session a expiré`, genre: "echec", bouton: "reconnecter" }),
    acces: () => ({
      texte: `${debut} – le compte connecté n’a pas accès à cette page. Votre texte reste ici : reconnectez-vous avec le vôtre.`,
      genre: "echec",
      bouton: "reessayer",
    }),
    deposee: () => ({ texte: donnees.phrase ?? debut, genre: "echec", url: donnees.url }),
    refus: () => ({
      texte: `${debut} – le site refuse cet envoi, sans doute trop gros : raccourcissez le texte, ou rechargez la page.`,
      genre: "echec",
      bouton: "reessayer",
    }),
  };
  return phrases[issue]();
}

function enregistre(le, fausses, disputees) {
  const sauf = [];
  if (fausses) sauf.push(`${pluriel(fausses, "réponse")} à corriger`);
  if (disputees) sauf.push(`${pluriel(disputees, "réponse")} à choisir`);
  if (!sauf.length) return { texte: le ? `Enregistré à ${le}` : ACCUEIL };
  return { texte: `${le ? `Enregistré à ${le}` : "Enregistré"}, sauf ${sauf.join(" et ")}`, genre: "attention" };
}
