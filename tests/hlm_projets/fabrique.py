"""Des courriels tout prêts dans la boîte d'envoi."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from hlm_projets.models import Courriel


def un_courriel(instant: datetime, *, nom: str = "essai", **champs: Any) -> Courriel:
    """Un courriel inscrit à cet instant, sous une clé neuve."""
    defauts = {"destinataire": "lea@exemple.fr", "objet": "Objet", "corps": "Corps", "cree_le": instant, "a_partir_de": instant}
    return Courriel.objects.create(nom=nom, cle=f"{nom}:{uuid4()}", **(defauts | champs))
