"""Les décisions d'une campagne, et leur publication."""
