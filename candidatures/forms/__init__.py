"""Les formulaires des candidatures."""
