"""L'installation de la démonstration : elle décide et publie, donc elle est ici ; ce qu'elle raconte est dans `candidatures.demonstration`."""
