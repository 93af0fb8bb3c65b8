"""Organismes, services de l'État, personnes et habilitations."""
