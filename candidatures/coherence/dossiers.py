"""Ce que d'autres dossiers de la campagne disent de celui-ci."""

from __future__ import annotations

from candidatures.coherence.constat import Trouve
from candidatures.coherence.rapprochements import depots_du_meme_projet, jumelles
from candidatures.models import Candidature


def depose_deux_fois(candidature: Candidature) -> Trouve | None:
    """Le même organisme n'a pas déjà déposé ce projet dans la campagne ; un invité lit ce constat sans pouvoir lire l'autre dossier."""
    deja = depots_du_meme_projet(candidature)
    if not deja:
        return None
    return Trouve(
        "L'organisme a déjà déposé dans cette campagne un projet du même nom ou au texte très proche : retirez l'un des deux, ou dites "
        "en quoi ils diffèrent.",
        ("nom", "descriptif"),
        {"Dossiers proches": str(len(deja))},
    )


def fiche_jumelle(candidature: Candidature) -> Trouve | None:
    """Aucun autre organisme n'a déposé une fiche presque identique qui ne soit liée à celle-ci ; elle n'est pas nommée."""
    nombre = len(jumelles(candidature))
    if not nombre:
        return None
    combien = "Un autre organisme a" if nombre == 1 else f"{nombre} autres organismes ont"
    return Trouve(
        f"{combien} déposé dans cette campagne, sur un département commun, une fiche au texte très proche. Si le projet est commun, "
        "dites-le, avec le nombre de ménages de chacun : ils ne doivent être comptés qu'une fois.",
        ("porteurs", "nombre_menages"),
        {"Fiches proches": str(nombre)},
    )
