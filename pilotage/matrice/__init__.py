"""Les avis de toute une région, ou de la France, d'un coup d'œil."""
