"""La huitième section du formulaire : les avis des services de l'État."""
