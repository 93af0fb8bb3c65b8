"""La page des décisions : l'enveloppe ligne à ligne, ce qu'elle signale, et ce qu'elle tait."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.avancement.plan import aide_demandee
from candidatures.circuit.decision import depassements, dire_aide
from candidatures.etats import DU_COMITE, Etat
from candidatures.models import Candidature, LigneDuPlan
from candidatures.verrou import Refus
from comptes.models import Role
from pilotage.decisions.dossiers import TRIS, Bilan, cumuls, de_la_campagne, devant_le_comite
from tests.avis.fabriques import DEPARTEMENT, REGION, rendre, un_dossier
from tests.fabriques import Monde, relire, un_agent, un_national, une_campagne, une_candidature
from tests.hlm_projets.une_page import exiger_une_page
from tests.pilotage.fabriques import au_comite, clore, connecte, cumuler, decider

pytestmark = pytest.mark.django_db
DECISIONS = reverse("pilotage:decisions")


class TestConstats:
    @pytest.mark.parametrize(
        ("plafond", "taux", "montant", "nombre"),
        [
            (None, None, "999999", 0),
            ("20000", None, "20000.00", 0),
            ("20000", None, "20000.01", 1),
            (None, "50", "21000", 0),  # 21 000 sur 42 000
            (None, "50", "21000.01", 1),
            ("20000", "50", "21000.01", 2),
            ("20000", "50", None, 0),
        ],
    )
    def test_plafond_et_taux_au_centime(self, plafond: str | None, taux: str | None, montant: str | None, nombre: int) -> None:
        bornes = {"plafond": plafond and Decimal(plafond), "taux_maximum": taux and Decimal(taux)}
        dossier = une_candidature(campagne=une_campagne(**bornes))
        assert len(depassements(dossier, None if montant is None else Decimal(montant))) == nombre

    def test_sans_depense_chiffree_aucun_taux(self) -> None:
        dossier = une_candidature(campagne=une_campagne(taux_maximum=1))
        LigneDuPlan.objects.filter(candidature=dossier, nature="depense").update(montant=None, part=100)
        assert depassements(relire(dossier), Decimal(5_000)) == []

    def test_l_aide_demandee_est_celle_de_l_appel_a_projets(self) -> None:
        dossier = une_candidature()
        assert (aide_demandee(dossier).montant, dire_aide(dossier)) == (Decimal(21_000), "21\u00a0000\u00a0€")
        dossier.lignes.filter(financeur="appel_a_projets").update(montant=None, part=40)
        assert dire_aide(relire(dossier)) == "40\u00a0%"
        dossier.lignes.filter(financeur="appel_a_projets").delete()
        assert dire_aide(relire(dossier)) == ""


class TestLaPage:
    @pytest.mark.parametrize(("role", "code"), [(r, 200 if r in ("lecteur", "administrateur") else 404) for r in Monde.ROLES])
    def test_qui_la_lit(self, role: str, code: int, monde: Monde) -> None:
        assert connecte(monde.personne(role)).get(DECISIONS).status_code == code

    def test_une_ligne_par_dossier_et_l_enveloppe_qui_se_consomme(self) -> None:
        campagne = une_campagne(enveloppe=50_000)
        dossiers = [au_comite(campagne, nom=f"Projet {n}") for n in range(4)]
        for dossier, montant in zip(dossiers, (30_000, 15_000, 10_000), strict=False):
            decider(dossier, montant=Decimal(montant))
        positions = cumuls(devant_le_comite(campagne, ""), campagne.enveloppe)
        assert [cumul.accorde for _, cumul in positions.values()] == [30_000, 45_000, 55_000, 55_000]
        page = connecte(un_national()).get(DECISIONS).content.decode()
        exiger_une_page(page)
        for dit in (
            "reste 20\u00a0000\u00a0€",
            "reste 5\u00a0000\u00a0€",
            "enveloppe dépassée de 5\u00a0000\u00a0€",
            "55\u00a0000\u00a0€",
            "Favorable",
            "21\u00a0000\u00a0€",
        ):
            assert dit in page, dit
        assert page.count('<tr id="dossier-') == 4

    def test_le_cumul_suit_l_ordre_choisi_et_non_le_filtre(self) -> None:
        campagne = une_campagne(enveloppe=100)
        petit, grand, refuse = (au_comite(campagne) for _ in range(3))
        decider(petit, montant=Decimal(10))
        decider(grand, montant=Decimal(60))
        decider(refuse, "ne_pas_retenir")
        assert [accorde for _, _, accorde in devant_le_comite(campagne, "")] == [10, 70, 70]
        assert [accorde for _, _, accorde in devant_le_comite(campagne, "montant")] == [60, 70, 70]
        page = connecte(un_national()).get(DECISIONS, {"decision": "non_retenue"}).content.decode()
        assert page.count('<tr id="dossier-') == 1
        assert f"{refuse.numero}" in page
        assert "70\u00a0€" in page  # le bilan reste celui de toute la campagne

    def test_la_base_cumule_comme_le_calcul(self) -> None:
        """Tri par tri, décision par décision, page par page : les dossiers, leur ordre, et l'enveloppe jusqu'à eux."""
        campagne = une_campagne(enveloppe=100)
        for rang, montant in enumerate((None, 40, "12.34", 0, 40, 7)):
            dossier = au_comite(campagne, nombre_menages=(rang * 7) % 5 + 1)
            if montant is not None:
                decider(dossier, **({"montant": Decimal(montant)} if montant else {"passage": "ne_pas_retenir"}))
        for tri, (_, ordre) in TRIS.items():
            tous = list(Candidature.objects.filter(campagne=campagne).order_by(*ordre, "pk"))
            suite = cumuler((c.montant_accorde for c in tous), campagne.enveloppe)
            for decision in ("", *DU_COMITE):
                attendus = [(c.pk, c.etat, s.accorde) for c, s in zip(tous, suite, strict=True) if decision in ("", c.etat)]
                lus = devant_le_comite(campagne, tri, decision)
                assert (list(lus), lus.count()) == (attendus, len(attendus)), (tri, decision)
                assert [*lus[:2], *lus[2:4], *lus[4:]] == attendus

    def test_le_lecteur_lit_sans_pouvoir_decider(self) -> None:
        dossier = au_comite()
        decider(dossier)
        pages = {
            role: connecte(un_national(role)).get(DECISIONS).content.decode() for role in (Role.LECTEUR, Role.ADMINISTRATEUR)
        }
        assert "Retenue" in pages[Role.LECTEUR]
        assert "/passage/" not in pages[Role.LECTEUR]
        assert "publier" not in pages[Role.LECTEUR]
        assert "/passage/retenir/" in pages[Role.ADMINISTRATEUR]
        assert "Relire et publier" in pages[Role.ADMINISTRATEUR]

    def test_chaque_passage_propose_s_ouvre(self) -> None:
        campagne, client = une_campagne(), connecte(un_national())
        dossiers = [au_comite(campagne) for _ in range(4)]
        for dossier, nom in zip(dossiers, ("retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"), strict=False):
            decider(dossier, nom)
        page = client.get(DECISIONS).content.decode()
        liens = [lien.replace("&amp;", "&") for lien in _liens(page, "/passage/")]
        assert len(liens) == 4 + 3 + 4 + 3
        assert {client.get(lien).status_code for lien in liens} == {200}

    def test_ni_dossier_en_avis_ni_brouillon_ni_retrait(self) -> None:
        campagne = une_campagne()
        garde = au_comite(campagne)
        exclus = [une_candidature(campagne=campagne), une_candidature(Etat.RETIREE, campagne=campagne)]
        page = connecte(un_national()).get(DECISIONS).content.decode()
        assert str(garde.numero) in page
        assert not [c for c in exclus if str(c.numero) in page]

    def test_sans_campagne_sans_dossier_la_page_le_dit(self) -> None:
        client = connecte(un_national())
        assert "Aucune campagne" in client.get(DECISIONS).content.decode()
        une_campagne()
        assert "Aucun dossier devant le comité" in client.get(DECISIONS).content.decode()

    @pytest.mark.parametrize("valeur", ["\x00", "'", "a" * 5000, "💥", "99999999999999999999"])
    def test_une_valeur_hostile_ne_casse_rien(self, valeur: str) -> None:
        au_comite()
        client = connecte(un_national())
        for nom in ("campagne", "decision", "tri", "page"):
            assert client.get(DECISIONS, {nom: valeur}).status_code == 200

    def test_requetes_constantes(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        campagne, client = une_campagne(), connecte(un_national())
        decider(au_comite(campagne))
        client.get(DECISIONS)
        with django_assert_num_queries(REQUETES):
            client.get(DECISIONS)
        for _ in range(2):
            decider(au_comite(campagne, ("75", "78", "91", "93", "94", "59", "62", "45")))
        with django_assert_num_queries(REQUETES):
            assert client.get(DECISIONS).content.decode().count('<tr id="dossier-') == 3

    def test_le_bilan_compte_tout(self) -> None:
        campagne = une_campagne(enveloppe=10)
        for nom in ("retenir", "ne_pas_retenir", "ne_pas_retenir", ""):
            dossier = au_comite(campagne)
            if nom:
                decider(dossier, nom)
        bilan = Bilan.de(clore(campagne), de_la_campagne(campagne))
        assert bilan == Bilan.de_la_campagne(campagne)
        assert dict(bilan.lignes) == {Etat.RETENUE: 1, Etat.LISTE_COMPLEMENTAIRE: 0, Etat.NON_RETENUE: 2, Etat.COMITE: 1}
        assert (bilan.decidees, bilan.enveloppe.accorde, bilan.enveloppe.depasse) == (3, Decimal(20_000), True)


REQUETES = 13


def _liens(page: str, morceau: str) -> list[str]:
    return [suite.split('"', 1)[0] for suite in page.split('href="')[1:] if morceau in suite.split('"', 1)[0]]


def test_un_agent_n_apprend_rien_en_touchant_un_avis_apres_la_decision() -> None:
    """Le refus d'écrire un avis sur lequel la région est passée outre est le même avant et après la décision."""
    dossier = un_dossier(["77", "75"])
    rendre(dossier, DEPARTEMENT, "75")
    plus_tard = timezone.now() + timedelta(days=11)
    rendre(dossier, REGION, "11", le=plus_tard, motif="Sans réponse.")
    refus = []
    for _ in range(2):
        with pytest.raises(Refus) as refuse:
            rendre(dossier, DEPARTEMENT, "77", un_agent("77"))
        refus.append(refuse.value.raisons)
        if len(refus) == 1:
            decider(dossier)
    assert refus[0] == refus[1]
