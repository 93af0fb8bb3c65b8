"""De même (`test_fautes_tuees.py`), après le dépôt : les avis, les décisions ; et les fichiers, les courriels."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from avis import actions as avis
from avis.attendus import Etape
from avis.manques import manques
from avis.models import AvisDepartemental, AvisRegional
from avis.regles import etape_dite
from candidatures import verrou
from candidatures.annexes.fichiers import bureautique, reconnaitre
from candidatures.annexes.fichiers import liseuse as lecteur
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.champs import Case
from candidatures.circuit.decision import decision_lue, dire_aide, taux_de
from candidatures.etats import Etat
from candidatures.models import Candidature, Evenement, LigneDuPlan
from candidatures.sections import CHAMPS
from comptes.portees import portee_de
from hlm_projets.envoi.envoi import reserver
from hlm_projets.models import RECU_DEPOT, Courriel
from pilotage.decisions.dossiers import cumuls, de_la_campagne, devant_le_comite, empreinte_des_decisions, lignes
from tests.avis.fabriques import DEPARTEMENT, REGION, rendre, un_dossier
from tests.candidatures.annexes import fichiers
from tests.candidatures.coherence.fiche_saine import une_fiche
from tests.fabriques import (
    un_agent,
    un_brouillon,
    un_national,
    une_campagne,
    une_candidature,
)
from tests.hlm_projets.fabrique import un_courriel
from tests.pilotage.fabriques import clore, publier

pytestmark = pytest.mark.django_db
MIDI = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECONDE = timedelta(seconds=1)
CASE = next(nom for nom, champ in CHAMPS.items() if isinstance(champ, Case))


class TestAvis:
    def test_une_etape_de_brouillon_n_est_dite_qu_a_son_service(self) -> None:
        siens, autres = portee_de(un_agent("77")), portee_de(un_agent("13"))
        assert etape_dite(siens, DEPARTEMENT, "77", Etape.BROUILLON) == Etape.BROUILLON
        assert etape_dite(autres, DEPARTEMENT, "77", Etape.BROUILLON) == Etape.ATTENDU

    @pytest.mark.parametrize(
        ("avis_ecrit", "manque"),
        [
            (AvisDepartemental(reproductibilite="fort"), {"champ_libre"}),
            (AvisDepartemental(reproductibilite="fort", champ_libre="……"), {"champ_libre"}),
            (AvisDepartemental(reproductibilite="fort", champ_libre="Utile."), set()),
            (AvisDepartemental(pertinence="Utile."), {"reproductibilite"}),
            (AvisRegional(), {"sens"}),
            (AvisRegional(sens="defavorable"), {"champ_libre"}),
            (AvisRegional(sens="defavorable", champ_libre="Trop cher."), set()),
            (AvisRegional(sens="favorable"), set()),
        ],
    )
    def test_un_avis_incomplet_dit_ce_qui_lui_manque(
        self, avis_ecrit: AvisDepartemental | AvisRegional, manque: set[str]
    ) -> None:
        assert set(manques(avis_ecrit)) == manque

    @pytest.mark.parametrize(("niveau", "territoire"), [(DEPARTEMENT, "77"), (REGION, "11")])
    def test_un_avis_incomplet_ne_se_rend_pas(self, niveau: Any, territoire: str) -> None:
        dossier, par = un_dossier(), un_agent(territoire, regional=niveau == REGION)
        if niveau == REGION:
            rendre(dossier, DEPARTEMENT, "77")
        with pytest.raises(verrou.Refus):
            avis.rendre(dossier, niveau, territoire, par=par, maintenant=timezone.now())


class TestDecisions:
    def test_le_taux_est_celui_des_depenses(self) -> None:
        plan = (("d", "Tout", 100_000, None), ("r", "appel_a_projets", 50_000, None))
        assert taux_de(une_fiche(plan=plan), Decimal(25_000)) == 25

    def test_un_dossier_au_comite_n_a_pas_de_decision(self) -> None:
        assert decision_lue(une_candidature(), un_national()) is None

    def test_l_aide_se_dit_en_euros_quand_le_plan_la_chiffre(self) -> None:
        plan = (("d", "Tout", 100_000, None), ("r", "appel_a_projets", 50_000, "50"))
        assert dire_aide(une_fiche(plan=plan)) == "50\u00a0000\u00a0€"
        assert dire_aide(une_fiche(plan=(("r", "appel_a_projets", None, "50"),))) == "50\u00a0%"

    def test_la_relecture_tient_a_l_etat_et_au_montant_de_chaque_dossier(self) -> None:
        lues = [
            empreinte_des_decisions([Candidature(pk=cle, etat=etat, montant_accorde=Decimal(montant))])
            for cle, etat, montant in ((1, "retenue", 1), (1, "retenue", 2), (1, "non_retenue", 1), (2, "retenue", 1))
        ]
        assert len(set(lues)) == 4

    def test_aucun_brouillon_au_bilan(self) -> None:
        deposee = une_candidature()
        un_brouillon(deposee.campagne)
        assert list(de_la_campagne(deposee.campagne)) == [deposee]

    def test_devant_le_comite_les_seuls_dossiers_du_comite_et_des_passages_pour_qui_decide(self) -> None:
        au_comite = une_candidature(Etat.COMITE)
        une_candidature(Etat.AVIS_REGIONAUX, campagne=au_comite.campagne)
        positions = cumuls(devant_le_comite(au_comite.campagne, ""), None)
        assert list(positions) == [au_comite.pk]
        assert not lignes(positions, decide=False)[0].passages
        assert lignes(positions, decide=True)[0].passages

    def test_un_dossier_retire_publie_n_a_pas_de_decision(self) -> None:
        campagne = une_campagne()
        retenue, retiree = (une_candidature(etat, campagne=campagne) for etat in (Etat.RETENUE, Etat.RETIREE))
        publier(clore(campagne))
        publies = Evenement.objects.filter(acte="publier_decision").values_list("candidature", flat=True)
        assert list(publies) == [retenue.pk] != [retiree.pk]


class TestFichiers:
    def test_un_lecteur_tombe_ne_laisse_rien_entrer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reconnaitre, "_lire", lambda *_: (-9, b"pdf"))
        with pytest.raises(FichierRefuse) as refus:
            reconnaitre.reconnaitre(BytesIO(b"%PDF-"), "a.pdf")
        assert refus.value.code == "illisible"

    def test_le_lecteur_se_donne_des_limites_avant_de_lire(self) -> None:
        """Un vrai lecteur à part, dont la lecture dit ses limites : calcul, fichier écrit, vidage."""
        dites = "repr([resource.getrlimit(getattr(resource, f'RLIMIT_{nom}'))[0] for nom in ('CPU', 'FSIZE', 'CORE')])"
        programme = f"import resource; import {lecteur.__name__} as l; "
        programme += f"l.reconnaitre = lambda fichier: {dites}; l.principal(['reconnaitre'])"
        commande = [sys.executable, "-c", programme]
        fini = subprocess.run(commande, cwd=settings.RACINE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        assert fini.stdout == repr([lecteur.CPU, 0, 0])

    @pytest.mark.parametrize(
        ("cle", "code"), [("AA", "actif"), ("JavaScript", "actif"), ("AF", "joints"), ("EmbeddedFiles", "joints")]
    )
    def test_ce_qu_un_pdf_emporte_se_voit_ou_que_ce_soit(self, cle: str, code: str) -> None:
        """Chaque façon de lancer ou d'emporter, seule : dans la racine, ou parmi les noms."""

        def preparer(pdf: pikepdf.Pdf) -> None:
            if cle in ("AA", "AF"):
                pdf.Root[f"/{cle}"] = pikepdf.Dictionary()
            else:
                pdf.Root["/Names"] = pikepdf.Dictionary({f"/{cle}": pikepdf.Dictionary()})

        with pytest.raises(FichierRefuse) as refus:
            reconnaitre.reconnaitre(BytesIO(fichiers.un_pdf(preparer)), "a.pdf")
        assert refus.value.code == code

    def test_deux_entrees_superposees_sont_refusees_si_petites_soient_elles(self) -> None:
        with zipfile.ZipFile(BytesIO(fichiers.un_docx())) as zip_:
            bureautique._compter(zip_, 10_000)
            premiere, seconde = zip_.infolist()
            seconde.header_offset = premiere.header_offset
            with pytest.raises(FichierRefuse) as refus:
                bureautique._compter(zip_, 10_000)
        assert refus.value.code == "demesure"

    def test_un_pdf_sans_page_pdf_est_abime(self) -> None:
        sortie = BytesIO()
        pikepdf.new().save(sortie)
        with pytest.raises(FichierRefuse) as refus:
            reconnaitre.reconnaitre(sortie, "a.pdf")
        assert refus.value.code == "abime"


class TestEnvoi:
    def test_le_corps_d_un_courriel_ordinaire_reste_en_base(self) -> None:
        un_courriel(MIDI, corps="Bonjour.")
        assert reserver(MIDI)
        assert Courriel.objects.get().corps == "Bonjour."

    def test_un_courriel_pris_entre_temps_n_est_pas_envoye(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """SQLite ne retient pas de ligne : la condition est répétée dans l'écriture."""
        un_courriel(MIDI)
        d_origine = QuerySet.first

        def first(self: Any) -> Any:
            trouve = d_origine(self)
            Courriel.objects.update(reserve_le=MIDI)
            return trouve

        monkeypatch.setattr(QuerySet, "first", first)
        assert reserver(MIDI) is None

    @pytest.mark.parametrize(("repris", "incertain"), [(False, False), (True, True)])
    def test_un_recu_n_est_incertain_qu_une_fois_repris(self, *, repris: bool, incertain: bool) -> None:
        un_courriel(MIDI, nom=RECU_DEPOT, reserve_le=MIDI, repris=repris)
        assert Courriel.objects.incertains(MIDI + timedelta(hours=1)).exists() is incertain


def test_une_ligne_sans_montant_ni_part_ne_compte_pas() -> None:
    assert dire_aide(une_fiche(plan=(("r", "appel_a_projets", None, None),))) == ""
    assert LigneDuPlan.objects.count() == 1
