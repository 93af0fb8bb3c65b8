"""La matrice du circuit, avant le comité : qui dépose, qui retire."""

from __future__ import annotations

from collections.abc import Iterator

from tests.droits.lignes import DE_B, DEPOSANT_DE_A, DEPOSENT_A, Ligne, ligne


def lignes_des_passages() -> Iterator[Ligne]:
    """Déposer (par le nom du passage, et par sa vue à lui), retirer ; un passage inventé n'existe pour personne."""
    passage, motif = "candidatures:franchir", {"motif": "Un motif."}
    yield ligne(passage, objet="brouillon_a", transition="deposer", ok=DEPOSENT_A)
    yield ligne(passage, "POST", "brouillon_a", transition="deposer", ok=DEPOSENT_A)
    yield ligne(passage, objet="deposee_a", transition="deposer", vers=DEPOSENT_A)
    yield ligne(passage, "POST", "deposee_a", transition="deposer", ok=DEPOSENT_A)
    yield ligne(passage, "POST", "brouillon_b", transition="deposer", ok=DE_B)
    yield ligne(passage, objet="deposee_a", transition="retirer", ok=DEPOSANT_DE_A)
    yield ligne(passage, "POST", "deposee_a", transition="retirer", conflit=DEPOSANT_DE_A)
    yield ligne(passage, "POST", "deposee_a", transition="retirer", vers=DEPOSANT_DE_A, donnees=motif)
    yield ligne(passage, "POST", "brouillon_a", transition="retirer", vers=DEPOSANT_DE_A, donnees=motif)
    for methode in ("GET", "POST"):
        yield ligne(passage, methode, "deposee_a", transition="inventee")
    depot = "candidatures:deposer"
    yield ligne(depot, objet="brouillon_a", ok=DEPOSENT_A)
    yield ligne(depot, "POST", "brouillon_a", ok=DEPOSENT_A)
    yield ligne(depot, objet="deposee_a", vers=DEPOSENT_A)
    yield ligne(depot, "POST", "deposee_a", ok=DEPOSENT_A)
    for methode in ("GET", "POST"):
        yield ligne(depot, methode, "brouillon_b", ok=DE_B)
        yield ligne(depot, methode, "inexistant")
