"""L'enregistrement au fil de la frappe : réponse par réponse, chacune contre la valeur d'où elle part."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures import verrou
from candidatures.models import Candidature, Changement
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.empreintes import ecrire, empreintes
from candidatures.taches import elaguer_l_historique
from hlm_projets.requete.middleware import maintenant
from tests.cas_de_saisie import PAGE, CasDeSaisie, Terrain
from tests.fabriques import Monde, relire

pytestmark = pytest.mark.django_db


def envoyer(client: Client, candidature: Candidature, code: str, **donnees: Any) -> Any:
    """Ce qu'enverrait la page : par défaut, elle montrait ce que la base garde, et nomme tout ce qu'elle envoie."""
    noms = [nom for nom in donnees if nom not in ("page", "lu", "champs", "rang")]
    lu = donnees.get("lu") or _memoire(candidature, noms)
    envoi = {"page": PAGE, "champs": " ".join(noms)} | donnees | {"lu": lu}
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


class Projet:
    """La première section, et deux de ses textes."""

    champ, autre, requetes = "nom", "descriptif", 5

    def __init__(self, client: Client, candidature: Candidature) -> None:
        self.client, self.candidature = client, candidature
        self.historique = reverse("candidatures:historique", args=[candidature.pk])

    def memoire(self, *noms: str) -> dict[str, str]:
        return {"lu": _memoire(self.candidature, [*noms])}

    def envoyer(self, reponses: Mapping[str, str], *, page: str = PAGE, lu: Mapping[str, str] | None = None, **plus: Any) -> Any:
        return envoyer(self.client, self.candidature, "projet", page=page, **(dict(reponses) | dict(lu or {}) | plus))

    def gardee(self, nom: str) -> str:
        return str(getattr(relire(self.candidature), nom))

    def traces(self, nom: str) -> QuerySet[Changement]:
        return self.candidature.changements.filter(rubrique=nom)


class TestProjet(CasDeSaisie):
    @pytest.fixture
    def terrain(self, brouillon: Candidature, client: Client) -> Terrain:
        return Projet(client, brouillon)


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


def _deux_depenses(deuxieme: str) -> dict[str, str]:
    gestion = {
        f"{t}-{n}": v
        for t, v_ in (("depenses", "2"), ("ressources", "0"))
        for n, v in (("TOTAL_FORMS", v_), ("INITIAL_FORMS", "0"))
    }
    return gestion | {
        "depenses-0-libelle": "A",
        "depenses-0-montant": "1",
        "depenses-1-libelle": "B",
        "depenses-1-montant": deuxieme,
    }


def test_une_cellule_changee_n_ecrit_que_sa_ligne(brouillon: Candidature, client: Client) -> None:
    """Les autres lignes gardent leur clé, et rien n'est lu deux fois."""
    envoyer(client, brouillon, "montage-financier", champs="lignes", **_deux_depenses("2"))
    cles, lu = [ligne.pk for ligne in brouillon.lignes.all()], _memoire(brouillon, ["lignes"])
    with CaptureQueriesContext(connection) as requetes:
        envoyer(client, brouillon, "montage-financier", champs="lignes", lu=lu, **_deux_depenses("3"))
    assert [(ligne.pk, ligne.montant) for ligne in relire(brouillon).lignes.all()] == list(zip(cles, (1, 3), strict=True))
    faites = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(faites) == 6, "\n".join(faites)


@pytest.mark.parametrize("rangees", [1, 60])
@pytest.mark.parametrize(
    "acte", ["changer", "ajouter", "changer et ajouter", "retirer la première", "changer et retirer", "tout changer"]
)
@pytest.mark.parametrize("tableau", ["depenses", "organismes"])
def test_un_tableau_s_enregistre_en_sept_requetes_ou_huit(
    tableau: str, acte: str, rangees: int, brouillon: Candidature, client: Client
) -> None:
    """D'une rangée comme de soixante ; huit pour en changer et, du même envoi, en ajouter ou en retirer."""
    code, liste, cellule = (
        ("projet", "organismes", "nom") if tableau == "organismes" else ("montage-financier", "lignes", "libelle")
    )
    avant = [f"Rangée {rang}" for rang in range(rangees)]
    envoyer(client, brouillon, code, champs=liste, **_un_tableau(tableau, cellule, avant))
    apres = {
        "changer": ["Une autre", *avant[1:]],
        "ajouter": [*avant, "Neuve"] if rangees < 60 else [*avant[:-1], "Neuve"],
        "changer et ajouter": ["Une autre", *avant[1:], "Neuve"][:60],
        "retirer la première": avant[1:] or ["Seule"],
        "changer et retirer": [*avant[1:-1], "Changée"],
        "tout changer": [f"{nom} bis" for nom in avant],
    }[acte]
    lu = _memoire(brouillon, [liste])
    with CaptureQueriesContext(connection) as requetes:
        rendu = envoyer(client, brouillon, code, champs=liste, lu=lu, rang="2", **_un_tableau(tableau, cellule, apres))
    assert rendu["ecrits"] == [liste]
    assert [getattr(element, cellule) for element in getattr(relire(brouillon), liste).all()] == apres
    faites = [r["sql"] for r in requetes if not r["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    deux_gestes = acte.startswith(("changer et", "retirer")) and (rangees > 1 or acte == "changer et ajouter")
    assert len(faites) <= (8 if deux_gestes else 7), "\n".join(sql[:200] for sql in faites)


def _un_tableau(tableau: str, cellule: str, noms: list[str]) -> dict[str, str]:
    tous = ("organismes",) if tableau == "organismes" else ("depenses", "ressources")
    gestion = {f"{t}-TOTAL_FORMS": str(len(noms) if t == tableau else 0) for t in tous} | {
        f"{t}-INITIAL_FORMS": "0" for t in tous
    }
    return gestion | {f"{tableau}-{rang}-{cellule}": nom for rang, nom in enumerate(noms)}


@pytest.mark.parametrize("tableau", ["organismes", "depenses"])
def test_une_liste_lue_avant_le_verrou_et_changee_depuis_est_relue(
    tableau: str, brouillon: Candidature, client: Client, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Un collègue enregistre entre la lecture et le verrou : sa rangée est disputée, jamais effacée."""
    code, liste, cellule = (
        ("projet", "organismes", "nom") if tableau == "organismes" else ("montage-financier", "lignes", "libelle")
    )
    envoyer(client, brouillon, code, champs=liste, **_un_tableau(tableau, cellule, ["A", "B"]))
    lu, d_origine = _memoire(brouillon, [liste]), verrou.verrouiller

    def verrouiller(*arguments: Any, **options: Any) -> Candidature:
        monkeypatch.setattr(verrou, "verrouiller", d_origine)
        autre = Client()
        autre.force_login(monde.personne("deposant"))
        envoyer(
            autre,
            brouillon,
            code,
            champs=liste,
            lu=lu,
            page=str(uuid.uuid4()),
            **_un_tableau(tableau, cellule, ["A", "du collègue"]),
        )
        return d_origine(*arguments, **options)

    monkeypatch.setattr(verrou, "verrouiller", verrouiller)
    rendu = envoyer(client, brouillon, code, champs=liste, lu=lu, **_un_tableau(tableau, cellule, ["A", "le mien"]))
    assert [conflit["champ"] for conflit in rendu["conflits"]] == [liste]
    assert [getattr(element, cellule) for element in getattr(relire(brouillon), liste).all()] == ["A", "du collègue"]


def test_une_cellule_fausse_est_dite_a_sa_place(brouillon: Candidature, client: Client) -> None:
    gestion = {f"{t}-{n}": v for t in ("depenses", "ressources") for n, v in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))}
    cellules = {"depenses-0-libelle": "Accompagnement", "depenses-0-montant": "beaucoup"}
    rendu = envoyer(client, brouillon, "montage-financier", champs="lignes", **gestion, **cellules)
    assert list(rendu["erreurs"]) == ["depenses-0-montant"]


def test_une_cellule_fausse_sous_une_ligne_retiree_garde_son_montant_pas_celui_d_une_autre(
    brouillon: Candidature, client: Client
) -> None:
    """La page garde la ligne à retirer ; la base ne l'a plus : le rang de la page n'est plus celui de la suite gardée."""
    gestion = {f"{t}-{n}": v for t in ("depenses", "ressources") for n, v in (("TOTAL_FORMS", "3"), ("INITIAL_FORMS", "0"))}
    trois = (("A", "1"), ("B", "2"), ("C", "3"))
    lignes = {f"depenses-{rang}-libelle": libelle for rang, (libelle, _) in enumerate(trois)}
    lignes |= {f"depenses-{rang}-montant": montant for rang, (_, montant) in enumerate(trois)}
    retiree = gestion | lignes | {"depenses-0-DELETE": "on"}
    envoyer(client, brouillon, "montage-financier", champs="lignes", **retiree)
    assert [(ligne.libelle, ligne.montant) for ligne in relire(brouillon).lignes.all()] == [("B", 2), ("C", 3)]
    rendu = envoyer(client, brouillon, "montage-financier", champs="lignes", **(retiree | {"depenses-1-montant": "2oo"}))
    assert list(rendu["erreurs"]) == ["depenses-1-montant"]
    assert [(ligne.libelle, ligne.montant) for ligne in relire(brouillon).lignes.all()] == [("B", 2), ("C", 3)]


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


def test_l_historique_ne_se_mesure_pas_a_chaque_tour_du_travailleur(brouillon: Candidature) -> None:
    elaguer_l_historique()
    with CaptureQueriesContext(connection) as requetes:
        elaguer_l_historique()
    assert not [r for r in requetes if Changement._meta.db_table in r["sql"]]


def test_l_historique_est_borne_en_lignes_et_en_caracteres(brouillon: Candidature, monde: Monde) -> None:
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


@pytest.mark.parametrize(("rang", "garde"), [("6", ""), ("7", "En retard"), ("8", "En retard")])
def test_le_bouton_sans_rien_changer_devance_aussi_les_envois_plus_anciens(
    rang: str, garde: str, brouillon: Candidature, client: Client
) -> None:
    """« Enregistrer » confirme ce que la page montre : ce qui était parti avant lui, et tarde, ne s'écrit pas."""
    lu, montre = _memoire(brouillon, ["methodologie"]), brouillon.methodologie
    envoi = {"page": PAGE, "rang": "7", "lu": lu, "methodologie": montre, "rester": "1"}
    assert client.post(reverse("candidatures:section", args=[brouillon.pk, "accompagnement"]), envoi).status_code == 302
    envoyer(client, brouillon, "accompagnement", champs="methodologie", methodologie="En retard", lu=lu, rang=rang)
    assert relire(brouillon).methodologie == (garde or montre)
