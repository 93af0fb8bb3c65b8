"""Où en est une fiche : ce qui manque, le plan, les étapes, les annexes attendues. Des calculs, sans écriture ni vue."""
