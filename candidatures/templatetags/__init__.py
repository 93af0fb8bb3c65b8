"""Balises des candidatures."""
