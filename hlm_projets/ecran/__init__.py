"""Ce que les formulaires et les modèles montrent à l'écran."""
