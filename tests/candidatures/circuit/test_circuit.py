"""Le circuit : quels passages existent, pour qui, quand, et pourquoi non."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction

from candidatures.avancement.completude import manques
from candidatures.circuit import PASSAGES, possibles, raisons
from candidatures.circuit.franchir import DejaFranchi, franchir
from candidatures.circuit.passages import CIRCUIT, schema
from candidatures.etats import DECIDES, Etat
from candidatures.management.commands.circuit import DOCUMENT
from candidatures.models import Candidature, Evenement, Version
from candidatures.regles import ACTEURS
from candidatures.verrou import Refus
from comptes.models import Utilisateur
from hlm_projets.models import Courriel
from tests.fabriques import Monde, partager, relire, un_brouillon, une_campagne, une_candidature

PERMIS = {
    ("deposer", Etat.BROUILLON): Etat.DEPOSEE,
    ("retirer", Etat.DEPOSEE): Etat.RETIREE,
    ("retirer", Etat.AVIS_REGIONAUX): Etat.RETIREE,
    ("retirer", Etat.COMITE): Etat.RETIREE,
    # Une décision tue ne ferme pas le retrait : un bouton disparu la révélerait.
    **{("retirer", etat): Etat.RETIREE for etat in DECIDES},
    ("clore_avis_departementaux", Etat.DEPOSEE): Etat.AVIS_REGIONAUX,
    ("ouvrir_comite", Etat.AVIS_REGIONAUX): Etat.COMITE,
    ("rouvrir_avis_regionaux", Etat.COMITE): Etat.AVIS_REGIONAUX,
    ("rouvrir_avis_departementaux", Etat.AVIS_REGIONAUX): Etat.DEPOSEE,
    **{("retenir", etat): Etat.RETENUE for etat in (Etat.COMITE, *DECIDES)},
    **{
        ("mettre_en_liste_complementaire", etat): Etat.LISTE_COMPLEMENTAIRE
        for etat in (Etat.COMITE, Etat.RETENUE, Etat.NON_RETENUE)
    },
    **{("ne_pas_retenir", etat): Etat.NON_RETENUE for etat in (Etat.COMITE, *DECIDES)},
    **{("revenir_au_comite", etat): Etat.COMITE for etat in DECIDES},
}
AUTOMATIQUES = {"clore_avis_departementaux", "ouvrir_comite", "rouvrir_avis_regionaux", "rouvrir_avis_departementaux"}
DECISIONS = {"retenir", "mettre_en_liste_complementaire", "ne_pas_retenir", "revenir_au_comite"}
ACTEUR: dict[str, set[str]] = {
    "deposer": {"deposant", "invite_deposer"},
    "retirer": {"deposant"},
    **{nom: {"administrateur"} for nom in DECISIONS},
    **{nom: set() for nom in AUTOMATIQUES},
}
MONTANTS = {"retenir": Decimal("12000.00")}
"""La décision d'essai ; elle diffère de celle des fabriques : la confirmer telle quelle serait « déjà fait »."""


def traces() -> tuple[int, ...]:
    """Tout ce qu'un passage laisse derrière lui."""
    return Evenement.objects.count(), Version.objects.count(), Courriel.objects.count()


class TestPassages:
    def test_la_table_dit_tous_les_passages(self) -> None:
        """Un passage de plus se déclare aussi ici : qui, d'où, vers où."""
        assert {(t.nom, depuis): t.vers for t in CIRCUIT for depuis in t.depuis} == PERMIS
        assert set(ACTEUR) == set(PASSAGES)
        assert {t.acteur for t in CIRCUIT} <= set(ACTEURS)

    @pytest.mark.parametrize("etat", Etat)
    def test_etat_role_passage(self, etat: Etat, monde: Monde) -> None:
        """Seuls passent la bonne personne et le bon état ; un refus ne laisse aucune trace (F-15)."""
        deposant = monde.personne("deposant")
        personnes = {role: monde.personne(role) for role in Monde.ROLES}
        candidature = une_candidature(etat, campagne=monde.campagne, organisme=monde.organisme_a, par=deposant)
        for role, droit in Monde.INVITES.items():
            partager(candidature, personnes[role], droit)
        obtenus = {
            (role, passage): _essayer(candidature, passage, par) for role, par in personnes.items() for passage in PASSAGES
        }
        assert obtenus == {cle: _apres(etat, *cle) for cle in obtenus}
        assert len(obtenus) == len(Monde.ROLES) * len(PASSAGES)


def _essayer(candidature: Candidature, passage: str, par: Utilisateur) -> tuple[Any, str, bool]:
    """Le résultat, l'état d'après, et si une trace est restée ; puis tout est défait : chaque essai part du même dossier."""
    with transaction.atomic():
        avant = traces()
        issue = _tenter(relire(candidature), passage, par)
        obtenu = issue, relire(candidature).etat, traces() != avant
        transaction.set_rollback(True)
    return obtenu


def _apres(etat: Etat, role: str, passage: str) -> tuple[Any, str, bool]:
    """Ce que `_essayer` doit obtenir."""
    issue = _attendu(etat, role, passage)
    passe = not isinstance(issue, type)
    return issue, PERMIS[passage, etat] if passe else etat, passe


def _attendu(etat: Etat, role: str, passage: str) -> Any:
    if role not in ACTEUR[passage]:
        return PermissionDenied
    if (passage, etat) in PERMIS:
        return True
    deja = etat == PASSAGES[passage].vers and passage != "revenir_au_comite"  # au comité sans y être revenu
    return DejaFranchi if deja else Refus


def _tenter(candidature: Candidature, passage: str, par: Utilisateur) -> Any:
    try:
        franchir(
            candidature,
            PASSAGES[passage],
            par=par,
            maintenant=candidature.campagne.cloture,
            motif="Motif.",
            montant=MONTANTS.get(passage),
        )
    except (PermissionDenied, DejaFranchi, Refus) as refus:
        return type(refus)
    return True


@pytest.mark.django_db
class TestConditions:
    SECONDE = timedelta(seconds=1)

    @pytest.mark.parametrize(
        ("ecart", "tolerance", "depose"),
        [
            (-SECONDE, 0, True),
            (timedelta(0), 0, True),
            (SECONDE, 0, False),
            (timedelta(microseconds=1), 0, False),
            (timedelta(minutes=15), 0, False),
            (SECONDE, 15, True),
            (timedelta(minutes=15), 15, True),
            (timedelta(minutes=15, microseconds=1), 15, False),
        ],
    )
    def test_a_la_cloture(self, ecart: timedelta, tolerance: int, depose: bool) -> None:
        """Comparé à l'instant d'arrivée, clôture comprise ; le hors délai toléré est noté au journal (F-19)."""
        brouillon = un_brouillon(une_campagne(tolerance_minutes=tolerance))
        instant = brouillon.campagne.cloture + ecart
        par = brouillon.organisme.habilitations.get().utilisateur
        if not depose:
            with pytest.raises(Refus, match="La campagne est close depuis le"):
                franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=instant)
            assert relire(brouillon).est_brouillon
            return
        evenement = franchir(brouillon, PASSAGES["deposer"], par=par, maintenant=instant)
        assert (evenement.le, relire(brouillon).deposee_le) == (instant, instant)
        assert evenement.detail == ({"hors_delai_tolere": True} if ecart > timedelta(0) else {})

    def test_avant_l_ouverture(self) -> None:
        brouillon = un_brouillon()
        avant = brouillon.campagne.ouverture - self.SECONDE
        (raison,) = raisons(PASSAGES["deposer"], brouillon, avant)
        assert raison.startswith("La campagne ouvre le ")
        assert raisons(PASSAGES["deposer"], brouillon, brouillon.campagne.ouverture) == []

    def test_ce_qui_manque_est_nomme_une_fois(self) -> None:
        brouillon = un_brouillon(nom="……", duree_mois=None, duree_mois_precision="")
        brouillon.departements.clear()
        (raison,) = raisons(PASSAGES["deposer"], brouillon, brouillon.campagne.cloture)
        assert raison == f"Il manque : {' ; '.join(m.intitule for m in manques(brouillon))}."
        assert len(manques(brouillon)) == 3

    @pytest.mark.parametrize(("duree", "ouvert"), [(11, False), (12, True), (36, True), (37, False), (None, True)])
    def test_la_duree_tient_dans_les_bornes_de_la_campagne(self, duree: int | None, ouvert: bool) -> None:
        brouillon = un_brouillon(une_campagne(duree_minimum=12, duree_maximum=36), duree_mois=duree)
        attendu = [] if ouvert else [
            f"La durée ({duree} mois) n'est pas dans les bornes de la campagne : de 12 à 36 mois."
        ]  # fmt: skip
        assert raisons(PASSAGES["deposer"], brouillon, brouillon.campagne.cloture) == attendu

    def test_toutes_les_raisons_sont_dites_a_la_fois(self) -> None:
        brouillon = un_brouillon(complet=False)
        apres = brouillon.campagne.cloture + self.SECONDE
        assert len(raisons(PASSAGES["deposer"], brouillon, apres)) == 2

    @pytest.mark.parametrize("motif", ["", "  \n"])
    def test_un_retrait_dit_son_motif(self, motif: str) -> None:
        deposee = une_candidature()
        par = deposee.organisme.habilitations.first()
        assert par is not None
        with pytest.raises(Refus) as refus:
            franchir(deposee, PASSAGES["retirer"], par=par.utilisateur, maintenant=deposee.campagne.cloture, motif=motif)
        assert refus.value.raisons == ["Écrivez le motif."]

    def test_un_retrait_reste_possible_apres_la_cloture(self) -> None:
        deposee = une_candidature(Etat.COMITE)
        assert raisons(PASSAGES["retirer"], deposee, deposee.campagne.cloture + timedelta(days=100)) == []


class TestSchema:
    def test_le_document_est_a_jour(self) -> None:
        """Sinon : `manage.py circuit --ecrire`."""
        sortie = StringIO()
        call_command("circuit", stdout=sortie)
        assert DOCUMENT.read_text("utf-8") == sortie.getvalue()
        assert f"```mermaid\n{schema()}\n```" in sortie.getvalue()

    def test_le_schema_dit_chaque_etat_et_chaque_passage(self) -> None:
        lignes = [ligne.strip() for ligne in schema().splitlines()]
        assert len(lignes) == 2 + len(Etat) + len(PERMIS)
        assert "brouillon --> deposee : Déposer la candidature" in lignes

    @pytest.mark.parametrize("etat", Etat)
    def test_ce_qui_part_d_un_etat(self, etat: Etat) -> None:
        assert {t.nom for t in possibles(etat)} == {nom for nom, depuis in PERMIS if depuis == etat} - AUTOMATIQUES
