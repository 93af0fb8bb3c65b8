"""Les annexes, sans la base : ce qui est permis, ce qu'un fichier contient vraiment, son nom, son aperçu, l'antivirus."""
