"""Faire entrer un fichier dans une fiche."""
