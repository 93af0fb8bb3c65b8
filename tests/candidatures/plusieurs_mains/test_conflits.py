"""Deux personnes sur une même fiche : les deux textes se montrent, la personne choisit, réponse par réponse ; rien n'est écrasé."""

from __future__ import annotations

import html as balisage
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from candidatures.champs.textes import TEXTE_COURT
from candidatures.models import Candidature, Presence
from candidatures.plusieurs_mains import differences as module
from candidatures.plusieurs_mains.differences import ECARTS_MAXIMUM, differences
from tests.candidatures.saisie.page_de_section import FormulaireDuNavigateur
from tests.fabriques import Monde, relire
from tests.hlm_projets.une_page import exiger_une_page

ClientDe = Callable[[str], Client]
MA_PAGE, SA_PAGE = str(uuid.uuid4()), str(uuid.uuid4())


# --- Ce qui diffère ------------------------------------------------------------------------------------------------------
MOTS = st.lists(st.sampled_from(["a", "b", "ab", " ", "\n", ". ", "é", "😀"]), max_size=25).map("".join)


class TestDifferences:
    @given(st.text(max_size=80) | MOTS, st.text(max_size=80) | MOTS)
    def test_les_morceaux_redonnent_chaque_texte(self, premier: str, second: str) -> None:
        ecarts = differences(premier, second)
        assert "".join(e.texte for e in ecarts if e.genre != "ajoute") == premier
        assert "".join(e.texte for e in ecarts if e.genre != "ote") == second
        assert all(e.texte for e in ecarts)

    @given(MOTS)
    def test_un_texte_ne_differe_pas_de_lui_meme(self, texte: str) -> None:
        assert [e.genre for e in differences(texte, texte)] == (["commun"] if texte else [])

    def test_un_mot_change_se_voit_seul(self) -> None:
        ecarts = differences("le chat noir dort.", "le chien noir dort. Fin.")
        assert [(e.genre, e.texte) for e in ecarts] == [
            *(("commun", "le"), ("ote", " chat"), ("ajoute", " chien"), ("commun", " noir dort."), ("ajoute", " Fin.")),
        ]

    @pytest.mark.parametrize(
        ("premier", "second"),
        [
            (" ".join(f"a{n}" for n in range(4_000)), " ".join(f"b{n}" for n in range(4_000))),
            ("a b c " * 3_400, "b a c c " * 2_500),
            ("a.b;" * 5_000, "b.a;" * 5_000),
            ("un mot\n" * 2_900, "mot un\n" * 2_900),
        ],
        ids=["rien de commun", "tout se répète", "des phrases d'un signe", "des lignes"],
    )
    def test_vingt_mille_caracteres_en_un_nombre_de_pas_borne(
        self, premier: str, second: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Mot à mot puis phrase à phrase, chacun au plus la moitié du carré de la borne, et un pas par écart pour remonter."""
        pas, d_origine = [0], module._descend

        def compter(loin: dict[int, int], k: int, d: int) -> bool:
            pas[0] += 1
            return d_origine(loin, k, d)

        monkeypatch.setattr(module, "_descend", compter)
        ecarts = differences(premier[:20_000], second[:20_000])
        assert 0 < pas[0] <= 2 * (ECARTS_MAXIMUM + 1) * (ECARTS_MAXIMUM + 4) / 2
        assert "".join(e.texte for e in ecarts if e.genre != "ajoute") == premier[:20_000]


# --- Sans JavaScript -----------------------------------------------------------------------------------------------------
@pytest.fixture
def deux(monde: Monde, client_de: ClientDe) -> DeuxPersonnes:
    return DeuxPersonnes(monde.brouillon_a, client_de("redacteur"), client_de("deposant"))


class DeuxPersonnes:
    """Moi et un collègue, sur la même section."""

    def __init__(self, brouillon: Candidature, moi: Client, collegue: Client) -> None:
        self.brouillon, self.moi, self.collegue = brouillon, moi, collegue

    def adresse(self, code: str, route: str = "section") -> str:
        return reverse(f"candidatures:{route}", args=[self.brouillon.pk, code])

    def ouvrir(self, qui: Client, code: str) -> dict[str, Any]:
        return FormulaireDuNavigateur(qui.get(self.adresse(code)).content.decode()).envoi

    def se_disputer(self, code: str, mien: dict[str, Any], sien: dict[str, Any]) -> str:
        """Le collègue enregistre après que j'ai lu la page ; rend celle que j'obtiens en enregistrant à mon tour."""
        ma_page, sa_page = self.ouvrir(self.moi, code), self.ouvrir(self.collegue, code)
        self.collegue.post(self.adresse(code), sa_page | sien)
        page = self.moi.post(self.adresse(code), ma_page | mien).content.decode()
        exiger_une_page(page)
        return page

    def choisir(self, code: str, page: str, **choix: str) -> Any:
        envoi = FormulaireDuNavigateur(page).envoi | {f"choix-{nom}": valeur for nom, valeur in choix.items()}
        return self.moi.post(self.adresse(code), envoi)

    @property
    def gardee(self) -> Candidature:
        return relire(self.brouillon)


@pytest.mark.django_db
class TestSansJavascript:
    @pytest.mark.parametrize(("choix", "garde"), [("mien", "Le mien."), ("sien", "Le sien."), ("deux", "Le sien.\n\nLe mien.")])
    def test_le_choix_fait_est_ecrit(self, choix: str, garde: str, deux: DeuxPersonnes, monde: Monde) -> None:
        page = deux.se_disputer("accompagnement", {"methodologie": "Le mien."}, {"methodologie": "Le sien."})
        assert f"{monde.personne('deposant')} a changé cette réponse à" in page
        assert deux.gardee.methodologie == "Le sien."
        reponse = deux.choisir("accompagnement", page, methodologie=choix)
        assert (reponse.status_code, deux.gardee.methodologie) == (302, garde)

    def test_sans_choix_rien_n_est_ecrit_et_la_question_revient(self, deux: DeuxPersonnes) -> None:
        page = deux.se_disputer("accompagnement", {"methodologie": "Le mien."}, {"methodologie": "Le sien."})
        reponse = deux.choisir("accompagnement", page, adhesion_menage="")
        assert deux.gardee.methodologie == "Le sien."
        assert "Quelle réponse garder" in reponse.content.decode()
        assert FormulaireDuNavigateur(reponse.content.decode()).envoi["methodologie"] == "Le mien."

    def test_un_troisieme_texte_pendant_le_choix_redemande(self, deux: DeuxPersonnes) -> None:
        for choix in ("mien", "deux"):
            page = deux.se_disputer("accompagnement", {"methodologie": "Le mien."}, {"methodologie": "Le sien."})
            encore = deux.ouvrir(deux.collegue, "accompagnement") | {"methodologie": "Un troisième."}
            deux.collegue.post(deux.adresse("accompagnement"), encore)
            page = deux.choisir("accompagnement", page, methodologie=choix).content.decode()
            assert deux.gardee.methodologie == "Un troisième."
            assert "Un troisième." in balisage.unescape(re.sub(r"<[^>]+>|\[retiré : |\] ", "", page))
            assert FormulaireDuNavigateur(page).envoi["methodologie"] == "Le mien."

    def test_garder_les_deux_au_dela_de_la_borne_est_dit(self, deux: DeuxPersonnes) -> None:
        long = "x" * TEXTE_COURT
        page = deux.se_disputer("projet", {"nom": long}, {"nom": "Le sien."})
        page = deux.choisir("projet", page, nom="deux").content.decode()
        assert "le maximum est 300" in page
        assert deux.gardee.nom == "Le sien."
        assert FormulaireDuNavigateur(page).envoi["nom"] == f"Le sien.\n\n{long}"

    def test_chaque_reponse_a_son_choix(self, deux: DeuxPersonnes) -> None:
        noms = ("methodologie", "adhesion_menage")
        page = deux.se_disputer("accompagnement", dict.fromkeys(noms, "Le mien."), dict.fromkeys(noms, "Le sien."))
        deux.choisir("accompagnement", page, methodologie="mien", adhesion_menage="sien")
        assert (deux.gardee.methodologie, deux.gardee.adhesion_menage) == ("Le mien.", "Le sien.")

    def test_un_choix_faux_ou_d_une_autre_section_est_sans_effet(self, deux: DeuxPersonnes) -> None:
        envoi = deux.ouvrir(deux.moi, "accompagnement") | {"dispute": ["nom", "etat", "pk"], "choix-etat": "sien"}
        assert deux.moi.post(deux.adresse("accompagnement"), envoi).status_code == 302

    @pytest.mark.parametrize(
        ("code", "nom", "mien", "sien", "gardee_si_sien"),
        [
            ("publics", "nombre_menages", {"nombre_menages": "12"}, {"nombre_menages": "40"}, 40),
            ("publics", "dalo", {"dalo": "non"}, {"dalo": ""}, None),
            ("mobilisation", "nombre_logements", {"nombre_logements": "3"}, {"nombre_logements": ""}, None),
            (
                "montage-financier",
                "cout_diagnostic",
                {"cout_diagnostic_min": "10", "cout_diagnostic_max": ""},
                {"cout_diagnostic_min": "99", "cout_diagnostic_max": "1 200,50"},
                {"min": "99.00", "max": "1200.50", "unite": "menage_an"},
            ),
        ],
    )
    def test_prendre_une_reponse_qui_n_est_pas_un_texte(
        self, code: str, nom: str, mien: Any, sien: Any, gardee_si_sien: Any, deux: DeuxPersonnes
    ) -> None:
        page = deux.se_disputer(code, mien, sien)
        assert 'value="deux"' not in page
        assert deux.choisir(code, page, **{nom: "sien"}).status_code == 302
        gardee = getattr(deux.gardee, nom)
        assert (gardee.en_json() if hasattr(gardee, "en_json") else gardee) == gardee_si_sien

    def test_prendre_le_tableau_de_l_autre(self, deux: DeuxPersonnes) -> None:
        mien, sien = {"depenses-0-libelle": "De moi"}, {"depenses-0-libelle": "De lui", "depenses-1-libelle": "Une de plus"}
        page = deux.se_disputer("montage-financier", mien | {"depenses-1-montant": "faux"}, sien)
        reponse = deux.choisir("montage-financier", page, lignes="sien")
        assert reponse.status_code == 302
        assert [ligne.libelle for ligne in deux.gardee.lignes.filter(nature="depense")] == ["De lui", "Une de plus"]

    def test_garder_son_tableau(self, deux: DeuxPersonnes) -> None:
        page = deux.se_disputer("montage-financier", {"depenses-0-libelle": "De moi"}, {"depenses-0-libelle": "De lui"})
        deux.choisir("montage-financier", page, lignes="mien")
        assert deux.gardee.lignes.filter(nature="depense").get().libelle == "De moi"

    def test_les_departements_de_l_autre(self, deux: DeuxPersonnes) -> None:
        page = deux.se_disputer("projet", {"departements": ["13"]}, {"departements": ["75", "77"]})
        deux.choisir("projet", page, departements="sien")
        assert sorted(d.pk for d in deux.gardee.departements.all()) == ["75", "77"]


# --- Au fil de la frappe -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestAuFilDeLaFrappe:
    def saisir(self, deux: DeuxPersonnes, qui: Client, page: str, lu: str, code: str = "publics", **valeurs: Any) -> Any:
        envoi = {"page": page, "champs": " ".join(valeurs), "lu": lu} | valeurs
        return qui.post(deux.adresse(code, "saisie"), envoi).json()

    def test_le_conflit_porte_de_quoi_reprendre_l_autre_reponse(self, deux: DeuxPersonnes, monde: Monde) -> None:
        lu = deux.ouvrir(deux.moi, "publics")["lu"]
        sien = {"caracteristiques_publics": "Le sien", "nombre_menages": "1 200", "dalo": "oui"}
        mien = {"caracteristiques_publics": "Le mien", "nombre_menages": "7", "dalo": "non"}
        self.saisir(deux, deux.collegue, SA_PAGE, lu, **sien)
        rendu = self.saisir(deux, deux.moi, MA_PAGE, lu, **mien)
        conflits = {conflit["champ"]: conflit for conflit in rendu["conflits"]}
        assert {nom: conflit["valeurs"] for nom, conflit in conflits.items()} == {
            "caracteristiques_publics": {"caracteristiques_publics": ["Le sien"]},
            "nombre_menages": {"nombre_menages": ["1200"]},
        }
        html = conflits["caracteristiques_publics"]["html"]
        assert str(monde.personne("deposant")) in html
        assert re.findall(r'data-choix="(\w+)"', html) == ["mien", "sien", "deux"]
        assert re.findall(r'data-choix="(\w+)"', conflits["nombre_menages"]["html"]) == ["mien", "sien"]

    def test_l_etat_dit_ce_qu_un_collegue_a_change(self, deux: DeuxPersonnes, monde: Monde) -> None:
        lu = deux.ouvrir(deux.moi, "publics")["lu"]
        rendu = self.saisir(deux, deux.collegue, SA_PAGE, lu, caracteristiques_publics="Le sien")
        self.saisir(deux, deux.moi, MA_PAGE, lu, dalo_precision="De moi, et la réponse s'est perdue")
        [changee] = self.etat(deux, lu)["changees"]
        assert (changee["champ"], changee["valeurs"]) == ("caracteristiques_publics", {"caracteristiques_publics": ["Le sien"]})
        assert f"caracteristiques_publics:{changee['empreinte']}" in rendu["memoire"]["lu"]
        assert f"{monde.personne('deposant')} a changé cette réponse à" in changee["html"]
        assert self.etat(deux, f"{lu} caracteristiques_publics:{changee['empreinte']}")["changees"] == []

    def test_un_tableau_change_demande_de_recharger(self, deux: DeuxPersonnes) -> None:
        lu = deux.ouvrir(deux.moi, "montage-financier")["lu"]
        sa_page = deux.ouvrir(deux.collegue, "montage-financier")
        deux.collegue.post(deux.adresse("montage-financier"), sa_page | {"depenses-0-libelle": "De lui"})
        [changee] = self.etat(deux, lu, "montage-financier")["changees"]
        assert (changee["champ"], changee["valeurs"]) == ("lignes", None)
        assert deux.adresse("montage-financier") in changee["html"]

    def test_l_etat_dit_qui_d_autre_remplit(self, deux: DeuxPersonnes, monde: Monde) -> None:
        deux.collegue.post(deux.adresse("duree", "etat"))
        presents = self.etat(deux, "")["fragments"]["presents"]
        assert f"{monde.personne('deposant')} remplit la section" in presents
        assert str(monde.personne("redacteur")) not in presents
        assert Presence.objects.count() == 2

    def test_autant_de_requetes_qu_il_y_ait_un_changement_ou_cinq(self, deux: DeuxPersonnes) -> None:
        lu, combien = deux.ouvrir(deux.moi, "publics")["lu"], []
        self.etat(deux, lu)
        for noms in (["dalo_precision"], ["caracteristiques_publics", "nombre_menages_precision", "dalo_precision"]):
            self.saisir(deux, deux.collegue, SA_PAGE, "", **dict.fromkeys(noms, f"Le sien {len(noms)}"))
            with CaptureQueriesContext(connection) as requetes:
                assert len(self.etat(deux, lu)["changees"]) == len(noms)
            combien.append(len(requetes))
        assert combien[0] == combien[1]

    def test_une_memoire_sale_ne_fait_pas_de_panne(self, deux: DeuxPersonnes) -> None:
        assert self.etat(deux, "nom:x pk:1 ::: \x00 inventee:2")["changees"] == []

    def etat(self, deux: DeuxPersonnes, lu: str, code: str = "publics") -> Any:
        reponse = deux.moi.post(deux.adresse(code, "etat"), {"lu": lu, "page": MA_PAGE})
        assert reponse.status_code == 200, reponse.content
        return reponse.json()
