"""L'enregistrement au fil de la frappe : réponse par réponse, chacune contre la valeur d'où elle part."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures import historique
from candidatures.empreintes import ecrire, empreintes
from candidatures.models import Candidature, Changement
from hlm_projets.middleware import maintenant
from tests.fabriques import Monde, relire

pytestmark = pytest.mark.django_db
PAGE, AUTRE_PAGE = str(uuid.uuid4()), str(uuid.uuid4())


def envoyer(client: Client, candidature: Candidature, code: str, **donnees: Any) -> Any:
    """Ce qu'enverrait la page : par défaut, elle montrait ce que la base garde, et nomme tout ce qu'elle envoie."""
    noms = [nom for nom in donnees if nom not in ("page", "lu", "champs")]
    envoi = {"page": PAGE, "champs": " ".join(noms), "lu": _memoire(candidature, noms)} | donnees
    reponse = client.post(reverse("candidatures:saisie", args=[candidature.pk, code]), envoi, headers={"X-Saisie": "1"})
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def _memoire(candidature: Candidature, noms: list[str]) -> str:
    connus = [nom for nom in noms if hasattr(candidature, nom)]
    return ecrire(empreintes(relire(candidature), connus))


@pytest.fixture
def brouillon(monde: Monde, client: Client) -> Candidature:
    client.force_login(monde.personne("redacteur"))
    return monde.brouillon_a


def test_une_reponse_est_ecrite_et_sa_memoire_rendue(brouillon: Candidature, client: Client) -> None:
    rendu = envoyer(client, brouillon, "projet", nom="Un nom neuf\r\nsur deux lignes")
    gardee = relire(brouillon)
    assert gardee.nom == "Un nom neuf\nsur deux lignes"
    assert rendu["ecrits"] == ["nom"]
    assert rendu["memoire"] == {"lu": ecrire(empreintes(gardee, ["nom"]))}
    assert (rendu["erreurs"], rendu["conflits"]) == ({}, [])


def test_une_reponse_videe_l_est_en_base(brouillon: Candidature, client: Client) -> None:
    assert brouillon.nom
    envoyer(client, brouillon, "projet", nom="")
    assert relire(brouillon).nom == ""


def test_les_justes_sont_ecrites_meme_si_une_autre_est_fausse(brouillon: Candidature, client: Client) -> None:
    avant = brouillon.nombre_menages
    rendu = envoyer(client, brouillon, "publics", nombre_menages="trente", nombre_menages_precision="15 par an")
    gardee = relire(brouillon)
    assert (gardee.nombre_menages, gardee.nombre_menages_precision) == (avant, "15 par an")
    assert list(rendu["erreurs"]) == ["nombre_menages"]
    assert rendu["ecrits"] == ["nombre_menages_precision"]


def test_rien_d_autre_que_ce_que_la_page_nomme_n_est_ecrit(brouillon: Candidature, client: Client) -> None:
    avant = brouillon.descriptif
    envoyer(client, brouillon, "projet", champs="nom", nom="Neuf", descriptif="glissé", etat="retenue", numero="X")
    gardee = relire(brouillon)
    assert (gardee.nom, gardee.descriptif, gardee.etat, gardee.numero) == ("Neuf", avant, "brouillon", None)


def test_un_cout_a_trois_parties_se_nomme_par_l_une_d_elles(brouillon: Candidature, client: Client) -> None:
    parties = {"cout_diagnostic_min": "150", "cout_diagnostic_max": "400", "cout_diagnostic_unite": "menage"}
    envoyer(client, brouillon, "montage-financier", champs="cout_diagnostic_max", **parties)
    cout = relire(brouillon).cout_diagnostic
    assert cout.en_json() == {"min": "150.00", "max": "400.00", "unite": "menage"}


def test_un_tableau_est_remplace_entier(brouillon: Candidature, client: Client) -> None:
    gestion = {f"{t}-{n}": v for t in ("depenses", "ressources") for n, v in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))}
    cellules = {"depenses-0-libelle": "Accompagnement", "depenses-0-montant": "12 000,50 €"}
    rendu = envoyer(client, brouillon, "montage-financier", champs="depenses-0-montant", **gestion, **cellules)
    assert [(ligne.libelle, str(ligne.montant)) for ligne in brouillon.lignes.all()] == [("Accompagnement", "12000.50")]
    assert rendu["erreurs"] == {}


def test_une_cellule_fausse_est_dite_a_sa_place(brouillon: Candidature, client: Client) -> None:
    gestion = {f"{t}-{n}": v for t in ("depenses", "ressources") for n, v in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))}
    cellules = {"depenses-0-libelle": "Accompagnement", "depenses-0-montant": "beaucoup"}
    rendu = envoyer(client, brouillon, "montage-financier", champs="lignes", **gestion, **cellules)
    assert list(rendu["erreurs"]) == ["depenses-0-montant"]


def test_une_case_cochee_met_les_autres_de_la_section_a_non(brouillon: Candidature, client: Client) -> None:
    Candidature.objects.filter(pk=brouillon.pk).update(offre_nouvelle=None, amenagement=None, bas_loyer=None)
    envoyer(client, brouillon, "mobilisation", champs="offre_nouvelle", offre_nouvelle="on")
    gardee = relire(brouillon)
    assert (gardee.offre_nouvelle, gardee.amenagement, gardee.bas_loyer) == (True, False, False)
    envoyer(client, brouillon, "mobilisation", champs="offre_nouvelle")
    assert relire(brouillon).offre_nouvelle is False


def test_decocher_le_dernier_departement_se_voit(brouillon: Candidature, client: Client) -> None:
    assert brouillon.departements.exists()
    envoyer(client, brouillon, "projet", champs="departements", lu=ecrire(empreintes(brouillon, ["departements"])))
    assert not brouillon.departements.exists()


class TestConflit:
    def test_la_meme_reponse_changee_par_un_autre_n_est_pas_ecrite(self, brouillon: Candidature, client: Client) -> None:
        lu = _memoire(brouillon, ["nom"])
        envoyer(client, brouillon, "projet", nom="Le texte du collègue", page=AUTRE_PAGE)
        rendu = envoyer(client, brouillon, "projet", nom="Mon texte", lu=lu)
        assert relire(brouillon).nom == "Le texte du collègue"
        assert [conflit["champ"] for conflit in rendu["conflits"]] == ["nom"]
        assert "collègue" in rendu["conflits"][0]["html"]
        assert rendu["ecrits"] == []

    def test_apres_l_avoir_lu_on_peut_l_ecrire(self, brouillon: Candidature, client: Client) -> None:
        lu = _memoire(brouillon, ["nom"])
        envoyer(client, brouillon, "projet", nom="Le texte du collègue", page=AUTRE_PAGE)
        rendu = envoyer(client, brouillon, "projet", nom="Mon texte", lu=lu)
        envoyer(client, brouillon, "projet", nom="Mon texte", lu=rendu["memoire"]["lu"])
        assert relire(brouillon).nom == "Mon texte"

    def test_d_autres_reponses_s_ajoutent_en_silence(self, brouillon: Candidature, client: Client) -> None:
        lu = _memoire(brouillon, ["nom", "descriptif"])
        envoyer(client, brouillon, "projet", nom="Le nom du collègue", page=AUTRE_PAGE)
        rendu = envoyer(client, brouillon, "projet", descriptif="Mon descriptif", lu=lu)
        gardee = relire(brouillon)
        assert (gardee.nom, gardee.descriptif, rendu["conflits"]) == ("Le nom du collègue", "Mon descriptif", [])

    def test_une_reponse_perdue_en_route_ne_fait_pas_de_conflit(self, brouillon: Candidature, client: Client) -> None:
        """Le serveur a écrit, la page ne l'a pas su (F-03) : elle réessaie, plus loin dans sa frappe, avec sa vieille mémoire."""
        lu = _memoire(brouillon, ["nom"])
        envoyer(client, brouillon, "projet", nom="Mon tex", lu=lu)
        rendu = envoyer(client, brouillon, "projet", nom="Mon texte", lu=lu)
        assert (relire(brouillon).nom, rendu["conflits"]) == ("Mon texte", [])

    def test_mais_pas_si_un_autre_est_passe_entre_les_deux(self, brouillon: Candidature, client: Client) -> None:
        lu = _memoire(brouillon, ["nom"])
        envoyer(client, brouillon, "projet", nom="Mon tex", lu=lu)
        envoyer(client, brouillon, "projet", nom="Le collègue", page=AUTRE_PAGE)
        rendu = envoyer(client, brouillon, "projet", nom="Mon texte", lu=lu)
        assert (relire(brouillon).nom, len(rendu["conflits"])) == ("Le collègue", 1)


class TestHistorique:
    def test_une_suite_d_enregistrements_fait_une_ligne(self, brouillon: Candidature, client: Client) -> None:
        avant = brouillon.nom
        for texte in ("U", "Un", "Un nom"):
            envoyer(client, brouillon, "projet", nom=texte)
        [ligne] = Changement.objects.filter(rubrique="nom", page=PAGE)
        assert (ligne.avant, ligne.apres, ligne.par_nom) == (avant, "Un nom", str(ligne.par))

    def test_une_ligne_qu_un_autre_a_suivie_ne_se_prolonge_pas(self, brouillon: Candidature, client: Client) -> None:
        """Deux pages se répondent, chacune ayant lu l'autre : aucun des quatre textes ne disparaît de l'historique."""
        for rang in range(4):
            lu = _memoire(brouillon, ["nom"])
            envoyer(client, brouillon, "projet", nom=f"texte {rang}", lu=lu, page=(PAGE, AUTRE_PAGE)[rang % 2])
        assert {ligne.apres for ligne in brouillon.changements.filter(rubrique="nom")} >= {f"texte {rang}" for rang in range(4)}

    def test_sans_javascript_chaque_envoi_fait_une_ligne(self, brouillon: Candidature, client: Client) -> None:
        for texte in ("un", "deux"):
            envoyer(client, brouillon, "projet", nom=texte, page="")
        assert {"un", "deux"} <= {ligne.apres for ligne in brouillon.changements.filter(rubrique="nom")}

    def test_rien_n_est_note_de_ce_qui_ne_change_pas(self, brouillon: Candidature, client: Client) -> None:
        combien = Changement.objects.count()
        envoyer(client, brouillon, "projet", nom=brouillon.nom)
        assert Changement.objects.count() == combien

    def test_borne_en_lignes_et_en_caracteres(self, brouillon: Candidature, monde: Monde) -> None:
        le, par = maintenant(), monde.personne("redacteur")
        Changement.objects.all().delete()
        for rang in range(historique.LIGNES + 5):
            instant = le - timedelta(minutes=20 * rang)
            historique.noter(brouillon, {"nom": None}, {"nom": f"texte {rang}"}, par=par, page="", le=instant)
        for rang in range(5):
            instant, long = le - timedelta(minutes=20 * rang), "x" * (historique.CARACTERES // 3)
            historique.noter(brouillon, {"descriptif": None}, {"descriptif": long}, par=par, page="", le=instant)
        assert historique.elaguer(Changement, le)
        assert brouillon.changements.filter(rubrique="nom").count() == historique.LIGNES
        assert (
            brouillon.changements.filter(rubrique="nom").values_list("apres", flat=True)[0] == "texte 0"
        )  # les plus récents restent
        assert brouillon.changements.filter(rubrique="descriptif").count() == 2
        assert not historique.elaguer(Changement, le)


def test_six_requetes_pour_une_reponse(brouillon: Candidature, client: Client) -> None:
    envoyer(client, brouillon, "projet", nom="Préparation")
    lu = _memoire(brouillon, ["nom", "descriptif"])
    envoi = {"page": PAGE, "champs": "nom descriptif", "lu": lu, "nom": "Un nom", "descriptif": "Un descriptif"}
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        client.post(reverse("candidatures:saisie", args=[brouillon.pk, "projet"]), envoi)
    lues = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(lues) == 6, "\n".join(lues)


def test_une_candidature_deposee_ne_s_ecrit_plus(monde: Monde, client: Client) -> None:
    client.force_login(monde.personne("redacteur"))
    adresse = reverse("candidatures:saisie", args=[monde.deposee_a.pk, "projet"])
    reponse = client.post(adresse, {"champs": "nom", "nom": "Trop tard"})
    assert (reponse.status_code, reponse.json()["erreur"]) == (409, "deposee")
    assert relire(monde.deposee_a).nom != "Trop tard"


def test_l_etat_rend_l_avancement_et_les_totaux(brouillon: Candidature, client: Client) -> None:
    reponse = client.post(reverse("candidatures:etat", args=[brouillon.pk, "montage-financier"]))
    fragments = reponse.json()["fragments"]
    assert "Total des dépenses" in fragments["equilibre"]
    assert "Vérifier et déposer" in fragments["cote"]
