"""Lire un dossier, le vérifier, le faire avancer."""
