"""Lire un fichier joint sans s'y fier : le reconnaître, le dessiner, l'analyser."""
