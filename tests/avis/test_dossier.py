"""La page d'un dossier : le bloc « Avis », la chronologie, les PDF, et ce que l'administrateur y fait."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avis.models import AvisDepartemental, Report
from candidatures import verrou
from candidatures.archives import actions as archives
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.management.commands import exporter_pdf
from candidatures.models import Archive, Campagne, Candidature
from comptes.models import Role, Utilisateur
from tests.avis.fabriques import DEPARTEMENT, REGION, adresse, agent, ecrire, mener_au_comite, ouvrir, rendre, un_dossier
from tests.fabriques import habiliter, relire, un_agent, un_bailleur, un_national
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = pytest.mark.django_db


def fiche(personne: Utilisateur, dossier: Candidature) -> str:
    reponse = ouvrir(personne).get(reverse("candidatures:fiche", args=[dossier.pk]))
    assert reponse.status_code == 200
    texte = reponse.content.decode()
    exiger_une_page(texte)
    return texte


def territoires(texte: str) -> list[str]:
    """Les territoires du bloc « Avis », dans l'ordre."""
    bloc = re.search(r'<table id="avis-attendus">(.*?)</table>', texte, re.DOTALL)
    return re.findall(r'<th scope="row">([^<]+)<br>', bloc[1]) if bloc else []


# --- Le bloc -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "attendus"),
    [
        (lambda d: un_agent("77"), ["Seine-et-Marne (77)"]),
        (lambda d: agent(REGION, "11"), ["Paris (75)", "Seine-et-Marne (77)", "Île-de-France"]),
        (lambda d: agent(REGION, "93"), ["Bouches-du-Rhône (13)", "Provence-Alpes-Côte d&#x27;Azur"]),
        (lambda d: un_national(Role.LECTEUR), 5),
        (lambda d: un_national(), 5),
        (lambda d: un_bailleur(d.organisme), []),
    ],
    ids=["77", "R11", "R93", "comité", "national", "bailleur"],
)
def test_chacun_y_suit_ses_avis(role: Any, attendus: Any) -> None:
    dossier = un_dossier(["75", "77", "13"])
    lus = territoires(fiche(role(dossier), dossier))
    assert (len(lus) if isinstance(attendus, int) else lus) == attendus


def test_un_brouillon_n_est_nomme_qu_a_son_service() -> None:
    dossier = un_dossier(["77"])
    ecrire(dossier, DEPARTEMENT, "77")
    assert "etat--brouillon" in fiche(un_agent("77"), dossier)
    for personne in (agent(REGION, "11"), un_national(), un_national(Role.LECTEUR)):
        assert "etat--brouillon" not in fiche(personne, dossier)
    assert "etat--brouillon" not in ouvrir(agent(REGION, "11")).get(adresse(dossier, REGION, "11")).content.decode()


def test_les_liens_suivent_les_droits() -> None:
    dossier = un_dossier(["77"])
    ecrire_, lire = adresse(dossier), adresse(dossier, REGION, "11")
    assert "Écrire l&#x27;avis" in fiche(un_agent("77"), dossier)
    assert ecrire_ not in fiche(agent(REGION, "11"), dossier)
    assert lire in fiche(agent(REGION, "11"), dossier)
    admin = fiche(un_national(), dossier)
    assert adresse(dossier, route="reporter") in admin
    assert adresse(dossier, route="rouvrir") not in admin
    rendre(dossier, DEPARTEMENT, "77")
    admin = fiche(un_national(), dossier)
    assert adresse(dossier, route="rouvrir") in admin
    assert adresse(dossier, route="reporter") not in admin
    assert "rouvrir" not in fiche(un_national(Role.LECTEUR), dossier)
    assert "reporter" not in fiche(agent(REGION, "11"), dossier)


# --- L'administrateur --------------------------------------------------------------------------------------------------------
def test_rouvrir_depuis_le_dossier() -> None:
    dossier, client = un_dossier(), ouvrir(un_national())
    rendre(dossier, DEPARTEMENT, "77")
    url = adresse(dossier, route="rouvrir")
    exiger_une_page(client.get(url).content.decode())
    sans = client.post(url, {"motif": "   "})
    assert "Écrivez le motif." in sans.content.decode()
    assert AvisDepartemental.objects.get().est_rendu
    avec = client.post(url, {"motif": "Une coquille."}, follow=True)
    assert "L&#x27;avis est rouvert" in avec.content.decode()
    assert not AvisDepartemental.objects.get().est_rendu
    assert client.get(url).status_code == 404
    assert client.post(url, {"motif": "Encore."}).status_code == 409


def test_reporter_depuis_le_dossier() -> None:
    dossier, client = un_dossier(), ouvrir(un_national())
    url = adresse(dossier, route="reporter")
    exiger_une_page(client.get(url).content.decode())
    passee = client.post(url, {"echeance_jour": "2020-01-01", "echeance_heure": "12:00", "motif": "Congés."})
    assert passee.status_code == 409
    assert "déjà passée" in passee.content.decode()
    assert "Congés." in passee.content.decode()
    reponse = client.post(url, {"echeance_jour": "2099-06-30", "echeance_heure": "23:59", "motif": "Congés."}, follow=True)
    assert "mardi 30 juin 2099 à 23\u00a0h\u00a059" in reponse.content.decode()
    assert Report.objects.get().motif == "Congés."


# --- La chronologie ----------------------------------------------------------------------------------------------------------
def chronologie(texte: str) -> list[str]:
    return re.findall(r'<p class="chronologie__quoi">([^<]+)</p>', texte)


@pytest.fixture
def rouvert() -> Candidature:
    """Au comité, rouvert, corrigé, revenu au comité, puis décidé deux fois."""
    dossier = mener_au_comite(un_dossier(["77", "13"]))
    Client().force_login(admin := un_national())
    ouvrir(admin).post(adresse(dossier, REGION, "11", "rouvrir"), {"motif": "MOTIF DE RÉOUVERTURE"})
    rendre(dossier, REGION, "11")
    for decision in ("ne_pas_retenir", "mettre_en_liste_complementaire"):
        franchir(dossier, PASSAGES[decision], par=admin, maintenant=timezone.now(), motif="MOTIF TU")
    return relire(dossier)


def test_le_bailleur_ne_lit_ni_les_avis_ni_les_decisions(rouvert: Candidature) -> None:
    texte = fiche(un_bailleur(rouvert.organisme), rouvert)
    assert chronologie(texte) == [
        "Tous les avis régionaux sont rendus : dossier au comité",
        "Candidature déposée",
        "Candidature commencée",
    ]
    for rendu in [*rouvert.avis_departementaux.all(), *rouvert.avis_regionaux.all()]:
        assert rendu.auteur_nom not in texte
        assert rendu.service_nom.partition(" – ")[0] + " –" not in texte
    assert "MOTIF" not in texte


def test_un_service_lit_les_actes_de_ses_territoires(rouvert: Candidature) -> None:
    texte = fiche(un_agent("77"), rouvert)
    assert [fait for fait in chronologie(texte) if fait.startswith("Avis")] == ["Avis départemental rendu : Seine-et-Marne (77)"]
    assert "MOTIF" not in texte
    assert rouvert.avis_departementaux.get(departement="13").auteur_nom not in texte
    region = chronologie(fiche(agent(REGION, "11"), rouvert))
    assert "Avis régional rouvert : Île-de-France" in region
    assert not [fait for fait in region if "Bouches" in fait or "Provence" in fait or "complémentaire" in fait]


def test_le_national_lit_tout(rouvert: Candidature) -> None:
    for role in (Role.ADMINISTRATEUR, Role.LECTEUR):
        texte = fiche(un_national(role), rouvert)
        faits = chronologie(texte)
        assert faits[:2] == ["Candidature en liste complémentaire", "Candidature non retenue"]
        assert faits.count("Avis régional rendu : Île-de-France") == 2
        assert "MOTIF DE RÉOUVERTURE" in texte


def test_apres_la_publication_le_bailleur_ne_lit_que_la_derniere_decision(rouvert: Candidature) -> None:
    Campagne.objects.filter(pk=rouvert.campagne_id).update(publiee_le=timezone.now())
    verrou.consigner(rouvert, "publier_decision", par=un_national(), le=timezone.now())
    texte = fiche(un_bailleur(rouvert.organisme), relire(rouvert))
    assert chronologie(texte)[0] == "Décision publiée : Liste complémentaire"
    assert "Candidature non retenue" not in texte
    assert "MOTIF" not in texte


def test_un_dossier_revenu_aux_avis_n_est_plus_dit_au_comite() -> None:
    dossier = mener_au_comite(un_dossier())
    ouvrir(un_national()).post(adresse(dossier, REGION, "11", "rouvrir"), {"motif": "Erreur."})
    assert not [f for f in chronologie(fiche(un_bailleur(dossier.organisme), dossier)) if "comité" in f or "Retour" in f]


# --- Les PDF -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def imprimes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Les documents donnés à imprimer, au lieu de les imprimer."""
    documents: list[Any] = []

    def retenir(document: Any) -> bytes:
        documents.append(document)
        return b"%PDF"

    for module in (archives, exporter_pdf):
        monkeypatch.setattr(module, "produire_pdf", retenir)
    return documents


def montres(document: Any) -> set[str]:
    return {bloc.territoire for section in document.avis for bloc in section.blocs if bloc.rendu_le}


def test_exporter_pdf_porte_tous_les_avis_rendus(imprimes: list[Any], tmp_path: Path) -> None:
    dossier = un_dossier(["77", "13"])
    rendre(dossier, DEPARTEMENT, "77")
    ecrire(dossier, DEPARTEMENT, "13")
    call_command("exporter_pdf", dossier.reference, sortie=tmp_path / "x.pdf")
    assert montres(imprimes.pop()) == {"Seine-et-Marne (77)"}
    mener_restant(dossier)
    call_command("exporter_pdf", dossier.reference, sortie=tmp_path / "x.pdf")
    assert len(montres(imprimes.pop())) == 4


def mener_restant(dossier: Candidature) -> None:
    rendre(dossier, DEPARTEMENT, "13")
    for region in ("11", "93"):
        rendre(dossier, REGION, region)


def test_chaque_pdf_d_un_zip_porte_ce_que_son_demandeur_peut_lire(imprimes: list[Any], settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    mener_au_comite(un_dossier(["77", "13"]))
    for personne, attendus in (
        (un_agent("77"), {"Seine-et-Marne (77)"}),
        (agent(REGION, "11"), {"Seine-et-Marne (77)", "Île-de-France"}),
        (un_national(), {"Seine-et-Marne (77)", "Bouches-du-Rhône (13)", "Île-de-France", "Provence-Alpes-Côte d'Azur"}),
    ):
        archive = preparer(personne)
        assert montres(imprimes.pop()) == attendus
        with zipfile.ZipFile(archive.fichier.path) as contenu:
            assert len(contenu.namelist()) == 2


def preparer(personne: Utilisateur) -> Archive:
    archive = archives.demander(personne, {}, maintenant=timezone.now())
    while archives.avancer(timezone.now()):
        pass
    archive.refresh_from_db()
    assert archive.est_prete
    return archive


def test_un_zip_ne_se_telecharge_plus_quand_un_de_ses_avis_ne_se_lit_plus(
    imprimes: list[Any], settings: Any, tmp_path: Path
) -> None:
    """L'administrateur devenu agent d'un département garde ses archives, sauf celles qui en diraient trop ; un avis rouvert se tait."""
    settings.MEDIA_ROOT = tmp_path
    dossier = mener_au_comite(un_dossier(["77", "13"]))
    personne = un_national()
    archive = preparer(personne)
    assert archives.est_encore_permise(archive, personne)
    personne.habilitations.update(fin=timezone.localdate() - timedelta(days=1))
    service = un_agent("77").habilitations.get().service
    assert not archives.est_encore_permise(archive, habiliter(personne, Role.AGENT, service))
    region = agent(REGION, "93")
    siennes = preparer(region)
    assert archives.est_encore_permise(siennes, region)
    ouvrir(un_national()).post(adresse(dossier, REGION, "93", "rouvrir"), {"motif": "Erreur."})
    assert not archives.est_encore_permise(siennes, region)
