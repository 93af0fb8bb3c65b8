"""Balises et filtres communs aux gabarits."""
