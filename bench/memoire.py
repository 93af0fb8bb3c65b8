"""La mémoire d'une page de saisie : « nom:empreinte … »."""


def lire(memoire: str) -> dict[str, str]:
    """Les couples, par nom de réponse."""
    return {nom: valeur for nom, _, valeur in (mot.partition(":") for mot in memoire.split())}


def fondre(memoire: str, neuve: str) -> str:
    """Les couples neufs à la place des anciens."""
    return " ".join(f"{nom}:{valeur}" for nom, valeur in (lire(memoire) | lire(neuve)).items())
