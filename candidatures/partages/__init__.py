"""Les invités d'une candidature."""
