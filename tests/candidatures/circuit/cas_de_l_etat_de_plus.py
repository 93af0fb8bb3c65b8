"""Aucun écran ne ment d'un état de plus : joué par `test_etat_de_plus`, avec le greffon `etat_de_plus`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avis.attendus import Etape, attendus
from candidatures import regles
from candidatures.circuit import PASSAGES, raisons
from candidatures.circuit.franchir import franchir
from candidatures.circuit.passages import schema
from candidatures.dossier.chronologie import chronologie
from candidatures.etats import DU_COMITE, EN_INSTRUCTION, EXAMINES, Etat
from candidatures.lecture.composition import document_de
from candidatures.models import Candidature
from candidatures.saisie.actions import enregistrer
from hlm_projets.models import Courriel
from pilotage.decisions.dossiers import raisons_de_ne_pas_publier
from tests.fabriques import Monde, partager, relire, une_candidature

pytestmark = pytest.mark.django_db
Ouvrir = Callable[[str], Client]
COMPLEMENTS = Etat("complements")
MOT = "Compléments demandés"
MOTIF = "Le plan de financement est à préciser."
SEULS = [
    ("clore_avis_departementaux", Etat.DEPOSEE, Etat.AVIS_REGIONAUX),
    ("ouvrir_comite", Etat.AVIS_REGIONAUX, Etat.COMITE),
]
"""Les passages que le circuit franchit seul, tous les avis rendus."""


@pytest.fixture(params=[Etat.DEPOSEE, Etat.COMITE])
def dossier(request: pytest.FixtureRequest, monde: Monde) -> Candidature:
    """Un dossier à compléter : demandé avant tout avis, ou une fois au comité ; partagé avec les trois invités."""
    par = monde.personne("deposant")
    dossier = une_candidature(request.param, campagne=monde.campagne, organisme=monde.organisme_a, par=par)
    for role, droit in Monde.INVITES.items():
        partager(dossier, monde.personne(role), droit)
    admin = monde.personne("administrateur")
    franchir(dossier, PASSAGES["demander_des_complements"], par=admin, maintenant=timezone.now(), motif=MOTIF)
    return relire(dossier)


def page(client: Client, nom: str, *args: Any, **filtres: str) -> str:
    reponse = client.get(reverse(nom, args=args), filtres)
    assert reponse.status_code == 200, (nom, reponse.status_code)
    return reponse.content.decode()


def test_l_etat_est_de_ceux_de_l_instruction() -> None:
    assert COMPLEMENTS in EN_INSTRUCTION
    assert COMPLEMENTS in EXAMINES
    assert COMPLEMENTS not in DU_COMITE


def test_la_liste_du_bailleur_le_dit(dossier: Candidature, client_de: Ouvrir) -> None:
    vue = page(client_de("deposant"), "candidatures:mes")
    assert f'<span class="etat etat--deposee">{MOT}</span>' in vue
    assert "prête à déposer" not in vue, "il est déposé"
    assert reverse("candidatures:recu", args=[dossier.pk]) in vue
    assert "Compléter<" in vue


@pytest.mark.parametrize("role", ["redacteur", "deposant", "invite_ecrire", "invite_lire"])
def test_la_page_du_dossier_le_dit_au_porteur(role: str, dossier: Candidature, client_de: Ouvrir) -> None:
    vue = page(client_de(role), "candidatures:fiche", dossier.pk)
    assert f'<span class="etat etat--deposee">{MOT}</span>' in vue
    assert ("Vérifier et déposer" in vue) == (role != "invite_lire"), "la fiche s'écrit de nouveau, pour qui l'écrit"
    assert reverse("candidatures:recu", args=[dossier.pk]) in vue, "il est déposé"
    assert "PDF (brouillon)" not in vue
    assert "Supprimer ce brouillon" not in vue
    assert MOTIF in vue
    assert "dossier au comité" not in vue, "il n'y est plus"
    assert (reverse("candidatures:franchir", args=[dossier.pk, "retirer"]) in vue) == (role == "deposant")


@pytest.mark.parametrize("role", ["agent_departemental", "agent_regional", "lecteur", "administrateur"])
def test_la_page_du_dossier_le_dit_a_l_instruction(role: str, dossier: Candidature, client_de: Ouvrir) -> None:
    vue = page(client_de(role), "candidatures:fiche", dossier.pk)
    assert f'<span class="etat etat--deposee">{MOT}</span>' in vue
    assert "Vérifier et déposer" not in vue
    assert reverse("candidatures:pdf", args=[dossier.pk]) in vue
    assert 'id="avis-du-dossier"' in vue


def test_la_liste_et_ses_filtres(dossier: Candidature, client_de: Ouvrir) -> None:
    for role in ("agent_departemental", "agent_regional", "lecteur", "administrateur"):
        assert dossier.reference in page(client_de(role), "candidatures:liste", etat="complements"), role
        for autre in set(Etat) - {COMPLEMENTS, Etat.BROUILLON}:
            assert dossier.reference not in page(client_de(role), "candidatures:liste", etat=autre.value), (role, autre)


def test_a_traiter_l_attend_encore(dossier: Candidature, client_de: Ouvrir) -> None:
    assert dossier.reference in page(client_de("agent_departemental"), "avis:a_traiter")
    etapes = {attendu.etape for attendu in attendus(dossier, timezone.now())}
    assert Etape.SANS_OBJET not in etapes, "un avis rendu l'est toujours, un avis attendu aussi"


def test_la_matrice_le_montre_et_le_trie(dossier: Candidature, client_de: Ouvrir) -> None:
    for role in ("agent_regional", "lecteur", "administrateur"):
        vue = page(client_de(role), "pilotage:matrice", etat="complements", tri="etat")
        assert dossier.reference in vue, role
        assert f'<span class="etat etat--deposee">{MOT}</span>' in vue
        assert dossier.reference not in page(client_de(role), "pilotage:matrice", etat="comite"), role


def test_le_comite_ne_decide_pas_sans_les_complements(dossier: Candidature, client_de: Ouvrir) -> None:
    assert dossier.reference not in page(client_de("administrateur"), "pilotage:decisions")
    (dite,) = [r for r in raisons_de_ne_pas_publier(dossier.campagne, [dossier], timezone.now()) if dossier.reference in r]
    assert f"{dossier.reference} ({MOT})" in dite


def test_chacun_lit_le_passage_et_son_motif(dossier: Candidature, monde: Monde) -> None:
    for role in ("deposant", "invite_lire", "agent_departemental", "lecteur", "administrateur"):
        fait = chronologie(dossier, monde.personne(role))[0]
        assert (fait.libelle, fait.motif) == (MOT, MOTIF), role


def test_confirmer_ne_dit_pas_que_c_est_sans_retour(monde: Monde, client_de: Ouvrir) -> None:
    vue = page(client_de("administrateur"), "candidatures:franchir", monde.deposee_a.pk, "demander_des_complements")
    assert f"passera à l’état « {MOT} »" in vue
    assert "ne se défait pas" not in vue
    assert "le bailleur ne l’apprend" not in vue
    retrait = page(client_de("deposant"), "candidatures:franchir", monde.deposee_a.pk, "retirer")
    assert "Ce passage ne se défait pas." in retrait


def test_la_fiche_s_ecrit_et_ne_se_supprime_pas(dossier: Candidature, client_de: Ouvrir, monde: Monde) -> None:
    ecrivent = {role for role in Monde.ROLES if regles.peut(regles.peut_modifier, monde.personne(role), dossier)}
    assert ecrivent == {"redacteur", "deposant", "invite_ecrire", "invite_deposer"}
    for adresse in (("candidatures:section", "projet"), ("candidatures:annexes",), ("candidatures:verifier",)):
        nom, *suite = adresse
        assert client_de("redacteur").get(reverse(nom, args=[dossier.pk, *suite])).status_code == 200, nom
    assert client_de("redacteur").get(reverse("candidatures:supprimer", args=[dossier.pk])).status_code == 404
    enregistrer(dossier, {"nom": "Un nom complété"}, par=monde.personne("redacteur"))
    assert relire(dossier).nom == "Un nom complété"


def test_les_services_lisent_la_version_deposee_qui_n_est_pas_un_brouillon(dossier: Candidature) -> None:
    Candidature.objects.filter(pk=dossier.pk).update(nom="Changé depuis")
    document = document_de(relire(dossier))
    assert not document.brouillon
    assert document.nom != "Changé depuis"


def test_aucun_courriel_ne_parle_d_un_depot(dossier: Candidature, monde: Monde) -> None:
    avant = set(Courriel.objects.values_list("nom", flat=True))
    nombre = Courriel.objects.count()
    envoyer(dossier, monde)
    assert (set(Courriel.objects.values_list("nom", flat=True)), Courriel.objects.count()) == (avant, nombre)


def envoyer(dossier: Candidature, monde: Monde) -> Candidature:
    """Les compléments envoyés, bien après la clôture."""
    instant = dossier.campagne.cloture + timedelta(days=30)
    franchir(dossier, PASSAGES["envoyer_les_complements"], par=monde.personne("deposant"), maintenant=instant)
    return relire(dossier)


def test_envoyes_ils_figent_sans_renumeroter(dossier: Candidature, monde: Monde) -> None:
    rendu = envoyer(dossier, monde)
    assert (rendu.numero, rendu.deposee_le) == (dossier.numero, dossier.deposee_le)
    assert rendu.versions.count() == 2
    envoi = rendu.evenements.filter(acte="envoyer_les_complements").get()
    assert (envoi.detail, envoi.vers) == ({}, Etat.DEPOSEE), "ce n'est pas un dépôt hors délai"


def test_envoyes_le_dossier_revient_ou_ses_avis_le_mettent(dossier: Candidature, monde: Monde) -> None:
    """Déposé s'il attend encore un avis ; au comité si tous sont rendus : personne d'autre n'aurait à l'y mener."""
    demande = dossier.evenements.get(acte="demander_des_complements")
    rendu = envoyer(dossier, monde)
    assert rendu.etat == demande.depuis
    suite = [(e.acte, e.depuis, e.vers) for e in rendu.evenements.filter(pk__gt=demande.pk).order_by("pk")]
    assert suite[0] == ("envoyer_les_complements", "complements", Etat.DEPOSEE)
    assert suite[1:] == (SEULS if demande.depuis == Etat.COMITE else [])


def test_ils_s_envoient_depuis_la_page_du_depot(dossier: Candidature, client_de: Ouvrir) -> None:
    adresse = reverse("candidatures:franchir", args=[dossier.pk, "envoyer_les_complements"])
    assert reverse("candidatures:envoyer_les_complements", args=[dossier.pk]) == adresse
    Candidature.objects.filter(pk=dossier.pk).update(partenaires="Un partenaire ajouté depuis")
    vue = page(client_de("deposant"), "candidatures:verifier", dossier.pk)
    assert "Un partenaire ajouté depuis" in vue, "la fiche à relire est celle qu'on va figer, pas celle déposée"
    assert f'formaction="{adresse}"' in vue
    assert "Envoyer les compléments" in vue
    assert "marqué « BROUILLON »" not in vue
    reponse: Any = client_de("deposant").post(adresse)
    assert (reponse.status_code, reponse.templates[0].name) == (200, "candidatures/dossier/recu.html")
    assert relire(dossier).etat == dossier.evenements.get(acte="demander_des_complements").depuis
    assert raisons(PASSAGES["envoyer_les_complements"], relire(dossier), timezone.now()) != []


def test_le_schema_du_circuit_le_dessine() -> None:
    lignes = [ligne.strip() for ligne in schema().splitlines()]
    assert f"complements : {MOT}" in lignes
    assert "comite --> complements : Demander des compléments" in lignes
    assert "complements --> deposee : Envoyer les compléments" in lignes
    assert "complements --> retiree : Retirer la candidature" in lignes
