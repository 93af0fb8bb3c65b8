"""Les données de la démonstration : tout y est inventé, les organismes, les personnes et les projets."""

PREMIER_BAILLEUR = "900000011"
"""Le SIREN (inventé) de l'organisme que supposent les commandes quand on n'en nomme pas."""
