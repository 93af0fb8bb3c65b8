"""Le toit : ce que chaque page montre du site, les pages publiques, les erreurs."""
