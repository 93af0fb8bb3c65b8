"""Reprendre une candidature d'une édition antérieure : rien ne se perd, rien ne se fait deux fois, ce qui est à relire le reste."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone

from candidatures.echange.ecrire import en_fiche
from candidatures.models import Annexe, Campagne, Candidature, Porteur, TypeDAnnexe, Version
from candidatures.reprise.actions import DejaReprise, marquer_relue, provenance, reprendre, reprises
from candidatures.reprise.reprenables import INTITULES, Sort, lire_ce_qui_se_lit, relire, reprenables
from candidatures.verrou import Refus
from comptes.models import Utilisateur
from tests.candidatures.reprise.anciennes import TOUT_GARDER, TOUT_REVOIR, reprendre_par, une_ancienne
from tests.courses import VERROUS, ensemble
from tests.fabriques import Monde, un_bailleur, un_brouillon, une_campagne, une_candidature
from tests.fabriques import relire as en_base
from tests.gardes import JournauxOuverts

pytestmark = pytest.mark.django_db


@pytest.fixture
def ancienne(monde: Monde) -> Candidature:
    """Un dossier déposé de l'organisme A, d'une édition close ; la campagne du monde est ouverte."""
    return une_ancienne(monde)


@pytest.fixture
def passee() -> Campagne:
    """Une autre campagne que celle, ouverte, du monde."""
    return une_campagne(code="2024")


def figer(candidature: Candidature, **reponses: Any) -> None:
    """La version figée d'alors disait ceci (la base ne se corrige pas autrement)."""
    version = candidature.versions.get()
    with JournauxOuverts():
        Version.objects.filter(pk=version.pk).update(fiche=version.fiche | reponses)


# --- L'action ----------------------------------------------------------------------------------------------------------------
class TestReprendre:
    def test_tout_garder_donne_la_meme_fiche_sans_marque(self, monde: Monde, ancienne: Candidature) -> None:
        nouvelle = en_base(reprendre_par(monde, ancienne, TOUT_GARDER))
        assert en_fiche(nouvelle) == en_fiche(ancienne)
        assert (nouvelle.a_revoir, nouvelle.origine, nouvelle.etat) == ([], ancienne, "brouillon")
        assert (nouvelle.numero, nouvelle.campagne, nouvelle.organisme) == (None, monde.campagne, monde.organisme_a)

    def test_garder_relire_effacer(self, monde: Monde, ancienne: Candidature) -> None:
        sorts = TOUT_GARDER | {"methodologie": Sort.REVOIR, "partenaires": Sort.EFFACER, "lignes": Sort.REVOIR}
        nouvelle = en_base(reprendre_par(monde, ancienne, sorts))
        assert (nouvelle.methodologie, nouvelle.partenaires) == (ancienne.methodologie, "")
        assert nouvelle.a_revoir == ["methodologie", "lignes"]
        assert nouvelle.lignes.count() == ancienne.lignes.count()

    def test_une_precision_suit_sa_rubrique(self, monde: Monde, ancienne: Candidature) -> None:
        nouvelle = en_base(reprendre_par(monde, ancienne, TOUT_GARDER | {"nombre_menages": Sort.EFFACER}))
        assert (nouvelle.nombre_menages, nouvelle.nombre_menages_precision) == (None, "")
        assert nouvelle.duree_mois_precision == ancienne.duree_mois_precision

    def test_sans_reprendre_les_organismes_celui_qui_commence_est_nomme(self, monde: Monde, ancienne: Candidature) -> None:
        Porteur.objects.filter(candidature=ancienne).update(nom="Un autre nom d'alors")
        nouvelle = reprendre_par(monde, ancienne, TOUT_GARDER | {"organismes": Sort.EFFACER})
        assert [porteur.nom for porteur in nouvelle.organismes.all()] == [monde.organisme_a.nom]

    def test_l_ancienne_ne_change_pas(self, monde: Monde, ancienne: Candidature) -> None:
        avant = (en_fiche(ancienne), ancienne.modifie_le, ancienne.evenements.count())
        reprendre_par(monde, ancienne, TOUT_REVOIR)
        apres = en_base(ancienne)
        assert (en_fiche(apres), apres.modifie_le, apres.evenements.count()) == avant

    def test_la_version_figee_fait_foi(self, monde: Monde, ancienne: Candidature) -> None:
        Candidature.objects.filter(pk=ancienne.pk).update(methodologie="Changée depuis en base")
        assert "Changée" not in reprendre_par(monde, ancienne, TOUT_GARDER).methodologie

    def test_un_brouillon_jamais_depose_se_reprend_aussi(self, monde: Monde, passee: Campagne) -> None:
        vieux = un_brouillon(passee, monde.organisme_a, par=monde.personne("redacteur"))
        assert en_fiche(reprendre_par(monde, vieux, TOUT_GARDER)) == en_fiche(en_base(vieux))

    def test_le_journal_le_dit(self, monde: Monde, ancienne: Candidature) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        assert [e.acte for e in nouvelle.evenements.order_by("pk")] == ["creer", "reprendre"]
        origine = provenance(nouvelle)
        assert origine is not None
        assert (origine.dossier, origine.edition, origine.phrases) == (ancienne.numero, "2025", {})
        assert provenance(ancienne) is None

    @pytest.mark.parametrize("role", ["autre_bailleur", "agent_departemental", "administrateur", "lecteur", "invite_deposer"])
    def test_seul_un_membre_de_l_organisme_reprend(self, monde: Monde, ancienne: Candidature, role: str) -> None:
        with pytest.raises(PermissionDenied):
            reprendre_par(monde, ancienne, TOUT_GARDER, qui=role)

    def test_dans_une_campagne_close_ou_la_meme_c_est_refuse_sans_rien_creer(self, monde: Monde, ancienne: Candidature) -> None:
        close = une_campagne(ouverture=timezone.now() - timedelta(days=9), cloture=timezone.now() - timedelta(days=8))
        for campagne in (close, ancienne.campagne):
            with pytest.raises(Refus):
                reprendre(ancienne, campagne, TOUT_GARDER, par=monde.personne("redacteur"), maintenant=timezone.now())
        assert not Candidature.objects.filter(origine=ancienne).exists()


class TestDeuxFois:
    def test_la_meme_page_envoyee_deux_fois_ne_cree_qu_un_brouillon(self, monde: Monde, ancienne: Candidature) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_GARDER)
        with pytest.raises(DejaReprise) as deja:
            reprendre_par(monde, ancienne, TOUT_GARDER)
        assert deja.value.nouvelle == nouvelle

    def test_qui_a_vu_la_premiere_peut_en_faire_une_seconde(self, monde: Monde, ancienne: Candidature) -> None:
        premiere = reprendre_par(monde, ancienne, TOUT_GARDER)
        reprendre_par(monde, ancienne, TOUT_GARDER, connues=[premiere.pk])
        assert reprises(ancienne, monde.campagne).count() == 2

    def test_dire_relu_deux_fois_ne_change_rien_de_plus(self, monde: Monde, ancienne: Candidature) -> None:
        nouvelle = reprendre_par(monde, ancienne, TOUT_REVOIR)
        for _ in range(2):
            marquer_relue(nouvelle, "methodologie", par=monde.personne("redacteur"))
        assert set(INTITULES) - set(en_base(nouvelle).a_revoir) == {"methodologie"}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@VERROUS
def test_dix_clics_un_seul_brouillon(verrou: bool) -> None:
    """Les autres apprennent lequel."""
    ancienne, campagne = une_candidature(), une_campagne()
    par = un_bailleur(ancienne.organisme)

    def reprendre_une_fois() -> Candidature:
        personne = Utilisateur.objects.get(pk=par.pk)
        return reprendre(en_base(ancienne), campagne, TOUT_GARDER, par=personne, maintenant=timezone.now())

    resultats = ensemble([reprendre_une_fois] * 10, verrou=verrou)
    faites = [resultat for resultat in resultats if isinstance(resultat, Candidature)]
    if not verrou:
        assert len(faites) > 1, "sans verrou, la course doit se voir"
        return
    assert len(faites) == 1
    assert {deja.nouvelle for deja in resultats if isinstance(deja, DejaReprise)} == set(faites)
    assert Counter(type(resultat) for resultat in resultats) == {Candidature: 1, DejaReprise: 9}


# --- Ce qui ne se relit plus --------------------------------------------------------------------------------------------------
class TestBornesChangees:
    def test_un_texte_devenu_trop_long_reste_entier_et_a_relire(self, monde: Monde, ancienne: Candidature) -> None:
        long = "Un nom démesuré " * 40
        figer(ancienne, nom=long)
        nouvelle = en_base(reprendre_par(monde, ancienne, TOUT_GARDER))
        assert nouvelle.nom == long
        assert nouvelle.a_revoir == ["nom"]
        origine = provenance(nouvelle)
        assert origine is not None
        assert "le maximum est 300" in origine.phrases["nom"]

    @pytest.mark.parametrize(
        ("code", "valeur", "mots"),
        [
            ("nombre_menages", 2_500, "2500"),
            ("dalo", "oui, le cas échéant", "oui, le cas échéant"),
            ("cout_global", {"min": "9000000.00", "max": None, "unite": "menage_an"}, "9000000.00, menage_an"),
            ("cout_diagnostic", {"min": "150.00", "max": None, "unite": "par_tete"}, "150.00, par_tete"),
        ],
    )
    def test_une_valeur_hors_bornes_passe_dans_la_precision(
        self, monde: Monde, ancienne: Candidature, code: str, valeur: Any, mots: str
    ) -> None:
        figer(ancienne, **{code: valeur})
        nouvelle = en_base(reprendre_par(monde, ancienne, TOUT_GARDER))
        assert getattr(nouvelle, code) is None
        assert getattr(nouvelle, f"{code}_precision") == f"{mots} — {getattr(ancienne, f'{code}_precision')}"
        assert nouvelle.a_revoir == [code]

    def test_une_ligne_du_plan_illisible_dit_tout_dans_son_libelle(self, monde: Monde, ancienne: Candidature) -> None:
        bonne = {"nature": "depense", "libelle": "Suivi", "montant": "10.00"}
        figer(ancienne, lignes=[bonne, {"nature": "ressource", "libelle": "CAF", "financeur": "caf", "montant": "12.00"}])
        nouvelle = reprendre_par(monde, ancienne, TOUT_GARDER)
        lignes = [(ligne.nature, ligne.libelle, ligne.montant) for ligne in nouvelle.lignes.all()]
        assert lignes == [("depense", "Suivi", Decimal("10.00")), ("ressource", "ressource, CAF, caf, 12.00", None)]
        assert nouvelle.a_revoir == ["lignes"]

    def test_un_departement_disparu_et_une_rubrique_retiree_sont_dits(self, monde: Monde, ancienne: Candidature) -> None:
        figer(ancienne, departements=["77", "999"], ancienne_rubrique="Un texte d'alors")
        nouvelle = reprendre_par(monde, ancienne, TOUT_GARDER)
        assert [d.pk for d in nouvelle.departements.all()] == ["77"]
        origine = provenance(nouvelle)
        assert origine is not None
        assert "999" in origine.phrases["departements"]
        assert "dossier d'origine" in origine.phrases["ancienne_rubrique"]

    def test_une_duree_que_la_campagne_n_admet_plus_est_a_relire(self, monde: Monde, ancienne: Candidature) -> None:
        Campagne.objects.filter(pk=monde.campagne.pk).update(duree_minimum=36, duree_maximum=48)
        monde.campagne.refresh_from_db()
        nouvelle = en_base(reprendre_par(monde, ancienne, TOUT_GARDER))
        assert (nouvelle.duree_mois, nouvelle.a_revoir) == (24, ["duree_mois"])

    def test_un_format_d_avant_se_lit_rubrique_par_rubrique(self, ancienne: Candidature) -> None:
        fiche = {cle: v for cle, v in en_fiche(ancienne).items() if not cle.startswith("avis_")}
        relue = lire_ce_qui_se_lit(fiche | {"format": "hlm-fiche/0"})
        assert relue.phrases == {}
        assert relue.lue.valeurs == relire(ancienne).lue.valeurs


def test_ce_qui_est_propose(ancienne: Candidature) -> None:
    """L'identité et les cases se gardent ; les textes de fond, les nombres, l'argent et les durées se relisent."""
    propose = {r.code: r.propose for r in reprenables(relire(ancienne))}
    gardees = {code for code, sort in propose.items() if sort == Sort.GARDER}
    assert {
        "localisation",
        "departements",
        "nom",
        "porteurs",
        "organismes",
        "dalo",
        "offre_nouvelle",
        "gestion_locative",
    } <= gardees
    assert {code for code, sort in propose.items() if sort == Sort.REVOIR} >= {
        *("descriptif", "methodologie", "partenaires", "nombre_menages", "nombre_logements", "duree_mois"),
        *("cout_global", "montage_financier", "cofinancements", "lignes"),
    }
    assert set(propose) == set(INTITULES)


def test_les_rubriques_sans_reponse_ne_sont_pas_proposees(monde: Monde, passee: Campagne) -> None:
    vide = un_brouillon(passee, monde.organisme_a, par=monde.personne("redacteur"), complet=False)
    assert [r.code for r in reprenables(relire(vide))] == ["nom", "organismes"]


# --- Les annexes ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def avec_annexes(monde: Monde, ancienne: Candidature, settings: Any, tmp_path: Path) -> Candidature:
    """Deux annexes saines et une infectée."""
    disque = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": disque}
    settings.CLAMD_SOCKET = "/run/clamd"
    for rang, (libelle, etat) in enumerate([("Rapport", "saine"), ("Budget d'alors", "saine"), ("Rapport", "infectee")], 1):
        type_, _ = TypeDAnnexe.objects.get_or_create(campagne=ancienne.campagne, libelle=libelle)
        annexe = Annexe(candidature=ancienne, type=type_, rang=rang, nom=f"annexe{rang}.pdf", genre="pdf", taille=3)
        annexe.sha256, annexe.etat = f"{rang}" * 64, etat
        annexe.jointe_par, annexe.jointe_le = monde.personne("redacteur"), timezone.now()
        annexe.fichier.save("x", ContentFile(f"abc{rang}".encode()), save=False)
        annexe.fichier.close()
        annexe.save()
    monde.campagne.types_d_annexe.all().delete()
    for libelle in ("Rapport", "Autre"):
        TypeDAnnexe.objects.create(campagne=monde.campagne, libelle=libelle)
    return ancienne


def contenu(annexe: Annexe) -> bytes:
    with annexe.fichier.open() as fichier:
        octets: bytes = fichier.read()
    return octets


class TestAnnexes:
    def voulues(self, ancienne: Candidature) -> list[Any]:
        return list(ancienne.annexes.values_list("pk", flat=True))

    def test_copiees_dans_un_autre_fichier_et_a_confirmer(self, monde: Monde, avec_annexes: Candidature) -> None:
        nouvelle = reprendre_par(monde, avec_annexes, TOUT_GARDER, annexes=self.voulues(avec_annexes))
        copies = list(nouvelle.annexes.order_by("rang"))
        assert [(p.nom, p.type.libelle, p.a_confirmer, p.etat) for p in copies] == [
            ("annexe1.pdf", "Rapport", True, "en_analyse"),
            ("annexe2.pdf", "Autre", True, "en_analyse"),
        ]
        assert all(p.type.campagne_id == monde.campagne.pk for p in copies)
        assert [contenu(p) for p in copies] == [b"abc1", b"abc2"]
        assert not {p.fichier.name for p in copies} & {p.fichier.name for p in avec_annexes.annexes.all()}

    def test_celles_qu_on_ne_veut_pas_restent(self, monde: Monde, avec_annexes: Candidature) -> None:
        assert not reprendre_par(monde, avec_annexes, TOUT_GARDER).annexes.exists()

    def test_un_fichier_perdu_est_dit(self, monde: Monde, avec_annexes: Candidature) -> None:
        premiere = avec_annexes.annexes.order_by("rang")[0]
        premiere.fichier.delete(save=False)
        nouvelle = reprendre_par(monde, avec_annexes, TOUT_GARDER, annexes=self.voulues(avec_annexes))
        origine = provenance(nouvelle)
        assert origine is not None
        assert nouvelle.annexes.count() == 1
        assert list(origine.phrases.values()) == ["L'annexe « annexe1.pdf » n'a pas pu être reprise : joignez-la de nouveau."]

    def test_un_echec_en_chemin_ne_laisse_ni_dossier_ni_fichier(
        self, monde: Monde, avec_annexes: Candidature, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        avant = {chemin for chemin in tmp_path.rglob("*") if chemin.is_file()}
        monkeypatch.setattr(Annexe, "save", sauver_une_fois(Annexe.save))
        with pytest.raises(RuntimeError):
            reprendre_par(monde, avec_annexes, TOUT_GARDER, annexes=self.voulues(avec_annexes))
        assert {chemin for chemin in tmp_path.rglob("*") if chemin.is_file()} == avant
        assert not Candidature.objects.filter(origine=avec_annexes).exists()


def sauver_une_fois(d_origine: Any) -> Any:
    """La première annexe s'écrit, la seconde échoue."""
    faites: list[Annexe] = []

    def save(self: Annexe, *args: Any, **kwargs: Any) -> None:
        if faites:
            raise RuntimeError
        faites.append(self)
        d_origine(self, *args, **kwargs)

    return save
