"""Repartir d'un dossier d'une édition passée."""
