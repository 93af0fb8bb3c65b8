"""Le rappel E-2 : ce qui désigne une personne est vu, ce qui n'en désigne pas est laissé en paix, et rien n'est répété en clair."""

from __future__ import annotations

import re
import time

import pytest

from candidatures.coherence import donnees_personnelles as perso
from candidatures.coherence.donnees_personnelles import Alerte, alertes
from candidatures.sections import TEXTES
from tests.exemples import DOSSIER, fiches_inventees
from tests.exemples.vraies import fiches_vraies

GENRES = {
    "nir": perso.NIR,
    "telephone": perso.TELEPHONE,
    "courriel": perso.COURRIEL,
    "iban": perso.IBAN,
    "nom": perso.NOM,
    "naissance": perso.NAISSANCE,
}
MASQUES = {
    perso.NIR: re.compile(r"\d( •+)+"),
    perso.TELEPHONE: re.compile(r"(•• ){4}\d\d"),
    perso.COURRIEL: re.compile(r".•••@•••"),
    perso.IBAN: re.compile(r"[A-Z]{2}•[ •]+"),
    perso.NOM: re.compile(r"M\w* \w•••"),
    perso.NAISSANCE: re.compile(r"\D+ ••/••/••••"),
}
FICHES = fiches_inventees() | fiches_vraies()


def _lignes(nom: str) -> list[str]:
    return (DOSSIER / nom).read_text("utf-8").splitlines()


CORPUS = [(genre, texte.replace("\\n", "\n")) for genre, texte in (x.split("\t") for x in _lignes("donnees_personnelles.txt"))]
INNOCENTES = _lignes("phrases_innocentes.txt")


class TestRappel:
    def test_le_corpus_est_assez_grand_et_de_tous_les_genres(self) -> None:
        assert len(CORPUS) >= 100
        assert {genre for genre, _ in CORPUS} == set(GENRES)
        assert len(INNOCENTES) >= 60

    def test_au_moins_95_pour_cent_du_corpus(self) -> None:
        rates = [texte for genre, texte in CORPUS if GENRES[genre] not in {a.genre for a in alertes(texte)}]
        assert len(rates) <= 0.05 * len(CORPUS), rates

    @pytest.mark.parametrize("phrase", INNOCENTES)
    def test_une_phrase_innocente_ne_dit_rien(self, phrase: str) -> None:
        assert alertes(phrase) == []

    @pytest.mark.parametrize("nom", FICHES)
    def test_aucune_alerte_sur_les_fiches(self, nom: str) -> None:
        textes = (FICHES[nom].get(champ.name) or "" for champ in TEXTES)
        assert [alerte for texte in textes for alerte in alertes(texte)] == []


class TestDiscretion:
    @pytest.mark.parametrize(("genre", "texte"), CORPUS)
    def test_l_extrait_ne_redonne_jamais_la_donnee(self, genre: str, texte: str) -> None:
        """Au plus deux chiffres, ou une initiale, restent lisibles."""
        for alerte in alertes(texte):
            assert MASQUES[alerte.genre].fullmatch(alerte.extrait), alerte

    def test_la_position_est_celle_du_texte(self) -> None:
        texte = "Joindre Mme Benali au 06 12 34 56 78, née le 3 mai 1975."
        assert [(texte[a.position :][:6], a.genre) for a in alertes(texte)] == [
            ("Mme Be", perso.NOM),
            ("06 12 ", perso.TELEPHONE),
            ("née le", perso.NAISSANCE),
        ]

    def test_les_contacts_de_la_fiche_ne_sont_pas_repetes(self) -> None:
        texte = "Contact : Mme Martin, camille.martin@exemple.fr, 01 60 12 34 56"
        assert len(alertes(texte)) == 3
        assert alertes(texte, ["Camille MARTIN", "Camille.Martin@exemple.fr", "+33 1 60 12 34 56"]) == []

    def test_un_contact_vide_n_excuse_rien(self) -> None:
        assert len(alertes("Mme Martin", ["", "  "])) == 1


class TestPrecision:
    @pytest.mark.parametrize("texte", ["1 65 06 13 055 123 71", "2 84 05 77 288 012 00", "3 65 06 13 055 123 99"])
    def test_un_nir_dont_la_cle_est_fausse_n_en_est_pas_un(self, texte: str) -> None:
        assert perso.NIR not in {a.genre for a in alertes(texte)}

    @pytest.mark.parametrize("texte", ["FR76 3000 6000 0112 3456 7890 188", "FR14 2004 1010 0505 0001 3M02 607"])
    def test_un_iban_dont_la_cle_est_fausse_n_en_est_pas_un(self, texte: str) -> None:
        assert alertes(texte) == []

    def test_un_nir_n_est_pas_aussi_un_telephone(self) -> None:
        nir = next(texte for genre, texte in CORPUS if genre == "nir")
        assert [a.genre for a in alertes(nir)] == [perso.NIR]

    def test_ni_l_age_ni_la_sante(self) -> None:
        assert alertes("Troubles psychiques, addictions, 2 ans de suivi ; personnes de 18 à 25 ans, séropositives ou non.") == []

    def test_une_alerte_est_une_valeur(self) -> None:
        assert alertes("jean@exemple.fr") == [Alerte(perso.COURRIEL, "j•••@•••", 0)]


@pytest.mark.parametrize(
    "motif",
    ["M. ", "a@", "a.", "FR76 ", "06 ", "1 ", "née le ", "Mme de la ", "d'", "A1", "é", "Mme\n", "association né ", "@" * 5],
)
def test_un_long_texte_se_lit_vite(motif: str) -> None:
    """Aucune expression ne s'emballe sur 20 000 caractères répétés."""
    texte = (motif * 20_000)[:20_000]
    debut = time.process_time()
    alertes(texte)
    assert time.process_time() - debut < 1
