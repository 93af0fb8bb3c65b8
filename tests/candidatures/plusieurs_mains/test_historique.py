"""L'historique des réponses : qui, quand, de quoi à quoi ; remettre un texte ancien par la porte ordinaire."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings

from candidatures.coherence.justifier import justifier
from candidatures.echange.ecrire import ecrire_la_reponse
from candidatures.echange.lire import FicheRefusee, lire_la_reponse
from candidatures.models import Candidature, Changement
from candidatures.saisie import actions
from candidatures.sections import CHAMPS, SECTION_DE
from hlm_projets.requete.middleware import maintenant
from territoires.models import Departement
from tests.fabriques import Monde, lignes_du_plan, relire
from tests.hlm_projets.une_page import exiger_une_page
from tests.strategies import des_reponses

pytestmark = pytest.mark.django_db
ClientDe = Callable[[str], Client]


def adresse(candidature: Candidature, **requete: str) -> str:
    return reverse("candidatures:historique", args=[candidature.pk], query=requete)


def page(client: Client, url: str) -> str:
    reponse = client.get(url)
    assert reponse.status_code == 200
    texte = str(reponse.content.decode())
    exiger_une_page(texte)
    return texte


def ecrire(monde: Monde, role: str = "redacteur", **valeurs: Any) -> None:
    """Comme le ferait la page d'une autre personne."""
    actions.enregistrer(monde.brouillon_a, valeurs, par=monde.personne(role), page=str(uuid.uuid4()))


def dernier(monde: Monde, rubrique: str) -> Changement:
    return monde.brouillon_a.changements.filter(rubrique=rubrique)[0]


def remettre(client: Client, monde: Monde, rubrique: str, moment: str, *, lu: str | None = None) -> Any:
    if lu is None:
        texte = page(client, adresse(monde.brouillon_a, rubrique=rubrique))
        lu = texte.partition('name="lu" value="')[2].partition('"')[0]
    return client.post(adresse(monde.brouillon_a), {"rubrique": rubrique, "moment": moment, "lu": lu})


class TestLire:
    def test_le_sommaire_dit_les_rubriques_changees_dans_l_ordre_du_papier(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, duree_mois=36, nom="Un nom neuf")
        texte = page(client_de("redacteur"), adresse(monde.brouillon_a))
        assert texte.index("?rubrique=nom") < texte.index("?rubrique=duree_mois")
        assert str(monde.personne("redacteur")) in texte

    def test_une_rubrique_dit_qui_quand_combien_et_ce_qui_differe(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, descriptif="Le chat noir.")
        ecrire(monde, "deposant", descriptif="Le chien noir.")
        texte = page(client_de("redacteur"), adresse(monde.brouillon_a, rubrique="descriptif"))
        assert "[retiré : </span>chat" in texte
        assert "[ajouté : </span>chien" in texte
        assert "14 caractères" in texte
        assert str(monde.personne("deposant")) in texte
        assert "C’est le texte d’aujourd’hui." in texte

    def test_de_l_un_a_l_autre_au_choix(self, monde: Monde, client_de: ClientDe) -> None:
        for texte in ("un", "deux", "trois"):
            ecrire(monde, descriptif=texte)
        trois, _, un = monde.brouillon_a.changements.filter(rubrique="descriptif")[:3]
        url = adresse(monde.brouillon_a, rubrique="descriptif", de=f"{un.pk}-apres", a=f"{trois.pk}-apres")
        texte = page(client_de("redacteur"), url)
        assert "[retiré : </span>un" in texte
        assert "[ajouté : </span>trois" in texte

    @pytest.mark.parametrize(
        "requete",
        [
            {"rubrique": "inventee"},
            {"rubrique": "a_revoir"},
            {"rubrique": "\x00"},
            {"rubrique": "nom", "de": "abc", "a": "999999999999999999999-apres"},
            {"rubrique": "nom", "de": "1-avant", "a": "\x00", "page": "-1"},
            {"rubrique": "nom", "page": "9" * 30},
        ],
    )
    def test_une_adresse_sale_ne_fait_pas_de_panne(self, requete: dict[str, str], monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, nom="Neuf")
        page(client_de("redacteur"), adresse(monde.brouillon_a, **requete))

    def test_la_justification_d_un_constat_n_est_pas_une_rubrique(self, monde: Monde, client_de: ClientDe) -> None:
        justifier(
            monde.brouillon_a,
            {"ressources_depenses": "Voir l'annexe."},
            lues={},
            par=monde.personne("redacteur"),
            le=maintenant(),
        )
        assert "justification" not in page(client_de("redacteur"), adresse(monde.brouillon_a))
        page(client_de("redacteur"), adresse(monde.brouillon_a, rubrique="justification:ressources_depenses"))

    def test_une_rubrique_jamais_changee_le_dit(self, monde: Monde, client_de: ClientDe) -> None:
        monde.brouillon_a.changements.all().delete()
        assert "Aucun changement" in page(client_de("redacteur"), adresse(monde.brouillon_a, rubrique="nom"))
        assert "Aucun changement" in page(client_de("redacteur"), adresse(monde.brouillon_a))

    def test_le_changement_d_un_autre_dossier_ne_se_compare_pas(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, nom="Neuf")
        autre = monde.brouillon_b.changements.filter(rubrique="nom")[0]
        url = adresse(monde.brouillon_a, rubrique="nom", de=f"{autre.pk}-avant", a=f"{autre.pk}-apres")
        assert str(autre.apres) not in page(client_de("redacteur"), url)

    def test_autant_de_requetes_pour_un_et_trente_changements(self, monde: Monde, client_de: ClientDe) -> None:
        client, combien = client_de("redacteur"), []
        for fois in (1, 29):
            for rang in range(fois):
                ecrire(monde, nom=f"Texte {fois} {rang}")
            for url in (adresse(monde.brouillon_a), adresse(monde.brouillon_a, rubrique="nom")):
                client.get(url)
                with CaptureQueriesContext(connection) as requetes:
                    page(client, url)
                combien.append(len(requetes))
        assert combien[:2] == combien[2:]

    def test_trente_changements_font_deux_pages(self, monde: Monde, client_de: ClientDe) -> None:
        for rang in range(30):
            ecrire(monde, nom=f"Texte {rang}")
        client, url = client_de("redacteur"), adresse(monde.brouillon_a, rubrique="nom")
        assert "page=2" in page(client, url)
        assert "Avant ces changements" not in page(client, url)
        assert "Avant ces changements" in page(client, f"{url}&page=2")

    def test_apres_le_depot_on_lit_sans_remettre(self, monde: Monde, client_de: ClientDe) -> None:
        url = adresse(monde.deposee_a, rubrique="nom")
        assert "Remettre ce texte" not in page(client_de("redacteur"), url)
        assert client_de("agent_departemental").get(url).status_code == 404


class TestRemettre:
    def test_le_texte_ancien_redevient_la_reponse_et_rien_ne_s_efface(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, descriptif="L'ancien texte.")
        ancien = dernier(monde, "descriptif")
        ecrire(monde, "deposant", descriptif="Le nouveau.")
        gardes = set(monde.brouillon_a.changements.values_list("pk", flat=True))
        assert remettre(client_de("redacteur"), monde, "descriptif", f"{ancien.pk}-apres").status_code == 302
        assert relire(monde.brouillon_a).descriptif == "L'ancien texte."
        neuf = dernier(monde, "descriptif")
        assert (neuf.avant, neuf.apres, neuf.par) == ("Le nouveau.", "L'ancien texte.", monde.personne("redacteur"))
        assert set(monde.brouillon_a.changements.values_list("pk", flat=True)) == gardes | {neuf.pk}

    def test_un_collegue_qui_passe_entre_la_lecture_et_le_clic_n_est_pas_ecrase(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, descriptif="L'ancien texte.")
        ancien, client = dernier(monde, "descriptif"), client_de("redacteur")
        ecrire(monde, descriptif="Celui que je lis.")
        texte = page(client, adresse(monde.brouillon_a, rubrique="descriptif"))
        lu = texte.partition('name="lu" value="')[2].partition('"')[0]
        ecrire(monde, "deposant", descriptif="Celui du collègue.")
        reponse = remettre(client, monde, "descriptif", f"{ancien.pk}-apres", lu=lu)
        assert reponse.status_code == 409
        exiger_une_page(reponse.content.decode())
        assert f"{monde.personne('deposant')} a changé cette réponse à" in reponse.content.decode()
        assert relire(monde.brouillon_a).descriptif == "Celui du collègue."

    def test_celui_que_la_page_montrait_n_est_pas_dit_remis_sur_celui_d_un_collegue(
        self, monde: Monde, client_de: ClientDe
    ) -> None:
        client = client_de("redacteur")
        ecrire(monde, descriptif="Un essai.")
        ancien = dernier(monde, "descriptif")
        ecrire(monde, descriptif=ancien.avant)  # revenu au texte d'avant le premier changement, que la page offre de remettre
        lu = page(client, adresse(monde.brouillon_a, rubrique="descriptif")).partition('name="lu" value="')[2].partition('"')[0]
        ecrire(monde, "deposant", descriptif="Celui du collègue.")
        assert remettre(client, monde, "descriptif", f"{ancien.pk}-avant", lu=lu).status_code == 409
        assert relire(monde.brouillon_a).descriptif == "Celui du collègue."

    @pytest.mark.parametrize("lu", ["", "descriptif", "\x00", "autre:0123456789abcdef"])
    def test_sans_memoire_rien_n_est_remis_a_l_aveugle(self, lu: str, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, descriptif="L'ancien.")
        ancien = dernier(monde, "descriptif")
        ecrire(monde, descriptif="Le nouveau.")
        remettre(client_de("redacteur"), monde, "descriptif", f"{ancien.pk}-apres", lu=lu)
        assert relire(monde.brouillon_a).descriptif == "Le nouveau."

    def test_les_listes_aussi(self, monde: Monde, client_de: ClientDe) -> None:
        brouillon, par = monde.brouillon_a, monde.personne("redacteur")
        avant = {
            nom: ecrire_la_reponse(nom, list(getattr(brouillon, nom).all())) for nom in ("lignes", "departements", "organismes")
        }
        vides: dict[str, Any] = {"lignes": [], "departements": Departement.objects.none(), "organismes": []}
        actions.enregistrer(brouillon, vides, par=par, page=str(uuid.uuid4()))
        for nom in avant:
            assert remettre(client_de("redacteur"), monde, nom, f"{dernier(monde, nom).pk}-avant").status_code == 302
        gardee = relire(brouillon)
        assert {nom: ecrire_la_reponse(nom, list(getattr(gardee, nom).all())) for nom in avant} == avant
        assert gardee.lignes.count() == len(lignes_du_plan())

    @pytest.mark.parametrize("moment", ["", "abc", "1-apres", "999999999999999999999-apres", "1-pk", "\x00"])
    def test_un_moment_qui_n_existe_pas_est_dit(self, moment: str, monde: Monde, client_de: ClientDe) -> None:
        assert remettre(client_de("redacteur"), monde, "nom", moment, lu="").status_code == 302

    def test_le_changement_d_un_autre_dossier_ne_se_remet_pas(self, monde: Monde, client_de: ClientDe) -> None:
        autre = monde.brouillon_b.changements.filter(rubrique="nom")[0]
        remettre(client_de("redacteur"), monde, "nom", f"{autre.pk}-apres")
        assert relire(monde.brouillon_a).nom == monde.brouillon_a.nom

    def test_deposee_rien_ne_se_remet(self, monde: Monde, client_de: ClientDe) -> None:
        ancien = monde.deposee_a.changements.filter(rubrique="nom")[0]
        client = client_de("redacteur")
        client.post(adresse(monde.deposee_a), {"rubrique": "nom", "moment": f"{ancien.pk}-avant", "lu": ""})
        assert relire(monde.deposee_a).nom == monde.deposee_a.nom

    def test_un_texte_que_la_fiche_n_admet_plus_est_refuse_par_une_phrase(self, monde: Monde, client_de: ClientDe) -> None:
        ecrire(monde, nom="Neuf")
        Changement.objects.filter(pk=dernier(monde, "nom").pk).update(avant="x" * 301)
        client = client_de("redacteur")
        reponse = remettre(client, monde, "nom", f"{dernier(monde, 'nom').pk}-avant")
        assert "le maximum est 300" in page(client, reponse["Location"])
        assert relire(monde.brouillon_a).nom == "Neuf"


@settings(max_examples=40)
@given(des_reponses())
def test_lire_une_reponse_est_l_inverse_de_l_ecrire(reponses: dict[str, Any]) -> None:
    for nom, valeur in reponses.items():
        assert lire_la_reponse(nom, ecrire_la_reponse(nom, valeur)) == valeur, CHAMPS[nom]


def test_une_reponse_illisible_est_refusee_par_une_phrase() -> None:
    for nom, ecrite in (("nombre_menages", "beaucoup"), ("lignes", [{"nature": "x"}]), ("departements", ["999"])):
        with pytest.raises(FicheRefusee) as refus:
            lire_la_reponse(nom, ecrite)
        assert refus.value.erreurs


def test_toute_rubrique_de_la_fiche_a_son_historique() -> None:
    assert {*CHAMPS, "departements", "organismes", "lignes"} <= set(SECTION_DE)


def test_les_changements_d_il_y_a_longtemps_disent_leur_jour(monde: Monde, client_de: ClientDe) -> None:
    ecrire(monde, nom="Neuf")
    Changement.objects.filter(rubrique="nom").update(le=maintenant() - timedelta(days=40))
    page(client_de("redacteur"), adresse(monde.brouillon_a, rubrique="nom"))
