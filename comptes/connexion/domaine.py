"""Le domaine de la démonstration."""

DOMAINE = "demonstration.example"
"""Le domaine des comptes qu'on essaie, un par rôle."""
