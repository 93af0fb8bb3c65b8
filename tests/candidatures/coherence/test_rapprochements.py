"""Le même projet déposé deux fois, la fiche jumelle d'un autre bailleur, et les ménages comptés une seule fois."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidatures.coherence import Niveau
from candidatures.coherence.rapprochements import menages_comptes_une_fois, proches_visibles_par, ressemblance
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature
from comptes.models import Organisme
from tests.candidatures.coherence.fiche_saine import le_constat
from tests.fabriques import deposer, un_agent, un_bailleur, un_brouillon, un_national, un_organisme, une_campagne

pytestmark = pytest.mark.django_db
METHODE = (
    "L’accompagnement est assuré par deux opérateurs spécialisés qui établissent le diagnostic de chaque ménage et évaluent les mesures "
    "à mettre en place ; sa durée est adaptée à chaque situation, jamais moins de quatre mois, jamais plus de seize mois, et la "
    "démarche du « faire avec » y est la règle pour ceux qui demandent de l’aide."
)
AUTRE = (
    "Une équipe mobile du bailleur visite chaque semaine les résidences les plus éloignées, tient une permanence en mairie, aide à "
    "remplir les dossiers de surendettement, négocie les plans d’apurement et prépare avec le gardien les mutations vers plus petit, "
    "puis vérifie six mois plus tard que tout tient encore debout."
)


@pytest.fixture
def campagne() -> Campagne:
    return une_campagne(code="2026")


def un_projet(campagne: Campagne, organisme: Organisme, nom: str, methode: str = METHODE, **options: Any) -> Candidature:
    """Un brouillon dont la méthode est `methode`."""
    valeurs: dict[str, Any] = {"descriptif": "Un projet.", "methodologie": methode} | options
    return un_brouillon(campagne, organisme, nom=nom, **valeurs)


def depose(candidature: Candidature) -> Candidature:
    deposer(candidature, un_bailleur(candidature.organisme), timezone.now())
    return Candidature.objects.get(pk=candidature.pk)


class TestDeuxFois:
    CODE = "depose_deux_fois"

    @pytest.mark.parametrize(
        ("nom", "methode"),
        [
            ("Habiter mieux", "Tout autre chose."),
            ("HABITER  MIEUX", AUTRE),
            ("Habiter-mieux", AUTRE),
            ("Un autre nom", METHODE),
            ("Un autre nom", METHODE.replace("seize", "douze").replace("spécialisés", "agréés")),
        ],
    )
    def test_meme_nom_ou_texte_tres_proche(self, campagne: Campagne, nom: str, methode: str) -> None:
        organisme = un_organisme()
        premiere = depose(un_projet(campagne, organisme, "Habiter mieux"))
        constat = le_constat(un_projet(campagne, organisme, nom, methode), self.CODE)
        assert constat is not None
        assert constat.niveau == Niveau.A_JUSTIFIER
        assert str(premiere.numero) not in constat.phrase  # un invité lit le constat, pas l'autre dossier

    def test_un_autre_projet_ne_dit_rien(self, campagne: Campagne) -> None:
        organisme = un_organisme()
        depose(un_projet(campagne, organisme, "Habiter mieux"))
        assert le_constat(un_projet(campagne, organisme, "Vieillir chez soi", AUTRE), self.CODE) is None

    def test_ni_un_brouillon_ni_un_retrait_ni_une_autre_campagne(self, campagne: Campagne) -> None:
        organisme = un_organisme()
        un_projet(campagne, organisme, "Habiter mieux")
        depose(un_projet(une_campagne(), organisme, "Habiter mieux"))
        retiree = depose(un_projet(campagne, organisme, "Habiter mieux"))
        Candidature.objects.filter(pk=retiree.pk).update(etat=Etat.RETIREE)
        assert le_constat(un_projet(campagne, organisme, "Habiter mieux"), self.CODE) is None

    def test_un_dossier_depose_ne_se_trouve_pas_lui_meme(self, campagne: Campagne) -> None:
        assert le_constat(depose(un_projet(campagne, un_organisme(), "Habiter mieux")), self.CODE) is None


class TestJumelle:
    CODE = "fiche_jumelle"

    def test_le_texte_d_un_autre_bailleur_du_meme_departement(self, campagne: Campagne) -> None:
        """On le dit sans nommer ni l'organisme, ni son dossier : le porteur n'a pas à les connaître."""
        autre = depose(un_projet(campagne, un_organisme(), "Un toit"))
        constat = le_constat(un_projet(campagne, un_organisme(), "Un logement", METHODE.replace("seize", "dix")), self.CODE)
        assert constat is not None
        assert constat.niveau == Niveau.INFORMATION
        for secret in (autre.numero, autre.nom, autre.organisme.nom):
            assert str(secret) not in str(constat)

    @pytest.mark.parametrize(
        ("nom", "methode", "departements"),
        [("Un toit", AUTRE, ("77",)), ("Un toit", METHODE, ("13",)), ("Un toit", "Court.", ("77",)), ("", METHODE, ())],
    )
    def test_ce_qui_ne_suffit_pas(self, campagne: Campagne, nom: str, methode: str, departements: tuple[str, ...]) -> None:
        depose(un_projet(campagne, un_organisme(), "Un toit"))
        assert le_constat(un_projet(campagne, un_organisme(), nom, methode, departements=departements), self.CODE) is None

    def test_un_nom_commun_suffit_quand_les_textes_sont_proches(self, campagne: Campagne) -> None:
        melange = " ".join([*METHODE.split()[:28], *AUTRE.split()[:40]])
        depose(un_projet(campagne, un_organisme(), "Un toit"))
        ici, ailleurs = (un_projet(campagne, un_organisme(), nom, melange) for nom in ("Un toit", "Autre"))
        assert 0.25 <= ressemblance(ici, Candidature.objects.exclude(numero=None).get()) < 0.5
        assert le_constat(ici, self.CODE) is not None
        assert le_constat(ailleurs, self.CODE) is None

    @pytest.mark.parametrize("sens", ["fille", "mere", "soeur"])
    def test_deux_fiches_liees_ne_sont_plus_signalees(self, campagne: Campagne, sens: str) -> None:
        autre, fiche = depose(un_projet(campagne, un_organisme(), "Un toit")), un_projet(campagne, un_organisme(), "Un toit")
        if sens == "fille":
            fiche.jumelle_de = autre
        elif sens == "mere":
            Candidature.objects.filter(pk=autre.pk).update(jumelle_de=fiche)
        else:
            mere = un_projet(campagne, un_organisme(), "Le projet commun", AUTRE)
            fiche.jumelle_de = mere
            Candidature.objects.filter(pk=autre.pk).update(jumelle_de=mere)
        assert le_constat(fiche, self.CODE) is None

    def test_les_services_trouvent_celles_qu_ils_lisent(self, campagne: Campagne) -> None:
        organisme = un_organisme()
        sienne = depose(un_projet(campagne, organisme, "Un toit"))
        autre = depose(un_projet(campagne, un_organisme(), "Un logement"))
        fiche = depose(un_projet(campagne, organisme, "Un toit"))
        vues = {
            qui: set(proches_visibles_par(fiche, personne).values_list("pk", flat=True))
            for qui, personne in (
                ("agent", un_agent("77")), ("ailleurs", un_agent("13")), ("national", un_national()), ("bailleur", un_bailleur(organisme)),
            )
        }  # fmt: skip
        assert vues == {
            "agent": {sienne.pk, autre.pk},
            "ailleurs": set(),
            "national": {sienne.pk, autre.pk},
            "bailleur": {sienne.pk},
        }


class TestMenages:
    def test_des_fiches_liees_comptent_une_fois(
        self, campagne: Campagne, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Deux bailleurs écrivent chacun les cinquante ménages du projet commun : ils sont cinquante, pas cent."""
        mere, fille, petite_fille, seule, vague = (
            un_projet(campagne, un_organisme(), nom, nombre_menages=nombre)
            for nom, nombre in (("A", 50), ("B", 50), ("C", 25), ("D", 30), ("E", None))
        )
        _lier(fille, mere)
        _lier(petite_fille, fille)
        with django_assert_num_queries(2):
            assert menages_comptes_une_fois(Candidature.objects.filter(campagne=campagne)) == 80
        assert menages_comptes_une_fois(Candidature.objects.filter(pk__in=[seule.pk, vague.pk])) == 30
        assert menages_comptes_une_fois(Candidature.objects.none()) == 0

    def test_deux_filles_dont_la_mere_n_est_pas_dans_la_liste(self, campagne: Campagne) -> None:
        mere, une, deux = (un_projet(campagne, un_organisme(), nom, nombre_menages=40) for nom in "ABC")
        _lier(une, mere)
        _lier(deux, mere)
        assert menages_comptes_une_fois(Candidature.objects.exclude(pk=mere.pk)) == 40

    def test_un_lien_en_boucle_n_egare_pas(self, campagne: Campagne) -> None:
        une, deux = (un_projet(campagne, un_organisme(), nom, nombre_menages=40) for nom in "AB")
        _lier(une, deux)
        _lier(deux, une)
        assert menages_comptes_une_fois(Candidature.objects.all()) == 40


def _lier(fille: Candidature, mere: Candidature) -> None:
    Candidature.objects.filter(pk=fille.pk).update(jumelle_de=mere)
