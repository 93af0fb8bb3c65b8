"""Remplir la fiche, section par section, au fil de la frappe."""
