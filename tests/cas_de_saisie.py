"""Ce que tout enregistrement au fil de la frappe doit tenir : la fiche et les avis passent les mêmes cas.

Un module d'essais en hérite (`class TestX(CasDeSaisie)`) et donne la fixture `terrain`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

PAGE, AUTRE_PAGE = str(uuid.uuid4()), str(uuid.uuid4())
TROP = "x" * 20_001
"""Un caractère de trop pour un texte long."""


class Terrain(Protocol):
    """Une page de saisie : deux de ses textes longs, ce qu'elle envoie, ce que la base garde."""

    champ: str
    autre: str
    requetes: int
    """Requêtes d'un enregistrement, au plus."""
    client: Client
    historique: str
    """L'adresse de la page de l'historique."""

    def memoire(self, *noms: str) -> dict[str, str]:
        """Ce que la page retient de ces réponses, telles que la base les garde."""

    def envoyer(self, reponses: Mapping[str, str], *, page: str = PAGE, lu: Mapping[str, str] | None = None, **plus: Any) -> Any:
        """Le JSON rendu ; sans `lu`, la page montrait ce que la base garde."""

    def gardee(self, nom: str) -> str:
        """La réponse en base."""

    def traces(self, nom: str) -> QuerySet[Any]:
        """L'historique de cette réponse."""


class CasDeSaisie:
    """Écrire, refuser, disputer, noter : une réponse à la fois."""

    # --- Écrire --------------------------------------------------------------------------------------------------------
    def test_une_reponse_est_ecrite_et_sa_memoire_rendue(self, terrain: Terrain) -> None:
        rendu = terrain.envoyer({terrain.champ: "Un texte neuf\r\nsur deux lignes"})
        assert terrain.gardee(terrain.champ) == "Un texte neuf\nsur deux lignes"
        assert rendu["ecrits"] == [terrain.champ]
        assert rendu["memoire"] == terrain.memoire(terrain.champ)
        assert (rendu["erreurs"], rendu["conflits"]) == ({}, [])
        assert re.fullmatch(r"\d\d:\d\d", rendu["le"])

    def test_une_reponse_videe_l_est_en_base(self, terrain: Terrain) -> None:
        terrain.envoyer({terrain.champ: "Un texte"})
        terrain.envoyer({terrain.champ: ""})
        assert terrain.gardee(terrain.champ) == ""

    def test_les_justes_sont_ecrites_meme_si_une_autre_est_fausse(self, terrain: Terrain) -> None:
        avant = terrain.gardee(terrain.champ)
        rendu = terrain.envoyer({terrain.champ: TROP, terrain.autre: "Juste"})
        assert (terrain.gardee(terrain.champ), terrain.gardee(terrain.autre)) == (avant, "Juste")
        assert list(rendu["erreurs"]) == [terrain.champ]
        assert rendu["ecrits"] == [terrain.autre]

    def test_rien_d_autre_que_ce_que_la_page_nomme_n_est_ecrit(self, terrain: Terrain) -> None:
        avant = terrain.gardee(terrain.autre)
        terrain.envoyer(
            {terrain.champ: "Neuf", terrain.autre: "glissé", "etat": "retenue"}, champs=f"{terrain.champ} etat inconnu"
        )
        assert (terrain.gardee(terrain.champ), terrain.gardee(terrain.autre)) == ("Neuf", avant)

    # --- À plusieurs ---------------------------------------------------------------------------------------------------
    def test_la_meme_reponse_changee_par_un_autre_n_est_pas_ecrite(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Le texte du collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu)
        assert terrain.gardee(terrain.champ) == "Le texte du collègue"
        assert [conflit["champ"] for conflit in rendu["conflits"]] == [terrain.champ]
        assert "collègue" in rendu["conflits"][0]["html"]
        assert rendu["ecrits"] == []

    def test_une_dispute_n_empeche_pas_d_ecrire_le_reste(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ, terrain.autre)
        terrain.envoyer({terrain.champ: "Le texte du collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: "Mon texte", terrain.autre: "Mon autre texte"}, lu=lu)
        assert (terrain.gardee(terrain.champ), terrain.gardee(terrain.autre)) == ("Le texte du collègue", "Mon autre texte")
        assert rendu["ecrits"] == [terrain.autre]

    def test_apres_l_avoir_lu_on_peut_l_ecrire(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Le texte du collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu)
        terrain.envoyer({terrain.champ: "Mon texte"}, lu=rendu["memoire"])
        assert terrain.gardee(terrain.champ) == "Mon texte"

    def test_d_autres_reponses_s_ajoutent_en_silence(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ, terrain.autre)
        terrain.envoyer({terrain.champ: "Le texte du collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.autre: "Le mien"}, lu=lu)
        assert (terrain.gardee(terrain.champ), terrain.gardee(terrain.autre)) == ("Le texte du collègue", "Le mien")
        assert rendu["conflits"] == []

    def test_une_reponse_perdue_en_route_ne_fait_pas_de_conflit(self, terrain: Terrain) -> None:
        """Le serveur a écrit, la page ne l'a pas su (F-03) : elle réessaie, plus loin dans sa frappe, avec sa vieille mémoire."""
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Mon tex"}, lu=lu)
        rendu = terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu)
        assert (terrain.gardee(terrain.champ), rendu["conflits"]) == ("Mon texte", [])

    def test_deux_envois_qui_se_croisent_gardent_le_plus_recent(self, terrain: Terrain) -> None:
        """La page se ferme pendant un envoi : le dernier, parti par une autre connexion, peut arriver le premier (F-05)."""
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu, rang="8")
        rendu = terrain.envoyer({terrain.champ: "Mon tex"}, lu=lu, rang="7")
        assert (terrain.gardee(terrain.champ), rendu["conflits"]) == ("Mon texte", [])
        terrain.envoyer({terrain.champ: "Mon texte !"}, lu=lu, rang="9")
        assert terrain.gardee(terrain.champ) == "Mon texte !"

    @pytest.mark.parametrize(("page", "rang", "garde"), [
        (PAGE, "6", ""), (PAGE, "7", "En retard"), (PAGE, "8", "En retard"), (AUTRE_PAGE, "6", "En retard"), (PAGE, "", "En retard"),
    ], ids=["avant", "le même", "après", "autre page", "sans rang"])  # fmt: skip
    def test_un_envoi_devance_ne_s_ecrit_pas(self, terrain: Terrain, page: str, rang: str, garde: str) -> None:
        """La page est revenue à ce qu'elle montrait : rien, dans les textes, ne dit que cet envoi est vieux ; son rang le dit."""
        lu = terrain.memoire(terrain.champ)
        montre = terrain.gardee(terrain.champ)
        for texte, envoye in (("Mon texte", "5"), (montre, "7")):
            terrain.envoyer({terrain.champ: texte}, lu=lu, rang=envoye)
        terrain.envoyer({terrain.champ: "En retard"}, lu=lu, page=page, rang=rang)
        assert terrain.gardee(terrain.champ) == (garde or montre)

    @pytest.mark.parametrize(("page", "rang", "garde"), [
        (PAGE, "6", ""), (PAGE, "7", "En retard"), (PAGE, "8", "En retard"), (AUTRE_PAGE, "6", "En retard"), (PAGE, "", "En retard"),
    ], ids=["avant", "le même", "après", "autre page", "sans rang"])  # fmt: skip
    def test_ni_apres_un_envoi_qui_n_a_rien_change(self, terrain: Terrain, page: str, rang: str, garde: str) -> None:
        """Taper puis effacer avant que rien n'arrive : l'envoi d'après, qui confirme ce qui est gardé, l'emporte sur celui d'avant."""
        lu, montre = terrain.memoire(terrain.champ), terrain.gardee(terrain.champ)
        assert terrain.envoyer({terrain.champ: montre}, lu=lu, rang="7")["ecrits"] == [terrain.champ]
        terrain.envoyer({terrain.champ: "En retard"}, lu=lu, page=page, rang=rang)
        assert terrain.gardee(terrain.champ) == (garde or montre)

    def test_un_envoi_qui_ne_change_rien_ne_se_lit_pas_dans_l_historique(self, terrain: Terrain) -> None:
        lu, montre, avant = terrain.memoire(terrain.champ), terrain.gardee(terrain.champ), terrain.traces(terrain.champ).count()
        for rang in range(3):
            terrain.envoyer({terrain.champ: montre}, lu=lu, rang=str(rang))
        assert terrain.traces(terrain.champ).count() == avant
        assert terrain.client.get(terrain.historique).status_code == 200

    def test_un_envoi_qui_ne_change_rien_ne_coute_pas_plus_qu_un_autre(self, terrain: Terrain) -> None:
        """Le rang prend la place de l'historique."""
        lu, montre = terrain.memoire(terrain.champ), terrain.gardee(terrain.champ)
        with CaptureQueriesContext(connection) as requetes:
            terrain.envoyer({terrain.champ: montre}, lu=lu, rang="7")
        lues = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
        assert len(lues) <= terrain.requetes, "\n".join(lues)

    def test_un_envoi_ordinaire_ne_se_range_pas(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Mon tex"}, lu=lu, rang="7")
        terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu, rang="pas un nombre")
        assert terrain.gardee(terrain.champ) == "Mon texte"

    def test_mais_pas_si_un_autre_est_passe_entre_les_deux(self, terrain: Terrain) -> None:
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Mon tex"}, lu=lu)
        terrain.envoyer({terrain.champ: "Le collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu)
        assert (terrain.gardee(terrain.champ), len(rendu["conflits"])) == ("Le collègue", 1)

    def test_defaire_sa_frappe_apres_une_reponse_perdue_est_enregistre(self, terrain: Terrain) -> None:
        """La page revient à ce qu'elle avait lu, le serveur a écrit l'entre-deux : c'est ce que la page montre qui doit rester."""
        terrain.envoyer({terrain.champ: "Mon texte"})
        lu = terrain.memoire(terrain.champ)
        terrain.envoyer({terrain.champ: "Mon texte effa"}, lu=lu)
        terrain.envoyer({terrain.champ: "Mon texte"}, lu=lu)
        assert terrain.gardee(terrain.champ) == "Mon texte"

    def test_nommer_sans_l_avoir_change_n_efface_ni_ne_dispute_le_collegue(self, terrain: Terrain) -> None:
        lu, lue = terrain.memoire(terrain.champ), terrain.gardee(terrain.champ)
        terrain.envoyer({terrain.champ: "Le collègue"}, page=AUTRE_PAGE)
        rendu = terrain.envoyer({terrain.champ: lue}, lu=lu)
        assert (terrain.gardee(terrain.champ), rendu["conflits"]) == ("Le collègue", [])
        assert rendu["memoire"] != terrain.memoire(terrain.champ), "le texte du collègue n'a pas été lu"

    # --- L'historique --------------------------------------------------------------------------------------------------
    def test_une_suite_d_enregistrements_fait_une_ligne(self, terrain: Terrain) -> None:
        avant = terrain.gardee(terrain.champ)
        for texte in ("U", "Un", "Un texte"):
            terrain.envoyer({terrain.champ: texte})
        [ligne] = terrain.traces(terrain.champ).filter(page=PAGE)
        assert (ligne.avant, ligne.apres, ligne.par_nom) == (avant or None, "Un texte", str(ligne.par))

    def test_une_ligne_qu_un_autre_a_suivie_ne_se_prolonge_pas(self, terrain: Terrain) -> None:
        """Deux pages se répondent, chacune ayant lu l'autre : aucun des quatre textes ne disparaît de l'historique."""
        for rang in range(4):
            terrain.envoyer({terrain.champ: f"texte {rang}"}, page=(PAGE, AUTRE_PAGE)[rang % 2])
        assert {ligne.apres for ligne in terrain.traces(terrain.champ)} >= {f"texte {rang}" for rang in range(4)}

    def test_sans_javascript_chaque_envoi_fait_une_ligne(self, terrain: Terrain) -> None:
        for texte in ("un", "deux"):
            terrain.envoyer({terrain.champ: texte}, page="")
        assert {"un", "deux"} <= {ligne.apres for ligne in terrain.traces(terrain.champ)}

    def test_rien_n_est_note_de_ce_qui_ne_change_pas(self, terrain: Terrain) -> None:
        terrain.envoyer({terrain.champ: "Un texte"})
        combien = terrain.traces(terrain.champ).count()
        terrain.envoyer({terrain.champ: "Un texte"})
        assert terrain.traces(terrain.champ).count() == combien

    # --- Ce qu'il en coûte ---------------------------------------------------------------------------------------------
    def test_peu_de_requetes(self, terrain: Terrain) -> None:
        terrain.envoyer({terrain.champ: "Préparation"})
        envoi, lu = {terrain.champ: "Un texte", terrain.autre: "Un autre"}, terrain.memoire(terrain.champ, terrain.autre)
        with CaptureQueriesContext(connection) as requetes:
            terrain.envoyer(envoi, lu=lu, rang="1")
        lues = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
        assert len(lues) == terrain.requetes, "\n".join(lues)
