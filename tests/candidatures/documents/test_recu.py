"""Le reçu de dépôt imprimable."""

from __future__ import annotations

from dataclasses import replace

from candidatures.documents.pdf import produire_recu
from candidatures.documents.recu import Recu
from tests.candidatures.documents.outils import ouvrir, serre, texte_de

RECU = Recu(
    numero="2026-77-003",
    nom="Suivi de familles <fragiles>",
    campagne="Appel à projets 2026",
    organisme="Brie et Gâtine Habitat",
    depose_le="mardi 3 mars 2026 à 14 h 32 min 7 s (heure de Paris)",
    depose_par="Camille Essai",
    empreinte="0123456789abcdef" * 4,
    suite=("Le service départemental rend son avis.", "La région rend le sien."),
)


def test_le_recu_dit_tout_et_porte_un_titre() -> None:
    pdf = produire_recu(RECU)
    texte = texte_de(pdf)
    for attendu in (
        RECU.numero,
        RECU.nom,
        RECU.campagne,
        RECU.organisme,
        RECU.depose_le,
        RECU.depose_par,
        RECU.empreinte,
        "1. Le service",
    ):
        assert attendu in texte
    with ouvrir(pdf) as ouvert:
        assert str(ouvert.docinfo["/Title"]) == "Reçu de dépôt – 2026-77-003"


def test_le_pied_du_recu_porte_son_numero_et_son_rang() -> None:
    assert serre(texte_de(produire_recu(RECU))).endswith(serre(f"{RECU.suite[-1]} {RECU.numero} 1/1"))


def test_un_recu_sans_suite_n_annonce_rien() -> None:
    assert "ensuite" not in texte_de(produire_recu(replace(RECU, suite=())))
