// L'enregistrement au fil de la frappe de tout <form data-saisie="adresse" data-etat="adresse">. Sans ce fichier, les boutons suffisent.
import { Enregistrement } from "./frappe/enregistrement.js";

const barre = document.querySelector("[data-etat-de-la-saisie]");
const dialogue = document.querySelector("dialog[data-session]");

for (const formulaire of barre ? document.querySelectorAll("form[data-saisie]") : []) new Enregistrement(formulaire, barre, dialogue);
