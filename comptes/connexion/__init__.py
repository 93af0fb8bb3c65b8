"""Entrer : la page de connexion, les mots de passe, les sessions, la démonstration."""
