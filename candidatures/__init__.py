"""La fiche, son circuit et ses documents."""
