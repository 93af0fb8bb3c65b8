"""Les formulaires des comptes."""
