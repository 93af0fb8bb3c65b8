"""Publier les décisions d'une campagne."""
