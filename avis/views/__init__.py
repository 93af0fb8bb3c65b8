"""Les écrans des avis."""
