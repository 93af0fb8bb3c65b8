"""Régler une édition de l'appel à projets."""
