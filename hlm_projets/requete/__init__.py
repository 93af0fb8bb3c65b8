"""Ce qui entoure une requête : l'instant, la connexion exigée, l'envoi borné."""
