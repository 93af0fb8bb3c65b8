"""Les commandes : charger et exporter une fiche, exporter le PDF. Des phrases, jamais de trace."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from candidatures.echange.ecrire import FORMAT
from candidatures.echange.lire import OCTETS_MAXIMUM, lire_fiche
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature, Compteur, Evenement
from candidatures.sections import CHAMPS
from comptes.models import Organisme, Role
from hlm_projets.models import Courriel
from territoires.models import Departement
from tests.commandes import Sortie
from tests.exemples import fiches_inventees
from tests.exemples.vraies import fiches_vraies
from tests.fabriques import Monde, un_bailleur, un_organisme, une_campagne

pytestmark = pytest.mark.django_db
INVENTEES = fiches_inventees()
FICHES = INVENTEES | fiches_vraies()


@pytest.fixture
def bailleur(db: None) -> Organisme:
    """Un organisme qui a un déposant, et une campagne ouverte « 2026 »."""
    organisme = un_organisme(siren="900000011")
    une_campagne(code="2026")
    un_bailleur(organisme)
    return organisme


def charger(chemin: Path | str, *options: str) -> Sortie:
    return Sortie("charger_fiche", str(chemin), "--campagne", "2026", "--organisme", "900000011", *options)


def ecrire(dossier: Path, contenu: Any) -> Path:
    chemin = dossier / "fiche.json"
    octets = contenu if isinstance(contenu, bytes) else json.dumps(contenu).encode()
    chemin.write_bytes(octets)
    return chemin


def rien_n_est_cree() -> bool:
    return not any(modele._default_manager.exists() for modele in (Candidature, Evenement, Compteur, Courriel))


# --- Charger, exporter ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("nom", FICHES)
def test_aller_retour_exact(bailleur: Organisme, tmp_path: Path, nom: str) -> None:
    chargee = charger(ecrire(tmp_path, FICHES[nom]), "--deposer")
    assert (chargee.code, chargee.erreurs) == (0, [])
    numero = chargee.dit.strip()
    premier = min(FICHES[nom]["departements"])
    assert chargee.dit == f"2026-{premier}-001\n"
    exportee = json.loads(Sortie("exporter_fiche", numero).dit)
    assert {cle: valeur for cle, valeur in exportee.items() if valeur not in (None, [])} == {
        cle: valeur for cle, valeur in FICHES[nom].items() if valeur not in (None, [])
    }
    assert set(exportee) == {"format", "departements", "organismes", "lignes", "avis_departementaux", "avis_regionaux", *CHAMPS}
    rechargee = charger(ecrire(tmp_path, exportee)).dit.strip()
    assert json.loads(Sortie("exporter_fiche", rechargee).dit) == exportee


@pytest.mark.parametrize(("options", "reponse"), [((), ""), (("--justification", "En mars."), "En mars.")])
def test_deposer_repond_aux_constats_a_justifier(
    bailleur: Organisme, tmp_path: Path, options: tuple[str, ...], reponse: str
) -> None:
    assert charger(ecrire(tmp_path, INVENTEES["val-d-ourcelle"]), "--deposer", *options).code == 0
    version = Candidature.objects.get().version
    assert version is not None
    assert [(c["code"], c["justification"]) for c in version.constats] == [("nombre_et_precision", reponse)]


def test_deposer_ne_passe_pas_un_constat_bloquant(bailleur: Organisme, tmp_path: Path) -> None:
    Campagne.objects.update(niveaux={"nombre_et_precision": "bloquant"})
    refusee = charger(ecrire(tmp_path, INVENTEES["val-d-ourcelle"]), "--deposer")
    assert refusee.code != 0
    assert "la précision dit" in " ".join(refusee.erreurs)
    assert rien_n_est_cree()


def test_les_exemples_couvrent_le_formulaire() -> None:
    """Ensemble, les fiches inventées répondent à toutes les rubriques, dont une à 8 départements de 3 régions."""
    repondues = {code for fiche in INVENTEES.values() for code, valeur in fiche.items() if valeur is not None}
    assert set(CHAMPS) - repondues <= {f"{code}_precision" for code in CHAMPS}
    departements = INVENTEES["trois-regions"]["departements"]
    assert len(departements) == 8
    assert Departement.objects.filter(pk__in=departements).values("region").distinct().count() == 3
    assert all(lire_fiche(fiche).organismes for fiche in FICHES.values())


def test_un_brouillon_n_est_pas_depose(bailleur: Organisme, tmp_path: Path) -> None:
    chargee = charger(ecrire(tmp_path, {"format": FORMAT, "nom": "Un début"}))
    candidature = Candidature.objects.get()
    assert (chargee.code, chargee.dit) == (0, f"B-{candidature.pk}\n")
    assert candidature.etat == Etat.BROUILLON
    assert list(candidature.evenements.values_list("acte", flat=True)) == ["creer"]


def test_une_saisie_suffit_a_qui_ne_depose_pas(tmp_path: Path) -> None:
    une_campagne(code="2026")
    un_bailleur(un_organisme(siren="900000011"), Role.REDACTEUR)
    chemin = ecrire(tmp_path, INVENTEES["mare-nostrum"])
    assert charger(chemin).code == 0
    refusee = charger(chemin, "--deposer")
    assert (refusee.code, refusee.dit) == (1, "")
    assert "Personne n'est habilité à déposer" in refusee.erreurs[0]


def test_l_organisme_se_nomme_aussi_par_son_identifiant(bailleur: Organisme, tmp_path: Path) -> None:
    chemin = ecrire(tmp_path, {"format": FORMAT})
    assert Sortie("charger_fiche", str(chemin), "--campagne", "2026", "--organisme", str(bailleur.pk)).code == 0


def test_l_entree_standard(bailleur: Organisme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b'\xef\xbb\xbf{"format": "hlm-fiche/1"}')))
    assert charger("-").code == 0


# --- Ce qui ne va pas -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("contenu", "attendu"),
    [
        (b"", "n'est pas du JSON"),
        (b"{", "n'est pas du JSON"),
        (b"[]", "un seul objet JSON"),
        (b'"texte"', "un seul objet JSON"),
        (b"\xff\xfe{\x00", "n'est pas en UTF-8"),
        (b"[" * 200_000, "imbrique trop"),
        (b'{"format": "hlm-fiche/1", "duree_mois": NaN}', "« NaN »"),
        (b'{"format": "hlm-fiche/1", "duree_mois": -Infinity}', "« -Infinity »"),
        (b'{"format": "hlm-fiche/1", "duree_mois": 1e999}', "duree_mois (Les engagements pris"),
        (b'{"format": "hlm-fiche/1", "duree_mois": ' + b"9" * 5000 + b"}", "nombre démesuré"),
        (b'{"format": "hlm-fiche/1", "duree_mois": ' + b"9" * 40 + b"}", "duree_mois ("),
        (b'{"format": "hlm-fiche/1", "nom": "a", "nom": "b"}', "écrite deux fois"),
        (b" " * (OCTETS_MAXIMUM + 1), "trop gros"),
        ({}, "format : attendu « hlm-fiche/1 »"),
        ({"format": FORMAT, "intrus\n": 1}, "intrus : cette clé n'existe pas"),
        ({"format": FORMAT, "avis_regionaux": [{"sens": "favorable"}]}, "un avis ne se charge pas"),
        ({"format": FORMAT, "nom": "x\ud800"}, "nom (Nom du projet) : ce texte contient un caractère incomplet"),
        ({"format": FORMAT, "nom": ["x"]}, "nom (Nom du projet) : attendu un texte"),
        ({"format": FORMAT, "nom": "x" * 301}, "nom (Nom du projet)"),
        ({"format": FORMAT, "descriptif": "x" * 20_001}, "descriptif ("),
        ({"format": FORMAT, "dalo": "oui"}, "dalo (Ménages éligibles au DALO) : attendu true"),
        ({"format": FORMAT, "dalo": 1}, "dalo ("),
        ({"format": FORMAT, "nombre_menages": True}, "nombre_menages ("),
        ({"format": FORMAT, "nombre_menages": 0}, "nombre_menages ("),
        ({"format": FORMAT, "nombre_menages": "15 par an"}, "le reste va dans la précision"),
        ({"format": FORMAT, "gestion_locative": "autre"}, "gestion_locative ("),
        ({"format": FORMAT, "cout_global": 12}, "cout_global ("),
        ({"format": FORMAT, "cout_global": {"min": "2", "max": "1"}}, "cout_global ("),
        ({"format": FORMAT, "cout_global": {"min": "1e5"}}, "cout_global ("),
        ({"format": FORMAT, "cout_global": {"min": "-1.00"}}, "cout_global ("),
        ({"format": FORMAT, "cout_global": {"min": "6000000.00"}}, "cout_global ("),
        ({"format": FORMAT, "cout_global": {"min": "1.00", "unite": "siècle"}}, "cout_global ("),
        ({"format": FORMAT, "departements": "77"}, "departements : attendu une liste"),
        ({"format": FORMAT, "departements": ["999"]}, "« 999 » n'existe pas"),
        ({"format": FORMAT, "departements": ["77\0", "\ud800"]}, "departements : le code"),
        ({"format": FORMAT, "organismes": [{"nom": " "}]}, "organismes, ligne 1 : « nom » manque"),
        ({"format": FORMAT, "organismes": [{"nom": "a", "siren": "12"}]}, "organismes, ligne 1 : « siren »"),
        ({"format": FORMAT, "organismes": [{"nom": "a"}] * 61}, "au plus 60"),
        ({"format": FORMAT, "lignes": [{"nature": "don"}]}, "lignes, ligne 1 : « nature »"),
        ({"format": FORMAT, "lignes": [{"nature": "depense", "montant": "-5.00"}]}, "lignes, ligne 1 : « montant »"),
        ({"format": FORMAT, "lignes": [{"nature": "depense", "montant": "5000001"}]}, "lignes, ligne 1 : « montant »"),
        ({"format": FORMAT, "lignes": [{"nature": "depense", "part": "101"}]}, "lignes, ligne 1 : « part »"),
        ({"format": FORMAT, "lignes": [3]}, "lignes, ligne 1 : attendu un objet"),
        ({"format": FORMAT, "lignes": {}}, "lignes : attendu une liste"),
        ({"format": FORMAT, "a_verifier": "abc"}, "a_verifier : attendu un objet"),
        ({"format": FORMAT, "a_verifier": {"nom": 1}}, "a_verifier : attendu un objet"),
    ],
    ids=lambda valeur: str(valeur)[:40],
)
def test_une_fiche_fausse_est_refusee_par_une_phrase(bailleur: Organisme, tmp_path: Path, contenu: Any, attendu: str) -> None:
    refusee = charger(ecrire(tmp_path, contenu))
    assert (refusee.code, refusee.dit) == (1, "")
    assert any(attendu in ligne for ligne in refusee.erreurs), refusee.erreurs
    assert rien_n_est_cree()


def test_chaque_defaut_a_sa_ligne(bailleur: Organisme, tmp_path: Path) -> None:
    fausse = {"format": FORMAT, "nom": 1, "dalo": 2, "departements": ["999"], "lignes": [{"nature": "x"}]}
    assert [ligne.split(" ")[0] for ligne in charger(ecrire(tmp_path, fausse)).erreurs] == [
        "nom",
        "dalo",
        "departements",
        "lignes,",
    ]


@pytest.mark.parametrize("code", [nom for nom, champ in CHAMPS.items() if not champ.blank] + ["departements", "organismes"])
def test_deposer_sans_une_rubrique_exigee(bailleur: Organisme, tmp_path: Path, code: str) -> None:
    """Le défaut est dit avec le code et l'intitulé ; rien n'est créé, pas même le brouillon."""
    fiche = INVENTEES["trois-regions"] | {code: None, f"{code}_precision": None}
    fiche = {cle: valeur for cle, valeur in fiche.items() if cle in INVENTEES["trois-regions"]}
    refusee = charger(ecrire(tmp_path, fiche), "--deposer")
    assert (refusee.code, refusee.dit, len(refusee.erreurs)) == (1, "", 1)
    porteur = {"departements": "localisation", "organismes": "porteurs"}.get(code, code)
    assert refusee.erreurs[0].startswith(f"{code} ({CHAMPS[porteur].verbose_name}) : ")
    assert rien_n_est_cree()
    assert charger(ecrire(tmp_path, fiche)).code == 0


def test_une_campagne_close_refuse(bailleur: Organisme, tmp_path: Path) -> None:
    Campagne.objects.update(cloture=timezone.now() - timedelta(seconds=1))
    refusee = charger(ecrire(tmp_path, INVENTEES["mare-nostrum"]))
    assert (refusee.code, len(refusee.erreurs)) == (1, 1)
    assert rien_n_est_cree()


@pytest.mark.parametrize(
    "options",
    [
        ["--campagne", "inconnue", "--organisme", "900000011"],
        ["--campagne", "\udcff", "--organisme", "900000011"],
        ["--campagne", "2026", "--organisme", "0"],
        ["--campagne", "2026", "--organisme", "\udcff"],
        ["--campagne", "2026", "--organisme", "9" * 30],
        ["--campagne", "2026"],
        ["--organisme", "900000011"],
    ],
)
def test_une_campagne_ou_un_organisme_inconnus(bailleur: Organisme, tmp_path: Path, options: list[str]) -> None:
    refusee = Sortie("charger_fiche", str(ecrire(tmp_path, {"format": FORMAT})), *options)
    assert (refusee.code, refusee.dit, len(refusee.erreurs)) == (1, "", 1)


@pytest.mark.parametrize("chemin", ["/nulle/part.json", "/", "/dev/null/x", "a" * 300])
def test_un_fichier_qui_ne_se_lit_pas(bailleur: Organisme, chemin: str) -> None:
    refusee = charger(chemin)
    assert (refusee.code, refusee.dit, len(refusee.erreurs)) == (1, "", 1)


@pytest.mark.parametrize("numero", ["2026-77-999", "B-0", "B-999999999999999999", "\udcff", "x" * 500, "", "a\0b", "%"])
def test_un_numero_inconnu(bailleur: Organisme, numero: str) -> None:
    for args in (["exporter_fiche", numero], ["exporter_pdf", numero, "--sortie", "jamais.pdf"]):
        refusee = Sortie(*args)
        assert (refusee.code, refusee.dit, len(refusee.erreurs)) == (1, "", 1)


# --- Le PDF -----------------------------------------------------------------------------------------------------------
def test_exporter_le_pdf(monde: Monde, tmp_path: Path) -> None:
    sortie = tmp_path / "fiche.pdf"
    sortie.write_bytes(b"ancien")
    assert Sortie("exporter_pdf", str(monde.deposee_a.numero), "--sortie", str(sortie)).code == 0
    assert sortie.read_bytes().startswith(b"%PDF-")
    assert list(tmp_path.iterdir()) == [sortie]


@pytest.mark.parametrize("sortie", ["absent/fiche.pdf", "."])
def test_une_sortie_impossible_est_dite(monde: Monde, tmp_path: Path, sortie: str) -> None:
    refusee = Sortie("exporter_pdf", str(monde.deposee_a.numero), "--sortie", str(tmp_path / sortie))
    assert (refusee.code, len(refusee.erreurs)) == (1, 1)
    assert not list(tmp_path.iterdir())
