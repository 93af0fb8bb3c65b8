"""Le format d'échange « hlm-fiche/1 » : l'écrire, le lire."""
