"""Les constats à l'écran : à côté de la saisie, avant le dépôt avec leurs justifications, et pour qui lit le dossier."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.coherence import CONTROLES, Niveau, constats
from candidatures.models import Campagne, Candidature, Justification, LigneDuPlan
from comptes.models import Acte
from tests.fabriques import Monde, relire

pytestmark = pytest.mark.django_db
CODE = "ressources_depenses"
NOM = f"justification-{CODE}"


@pytest.fixture
def brouillon(monde: Monde, client: Client) -> Candidature:
    """Un brouillon prêt à déposer, à ceci près qu'il y manque 3 000 € de ressources."""
    client.force_login(monde.personne("deposant"))
    candidature = monde.brouillon_a
    candidature.lignes.all().delete()
    for nature, libelle, financeur, montant in (
        ("depense", "Accompagnement", "", 90_000),
        ("ressource", "Bailleur", "porteur", 47_000),
        ("ressource", "Aide", "appel_a_projets", 40_000),
    ):
        LigneDuPlan.objects.create(
            candidature=candidature, nature=nature, libelle=libelle, financeur=financeur, montant=Decimal(montant)
        )
    assert [c.code for c in constats(candidature) if c.niveau == Niveau.A_JUSTIFIER] == [CODE]
    return candidature


def justifier(client: Client, candidature: Candidature, texte: str, *, lu: str = "", json: bool = False) -> Any:
    adresse = reverse("candidatures:justifier", args=[candidature.pk])
    return client.post(adresse, {NOM: texte, f"lu-{NOM}": lu}, headers={"X-Saisie": "1"} if json else {})


def deposer(client: Client, candidature: Candidature, **donnees: str) -> Any:
    return client.post(reverse("candidatures:franchir", args=[candidature.pk, "deposer"]), donnees)


def exiger(campagne: Campagne) -> None:
    campagne.niveaux = {"justifications": "exigees"}
    campagne.save(update_fields=["niveaux"])


def test_sans_justification_le_depot_reste_possible_et_les_services_le_lisent(brouillon: Candidature, client: Client) -> None:
    page = client.get(reverse("candidatures:verifier", args=[brouillon.pk])).content.decode()
    assert "1 constat sans justification" in page
    assert "formaction" in page
    assert deposer(client, brouillon).status_code == 200
    lue = client.get(reverse("candidatures:fiche", args=[brouillon.pk])).content.decode()
    assert "Le porteur n’a pas donné d’explication." in lue


def test_exigee_le_depot_attend_la_justification_et_le_dit(brouillon: Candidature, client: Client) -> None:
    exiger(brouillon.campagne)
    page = client.get(reverse("candidatures:verifier", args=[brouillon.pk])).content.decode()
    assert "Il manque 3\xa0000\xa0€ de ressources" in page
    assert f'name="{NOM}"' in page
    assert "formaction" not in page  # le bouton attend
    assert deposer(client, brouillon).status_code == 409
    assert relire(brouillon).est_brouillon


@pytest.mark.parametrize("json", [False, True])
def test_un_constat_leve_par_un_collegue_n_emporte_pas_la_justification_tapee(
    brouillon: Candidature, client: Client, json: bool
) -> None:
    brouillon.lignes.all().delete()
    assert CODE not in [constat.code for constat in constats(relire(brouillon))]
    assert justifier(client, brouillon, "La commune vote en juin.", json=json).status_code in (200, 302)
    assert Justification.objects.get(candidature=brouillon, controle=CODE).texte == "La commune vote en juin."


def test_le_bouton_du_depot_ecrit_d_abord_ce_qui_vient_d_etre_tape(brouillon: Candidature, client: Client) -> None:
    assert deposer(client, brouillon, **{NOM: "La commune vote en juin."}).status_code == 200
    deposee = relire(brouillon)
    assert not deposee.est_brouillon
    [fige] = [c for c in deposee.version.constats if c["code"] == CODE] if deposee.version else []
    assert fige["justification"] == "La commune vote en juin."


def test_au_fil_de_la_frappe(brouillon: Candidature, client: Client) -> None:
    exiger(brouillon.campagne)
    rendu = justifier(client, brouillon, "La commune", json=True).json()
    assert rendu["ecrits"] == [NOM]
    assert rendu["memoire"] == {f"lu-{NOM}": "La commune"}
    assert Justification.objects.get().texte == "La commune"
    etat = client.post(reverse("candidatures:verifier_etat", args=[brouillon.pk])).json()
    assert "formaction" in etat["fragments"]["depot"]


def test_un_collegue_n_est_pas_efface(brouillon: Candidature, client: Client) -> None:
    justifier(client, brouillon, "Le texte du collègue")
    rendu = justifier(client, brouillon, "Mon texte", json=True).json()
    assert [c["champ"] for c in rendu["conflits"]] == [NOM]
    assert Justification.objects.get().texte == "Le texte du collègue"
    page = justifier(client, brouillon, "Mon texte").content.decode()
    assert "Un collègue vient d&#x27;écrire" in page
    assert "Mon texte" in page
    justifier(client, brouillon, "Mon texte", lu="Le texte du collègue")
    assert Justification.objects.get().texte == "Mon texte"


def test_trop_long_la_phrase_et_rien_de_perdu(brouillon: Candidature, client: Client) -> None:
    long = "x" * 2_001
    page = justifier(client, brouillon, long).content.decode()
    assert "le maximum est 2" in page.replace("\u202f", "").replace("\xa0", "")
    assert long in page
    assert not Justification.objects.exists()
    assert justifier(client, brouillon, long, json=True).json()["erreurs"][NOM]


def test_les_services_lisent_le_constat_et_la_justification(brouillon: Candidature, client: Client, monde: Monde) -> None:
    deposer(client, brouillon, **{NOM: "La commune vote en juin."})
    client.force_login(monde.personne("agent_departemental"))
    for adresse in (
        reverse("candidatures:fiche", args=[brouillon.pk]),
        reverse("avis:avis", args=[brouillon.pk, "departement", "77"]),
    ):
        page = client.get(adresse).content.decode()
        assert "La commune vote en juin." in page
        assert "Il manque 3\xa0000\xa0€ de ressources" in page


def test_l_etat_de_la_section_montre_les_siens_seulement(brouillon: Candidature, client: Client) -> None:
    def fragment(code: str) -> str:
        rendu = client.post(reverse("candidatures:etat", args=[brouillon.pk, code])).json()
        texte: str = rendu["fragments"]["constats"]
        return texte

    assert "Il manque 3\xa0000\xa0€" in fragment("montage-financier")
    assert "Rien à signaler" in fragment("duree")


class TestNiveauxDeLaCampagne:
    def regler(self, client: Client, campagne: Campagne, lu: str = "{}", **niveaux: str) -> Any:
        return client.post(reverse("candidatures:campagne_controles", args=[campagne.pk]), {"lu": lu, **niveaux})

    def test_un_controle_rendu_bloquant_refuse_le_depot(self, brouillon: Candidature, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        self.regler(client, monde.campagne, **{CODE: "bloquant"})
        client.force_login(monde.personne("deposant"))
        assert deposer(client, brouillon, **{NOM: "Expliqué"}).status_code == 409

    def test_tu_il_ne_dit_plus_rien(self, brouillon: Candidature, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        self.regler(client, monde.campagne, **{CODE: "aucun"})
        monde.campagne.refresh_from_db()
        assert CODE not in [c.code for c in constats(relire(brouillon))]
        assert Acte.objects.filter(acte="regler_les_controles").count() == 1

    def test_deux_fois_n_ecrit_qu_une_ligne(self, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        for _ in range(2):
            self.regler(client, monde.campagne, **{CODE: "information"})
        assert Acte.objects.filter(acte="regler_les_controles").count() == 1

    def test_un_autre_administrateur_n_est_pas_efface(self, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        self.regler(client, monde.campagne, **{CODE: "bloquant"})
        page = self.regler(client, monde.campagne, **{CODE: "information"}).content.decode()
        monde.campagne.refresh_from_db()
        assert monde.campagne.niveaux == {CODE: "bloquant"}
        assert "Un autre administrateur vient de choisir « Bloquant »" in page

    def test_le_rappel_des_donnees_personnelles_ne_peut_pas_bloquer(self, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        page = self.regler(client, monde.campagne, donnees_personnelles="bloquant").content.decode()
        monde.campagne.refresh_from_db()
        assert monde.campagne.niveaux == {}
        assert "Erreur" in page

    def test_chaque_controle_se_regle(self, client: Client, monde: Monde) -> None:
        client.force_login(monde.personne("administrateur"))
        page = client.get(reverse("candidatures:campagne_controles", args=[monde.campagne.pk])).content.decode()
        assert all(f'name="{controle.code}"' in page for controle in CONTROLES)


def test_l_historique_de_la_fiche_se_lit_apres_une_justification(brouillon: Candidature, client: Client) -> None:
    justifier(client, brouillon, "La commune vote en juin.")
    assert client.get(reverse("candidatures:historique", args=[brouillon.pk])).status_code == 200


@pytest.mark.parametrize(("rang", "garde"), [("6", ""), ("7", "En retard"), ("8", "En retard")])
def test_un_envoi_devance_par_un_plus_recent_de_la_meme_page_ne_s_ecrit_pas(
    brouillon: Candidature, client: Client, rang: str, garde: str
) -> None:
    """La page est revenue au texte vide qu'elle montrait ; l'envoi en retard ne se donne pas pour ce qu'elle doit retenir."""
    page = str(uuid.uuid4())
    for texte, envoye in (("Mon texte", "5"), ("", "7"), ("En retard", rang)):
        rendu = _au_rang(client, brouillon, texte, page, envoye)
    assert Justification.objects.get().texte == garde
    assert rendu["ecrits"] == [NOM]
    assert rendu["memoire"] == ({f"lu-{NOM}": garde} if garde else {})


def test_une_justification_n_est_pas_devancee_par_une_reponse_de_la_fiche(brouillon: Candidature, client: Client) -> None:
    page = str(uuid.uuid4())
    envoi = {"page": page, "rang": "9", "champs": "partenaires", "partenaires": "Le CCAS"}
    client.post(reverse("candidatures:saisie", args=[brouillon.pk, "partenariat"]), envoi, headers={"X-Saisie": "1"})
    assert relire(brouillon).partenaires == "Le CCAS"
    _au_rang(client, brouillon, "Mon texte", page, "1")
    assert Justification.objects.get().texte == "Mon texte"


def _au_rang(client: Client, brouillon: Candidature, texte: str, page: str, rang: str) -> Any:
    envoi = {NOM: texte, f"lu-{NOM}": "", "page": page, "rang": rang, "champs": NOM}
    return client.post(reverse("candidatures:justifier", args=[brouillon.pk]), envoi, headers={"X-Saisie": "1"}).json()


@pytest.mark.parametrize(("rang", "garde"), [("6", ""), ("7", "En retard"), ("8", "En retard")])
def test_un_envoi_devance_par_un_envoi_sans_changement_ne_s_ecrit_pas(
    brouillon: Candidature, client: Client, rang: str, garde: str
) -> None:
    page = str(uuid.uuid4())
    for texte, envoye in (("", "7"), ("En retard", rang)):
        _au_rang(client, brouillon, texte, page, envoye)
    assert [j.texte for j in Justification.objects.exclude(texte="")] == ([garde] if garde else [])


def test_le_rang_d_une_justification_sans_changement_ne_devance_pas_la_fiche(brouillon: Candidature, client: Client) -> None:
    page = str(uuid.uuid4())
    _au_rang(client, brouillon, "", page, "9")
    envoi = {"page": page, "rang": "1", "champs": "partenaires", "partenaires": "Le CCAS"}
    client.post(reverse("candidatures:saisie", args=[brouillon.pk, "partenariat"]), envoi, headers={"X-Saisie": "1"})
    assert relire(brouillon).partenaires == "Le CCAS"
