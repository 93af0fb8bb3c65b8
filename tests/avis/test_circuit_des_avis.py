"""Les avis font avancer et reculer le dossier : huit départements, trois régions, dérogation, réouverture, report."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from avis import actions
from avis.actions import DejaRendu
from avis.attendus import Etape
from avis.models import AvisDepartemental, AvisFige, AvisRegional
from candidatures.circuit.passages import AUTOMATIQUES
from candidatures.etats import Etat
from candidatures.models import Evenement
from candidatures.verrou import Refus
from comptes.ecriture import Conflit
from tests.avis.fabriques import (
    DEPARTEMENT,
    REGION,
    REPONSES,
    RETARD,
    TROIS_REGIONS,
    agent,
    ecrire,
    etapes,
    etat,
    lus,
    rendre,
    reporter,
    un_collegue,
    un_dossier,
)
from tests.fabriques import un_agent, un_national

pytestmark = pytest.mark.django_db

REGIONS = {"11": ("75", "78", "91", "93", "94"), "32": ("59", "62"), "24": ("45",)}


# --- Avancer -------------------------------------------------------------------------------------------------------------
def test_huit_departements_trois_regions_jusqu_au_comite() -> None:
    dossier = un_dossier(TROIS_REGIONS)
    assert len(lus(dossier)) == 11
    for code in TROIS_REGIONS:
        assert etat(dossier) == Etat.DEPOSEE
        rendre(dossier, DEPARTEMENT, code)
    for region in REGIONS:
        assert etat(dossier) == Etat.AVIS_REGIONAUX
        rendre(dossier, REGION, region)
    assert etat(dossier) == Etat.COMITE
    assert set(etapes(dossier).values()) == {Etape.RENDU}
    assert (AvisDepartemental.objects.count(), AvisRegional.objects.count(), AvisFige.objects.count()) == (8, 3, 11)


def test_une_region_rend_des_que_ses_departements_ont_rendu() -> None:
    """Les autres régions ne la retardent pas ; l'état, lui, attend tout le monde."""
    dossier = un_dossier(TROIS_REGIONS)
    rendre(dossier, DEPARTEMENT, "45")
    assert etapes(dossier)["R24"] == Etape.ATTENDU
    assert etapes(dossier)["R11"] == Etape.PAS_ENCORE
    rendre(dossier, REGION, "24")
    assert etat(dossier) == Etat.DEPOSEE
    with pytest.raises(Refus, match=r"Essonne \(91\)"):
        rendre(dossier, REGION, "11")


ORDRES = [
    ordre
    for ordre in permutations(["45", "59", "R24", "R32"])
    if ordre.index("45") < ordre.index("R24") and ordre.index("59") < ordre.index("R32")
]


@pytest.mark.parametrize("ordre", ORDRES, ids="-".join)
def test_l_etat_ne_depend_pas_de_l_ordre(ordre: tuple[str, ...]) -> None:
    """Tous les ordres où chaque région suit son département mènent au comité, par les mêmes états."""
    dossier = un_dossier(["45", "59"])
    for rang, nom in enumerate(ordre):
        rendre(dossier, REGION if nom[0] == "R" else DEPARTEMENT, nom.removeprefix("R"))
        faits = set(ordre[: rang + 1])
        attendu = Etat.COMITE if len(faits) == 4 else Etat.AVIS_REGIONAUX if {"45", "59"} <= faits else Etat.DEPOSEE
        assert etat(dossier) == attendu


def test_une_region_qui_a_rendu_la_premiere_ne_saute_pas_une_etape() -> None:
    """Le dernier avis rendu fait franchir les deux passages l'un après l'autre, tous deux au journal."""
    dossier = un_dossier(["45", "59"], echeance=RETARD)
    rendre(dossier, REGION, "24", motif="En retard.")
    rendre(dossier, REGION, "32", motif="En retard.")
    actes = list(dossier.evenements.filter(acte__in=[t.nom for t in AUTOMATIQUES]).values_list("acte", flat=True))
    assert actes == ["clore_avis_departementaux", "ouvrir_comite"]
    assert etat(dossier) == Etat.COMITE


# --- Rendre --------------------------------------------------------------------------------------------------------------
def test_un_avis_rendu_est_signe_fige_et_journalise() -> None:
    dossier, personne = un_dossier(), un_collegue("77")
    instant = timezone.now()
    avis = rendre(dossier, DEPARTEMENT, "77", personne, le=instant)
    assert (avis.auteur, avis.auteur_nom, avis.rendu_le) == (personne, str(personne), instant)
    assert avis.service_nom == "DDETS – Seine-et-Marne (77)"
    fige = AvisFige.objects.get()
    assert (fige.niveau, fige.territoire, fige.contenu["champ_libre"]) == (
        "departement",
        "77",
        REPONSES[DEPARTEMENT]["champ_libre"],
    )
    evenement = Evenement.objects.get(acte="rendre_avis_departement")
    assert evenement.detail == {"territoire": "77", "service": "DDETS – Seine-et-Marne (77)"}


def test_le_service_se_lit_comme_il_s_appelait_ce_jour_la() -> None:
    dossier, personne = un_dossier(["77"]), un_collegue("77")
    autrefois = timezone.now().replace(year=2018)
    assert rendre(dossier, DEPARTEMENT, "77", personne, le=autrefois).service_nom == "DDCS – Seine-et-Marne (77)"


def test_un_avis_fige_ne_se_change_ni_ne_s_efface() -> None:
    rendre(un_dossier(), DEPARTEMENT, "77")
    for acte in (lambda: AvisFige.objects.update(territoire="13"), lambda: AvisFige.objects.all().delete()):
        with pytest.raises(DatabaseError, match="journal en ajout seul"), transaction.atomic():
            acte()


def test_un_second_rendu_apprend_le_premier() -> None:
    dossier, personne = un_dossier(), un_agent("77")
    premier = rendre(dossier, DEPARTEMENT, "77", personne)
    for acte in (
        lambda: rendre(dossier, DEPARTEMENT, "77"),
        lambda: actions.rendre(dossier, DEPARTEMENT, "77", par=personne, maintenant=timezone.now()),
    ):
        with pytest.raises(DejaRendu) as deja:
            acte()
        assert deja.value.avis == premier
    assert AvisFige.objects.count() == 1


def test_la_base_refuse_un_second_avis_ou_un_avis_rendu_sans_signature() -> None:
    dossier = un_dossier()
    ecrire(dossier, DEPARTEMENT, "77")
    with pytest.raises(IntegrityError), transaction.atomic():
        AvisDepartemental.objects.create(candidature=dossier, departement_id="77")
    with pytest.raises(IntegrityError), transaction.atomic():
        AvisDepartemental.objects.update(rendu_le=timezone.now())
    ecrire(dossier, REGION, "11")
    service = agent(REGION, "11").habilitations.get().service
    with pytest.raises(IntegrityError), transaction.atomic():
        AvisRegional.objects.update(rendu_le=timezone.now(), sens="", service=service, service_nom="x", auteur=un_national())


def test_rien_n_est_signe_qui_n_ait_ete_vu() -> None:
    dossier, personne = un_dossier(), un_agent("77")
    ecrire(dossier, DEPARTEMENT, "77", personne)
    with pytest.raises(Conflit) as conflit:
        actions.rendre(dossier, DEPARTEMENT, "77", par=personne, maintenant=timezone.now(), vu={"conditions": "Autre chose."})
    assert conflit.value.champs == ["conditions"]


# --- Passer outre ----------------------------------------------------------------------------------------------------------
def test_passer_outre_demande_un_retard_et_un_motif() -> None:
    a_l_heure, en_retard = un_dossier(), un_dossier(echeance=RETARD)
    with pytest.raises(Refus, match="leur date n'est pas passée"):
        rendre(a_l_heure, REGION, "11", motif="Trop pressée.")
    with pytest.raises(Refus, match="Écrivez le motif"):
        rendre(en_retard, REGION, "11", motif="   ")
    avis = rendre(en_retard, REGION, "11", motif=" Sans réponse. ")
    assert avis.motif_passer_outre == "Sans réponse."
    assert etat(en_retard) == Etat.COMITE
    assert etapes(en_retard) == {"77": Etape.PASSE_OUTRE, "R11": Etape.RENDU}


def test_sans_echeance_la_region_attend() -> None:
    dossier = un_dossier(echeance=None)
    with pytest.raises(Refus, match="leur date n'est pas passée"):
        rendre(dossier, REGION, "11", motif="Aucune date.")


def test_on_ne_passe_pas_outre_un_seul_departement_encore_dans_son_delai() -> None:
    dossier = un_dossier(["75", "77"], echeance=RETARD)
    reporter(dossier, DEPARTEMENT, "77")
    with pytest.raises(Refus, match=r"Seine-et-Marne \(77\)") as refus:
        rendre(dossier, REGION, "11", motif="Les deux.")
    assert "Paris" not in str(refus.value)


def test_un_departement_passe_outre_n_ecrit_plus() -> None:
    dossier = un_dossier(echeance=RETARD)
    ecrire(dossier, DEPARTEMENT, "77", champ_libre="Presque fini.")
    rendre(dossier, REGION, "11", motif="En retard.")
    for acte in (ecrire, rendre):
        with pytest.raises(Refus, match="en passant outre"):
            acte(dossier, DEPARTEMENT, "77")
    assert AvisDepartemental.objects.get().champ_libre == "Presque fini."


def test_le_motif_ne_reste_pas_quand_tous_ont_rendu() -> None:
    dossier = un_dossier(echeance=RETARD)
    ecrire(dossier, REGION, "11", **REPONSES[REGION], motif_passer_outre="Écrit d'avance.")
    rendre(dossier, DEPARTEMENT, "77")
    assert rendre(dossier, REGION, "11", motif="Écrit d'avance.").motif_passer_outre == ""
