"""Les candidatures choisies, en un ZIP de PDF."""
