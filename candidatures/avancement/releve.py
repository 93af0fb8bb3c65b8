"""Ce que la colonne de gauche de la fiche dit des listes et des annexes, sans les lire : une requête."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from candidatures.models import Annexe, Candidature

# Écrite ici, et non par l'ORM : six sous-requêtes lui prendraient vingt fois le temps que la base met à y répondre.
REQUETE = """
SELECT EXISTS (SELECT 1 FROM candidatures_candidature_departements WHERE candidature_id = %(dossier)s),
       EXISTS (SELECT 1 FROM candidatures_porteur WHERE candidature_id = %(dossier)s),
       EXISTS (SELECT 1 FROM candidatures_ligneduplan WHERE candidature_id = %(dossier)s),
       (SELECT COUNT(*) FROM candidatures_piece WHERE candidature_id = %(dossier)s),
       (SELECT COUNT(*) FROM candidatures_piece WHERE candidature_id = %(dossier)s AND (etat = %(infectee)s OR a_confirmer)),
       (SELECT COUNT(*) FROM candidatures_typedepiece t WHERE t.campagne_id = %(campagne)s AND t.exige AND NOT EXISTS
           (SELECT 1 FROM candidatures_piece p WHERE p.candidature_id = %(dossier)s AND p.type_id = t.id AND p.etat <> %(infectee)s))
"""


@dataclass(frozen=True, slots=True)
class Releve:
    """Si chaque liste compte un élément ; combien d'annexes sont jointes, et combien de points elles laissent à régler.

    `a_regler` compte ce qu'énumère `annexes_attendues`.
    """

    departements: bool
    organismes: bool
    lignes: bool
    jointes: int
    a_regler: int


def relever(candidature: Candidature) -> Releve:
    """Le relevé de l'instant ; l'avancement n'aura plus à demander si une liste est vide (`completude.a_un`)."""
    parametres: dict[str, Any] = {
        "dossier": candidature.pk,
        "campagne": candidature.campagne_id,
        "infectee": Annexe.Etat.INFECTEE.value,
    }
    with connection.cursor() as curseur:
        curseur.execute(REQUETE, parametres)
        departements, organismes, lignes, jointes, douteuses, manquent = curseur.fetchone()
    releve = Releve(bool(departements), bool(organismes), bool(lignes), jointes, douteuses + manquent)
    vars(candidature).update(a_departements=releve.departements, a_organismes=releve.organismes, a_lignes=releve.lignes)
    return releve
