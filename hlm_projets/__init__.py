"""Réglages, adresses et boîte d'envoi de HLM Projets."""
