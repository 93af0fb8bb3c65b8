"""Le format d'échange : toute fiche dans les bornes survit à l'aller et au retour ; le reste est refusé par une phrase."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidatures.champs.textes import est_vide
from candidatures.echange.ecrire import FORMAT, canonique, empreinte, en_fiche
from candidatures.echange.lire import FicheRefusee, lire_fiche
from candidatures.models import Candidature, LigneDuPlan, Porteur
from candidatures.saisie import actions
from candidatures.sections import CHAMPS, LISTE_PAR_NOM
from comptes.models import Utilisateur
from tests.exemples import fiches_inventees
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.strategies import des_reponses, un_montant, un_texte

pytestmark = pytest.mark.django_db

DEPARTEMENTS = ["01", "13", "2A", "2B", "59", "75", "77", "974"]
EN_BASE = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@st.composite
def une_ligne(tirer: st.DrawFn) -> LigneDuPlan:
    valeurs = {
        "nature": tirer(st.sampled_from(LigneDuPlan.Nature.values)),
        "libelle": tirer(un_texte(40)),
        "financeur": tirer(st.sampled_from(["", *LigneDuPlan.Financeur.values])),
        "montant": tirer(st.none() | un_montant()),
        "part": tirer(st.none() | un_montant(100)),
        "etat": tirer(st.sampled_from(["", *LigneDuPlan.Etat.values])),
    }
    assert set(valeurs) == set(LISTE_PAR_NOM["lignes"].colonnes)
    return LigneDuPlan(**valeurs)


un_porteur = st.builds(
    Porteur,
    nom=un_texte(40).filter(lambda nom: not est_vide(nom)),
    statut=un_texte(20),
    siren=st.from_regex(r"[0-9]{9}", fullmatch=True) | st.just(""),
)


class TestAllerRetour:
    @pytest.fixture
    def brouillon(self) -> Candidature:
        return un_brouillon(complet=False)

    @pytest.fixture
    def par(self, brouillon: Candidature) -> Utilisateur:
        return un_bailleur(brouillon.organisme)

    @EN_BASE
    @given(
        valeurs=des_reponses(),
        departements=st.sets(st.sampled_from(DEPARTEMENTS)),
        organismes=st.lists(un_porteur, max_size=3),
        lignes=st.lists(une_ligne(), max_size=4),
    )
    def test_de_la_base_a_l_echange_et_retour(
        self, brouillon: Candidature, par: Utilisateur, valeurs: Any, departements: Any, organismes: Any, lignes: Any
    ) -> None:
        """échange → base → échange : la seconde fiche est la première, au caractère près, par un vrai JSON."""
        with transaction.atomic():
            concernes = brouillon.departements.model.objects.filter(pk__in=departements)
            listes = {"departements": concernes, "organismes": organismes, "lignes": lignes}
            actions.enregistrer(brouillon, valeurs | listes, par=par)
            fiche = json.loads(json.dumps(en_fiche(relire(brouillon))))
            actions.charger(lire_fiche(fiche), brouillon, par=par)
            relue = relire(brouillon)
            assert en_fiche(relue) == fiche
            assert {nom: getattr(relue, nom) for nom in CHAMPS} == valeurs

    @pytest.mark.parametrize("nom", fiches_inventees())
    def test_les_fiches_inventees_se_chargent_et_ressortent(self, nom: str, brouillon: Candidature, par: Utilisateur) -> None:
        fiche = {cle: valeur for cle, valeur in fiches_inventees()[nom].items() if not cle.startswith("avis_")}
        fiche["departements"] = sorted(fiche["departements"])
        ressortie = en_fiche(actions.charger(lire_fiche(fiche), brouillon, par=par))
        fiche.pop("a_verifier", None)
        assert {cle: ressortie[cle] for cle in fiche} == fiche
        assert all(not ressortie[cle] for cle in set(ressortie) - set(fiche))

    def test_une_fiche_vide_est_une_fiche(self) -> None:
        lue = lire_fiche({"format": FORMAT})
        assert lue.valeurs == {nom: (champ.get_default() if not champ.null else None) for nom, champ in CHAMPS.items()}
        assert (lue.departements, lue.organismes, lue.lignes, lue.a_verifier) == ([], [], [], {})

    def test_absent_ou_null_c_est_pareil(self) -> None:
        assert lire_fiche({"format": FORMAT} | dict.fromkeys(CHAMPS)).valeurs == lire_fiche({"format": FORMAT}).valeurs


class TestEcrire:
    def test_toutes_les_cles_dans_l_ordre_du_papier(self) -> None:
        cles = list(en_fiche(un_brouillon()))
        assert cles[:4] == ["format", "localisation", "departements", "nom"]
        assert cles[-2:] == ["avis_departementaux", "avis_regionaux"]
        assert [cle for cle in cles if cle in CHAMPS] == list(CHAMPS)
        assert cles[cles.index("porteurs") + 1] == "organismes"
        assert cles[cles.index("cofinancements") + 1] == "lignes"

    def test_les_formes_du_format(self) -> None:
        fiche = en_fiche(un_brouillon(dalo=False, gestion_locative=""))
        assert fiche["cout_global"] == {"min": "1500.00", "max": "1750.50", "unite": "menage_an"}
        assert (fiche["dalo"], fiche["gestion_locative"], fiche["nombre_menages"]) == (False, None, 24)
        assert fiche["lignes"][1] == {
            "nature": "ressource",
            "libelle": None,
            "financeur": "appel_a_projets",
            "montant": "21000.00",
            "part": None,
            "etat": "demande",
        }

    def test_l_empreinte_ne_depend_que_du_contenu(self) -> None:
        fiche = en_fiche(un_brouillon())
        a_l_envers = dict(reversed(fiche.items()))
        assert (canonique(a_l_envers), empreinte(a_l_envers)) == (canonique(fiche), empreinte(fiche))
        assert empreinte(fiche | {"nom": "autre"}) != empreinte(fiche)


class TestRefus:
    @pytest.mark.parametrize(
        ("cle", "valeur"),
        [
            ("format", "hlm-fiche/2"),
            ("cle_inventee", 1),
            ("etat", "retenue"),
            ("numero", "2026-77-001"),
            ("nom", 3),
            ("nom", "x" * 301),
            ("methodologie", "x" * 20_001),
            ("methodologie", "\n" * 1_000),
            ("dalo", "oui"),
            ("dalo", 1),
            ("offre_nouvelle", 0),
            ("nombre_menages", "30"),
            ("nombre_menages", 30.0),
            ("nombre_menages", True),
            ("nombre_menages", 0),
            ("nombre_menages", 2_001),
            ("duree_mois", 61),
            ("gestion_locative", "mixte"),
            ("gestion_locative", ["adaptee"]),
            ("cout_global", "1500"),
            ("cout_global", {"min": "2", "max": "1"}),
            ("cout_global", {"min": "5000000.01"}),
            ("cout_global", {"unite": "siecle"}),
            ("departements", "77"),
            ("departements", ["99"]),
            ("departements", [77]),
            ("departements", ["7\x00"]),
            ("organismes", {}),
            ("organismes", ["Habitat"]),
            ("organismes", [{"nom": ""}]),
            ("organismes", [{"nom": "A", "siren": "12"}]),
            ("organismes", [{"nom": "A", "id": 3}]),
            ("organismes", [{"nom": "A"}] * 61),
            ("lignes", [{"nature": "depense", "libelle": "A"}] * 61),
            ("lignes", [{"nature": "ressource", "libelle": "A"}] * 121),
            ("lignes", [{"libelle": "sans nature"}]),
            ("lignes", [{"nature": "don"}]),
            ("lignes", [{"nature": "depense", "montant": "6000000.00"}]),
            ("lignes", [{"nature": "depense", "montant": "-1.00"}]),
            ("lignes", [{"nature": "depense", "montant": "1.005"}]),
            ("lignes", [{"nature": "depense", "part": "100.01"}]),
            ("lignes", [{"nature": "depense", "candidature": 1}]),
            ("avis_departementaux", [{"departement": "77"}]),
            ("avis_regionaux", [{"region": "11"}]),
            ("a_verifier", ["nom"]),
        ],
    )
    def test_ce_qui_est_refuse_nomme_sa_cle(self, cle: str, valeur: Any) -> None:
        with pytest.raises(FicheRefusee) as refus:
            lire_fiche({"format": FORMAT, cle: valeur})
        assert [erreur for erreur in refus.value.erreurs if not erreur.startswith(cle)] == []

    @pytest.mark.parametrize("contenu", [None, [], "{}", 3, [{"format": FORMAT}]])
    def test_ce_qui_n_est_pas_un_objet(self, contenu: Any) -> None:
        with pytest.raises(FicheRefusee):
            lire_fiche(contenu)

    def test_toutes_les_erreurs_a_la_fois(self) -> None:
        with pytest.raises(FicheRefusee) as refus:
            lire_fiche({"format": "?", "nom": 1, "dalo": "oui", "departements": ["99", "98"], "lignes": [{}, {}]})
        assert len(refus.value.erreurs) == 7

    @settings(suppress_health_check=list(HealthCheck))
    @given(
        st.dictionaries(
            st.sampled_from([*CHAMPS, "departements", "organismes", "lignes", "a_verifier", "format", "autre"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["min", "nom", "nature", "montant"]), x),
                max_leaves=6,
            ),
            max_size=6,
        )
    )
    def test_n_importe_quoi_est_lu_ou_refuse_jamais_une_panne(self, contenu: dict[str, Any]) -> None:
        with suppress(FicheRefusee):
            lire_fiche({"format": FORMAT} | contenu)


def test_ce_que_l_ecran_admet_pour_nom_se_relit() -> None:
    """« . » est un nom pour l'écran ; refusé ici, la fiche exportée ne se reprenait plus."""
    [lu] = lire_fiche({"format": FORMAT, "organismes": [{"nom": "."}]}).organismes
    assert lu.nom == "."
