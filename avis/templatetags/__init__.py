"""Les balises des avis, chargées par les gabarits des dossiers."""
