"""Les vues des comptes."""
