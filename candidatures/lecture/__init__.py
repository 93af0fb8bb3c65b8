"""Lire une candidature : un Document, composé de sections et de rubriques."""
