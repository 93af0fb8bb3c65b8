"""Écrire à plusieurs : ce que la page montrait, l'historique, les conflits, qui est là. Sert à la fiche, aux justifications, aux avis."""
