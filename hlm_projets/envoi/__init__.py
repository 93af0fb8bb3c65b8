"""Les courriels : les écrire, les inscrire, les faire partir."""
