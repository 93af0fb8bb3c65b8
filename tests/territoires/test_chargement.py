"""La donnée de référence : complète, juste, chargée autant de fois qu'on veut."""

from zoneinfo import available_timezones

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.forms.models import model_to_dict
from pytest_django import DjangoAssertNumQueries

from territoires.chargement import charger
from territoires.connus import choix_de_departements, choix_de_regions, departements_de, regions_de
from territoires.heures import Fuseau
from territoires.models import AncienneRegion, Departement, Region

COMPTES = {Region: 18, AncienneRegion: 22, Departement: 101}


def compter() -> dict[type, int]:
    return {modele: modele._default_manager.count() for modele in COMPTES}


@pytest.mark.django_db
def test_la_migration_charge_toute_la_france() -> None:
    assert compter() == COMPTES


@pytest.mark.django_db(transaction=True)
def test_la_donnee_revient_apres_un_vidage() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert compter() == COMPTES


@pytest.mark.django_db
def test_recharger_corrige_sans_doubler_ni_supprimer(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Departement.objects.filter(code="77").update(nom="Seine et Marne", region="84")
    Departement.objects.create(code="20", nom="Corse entière", region_id="94")
    with django_assert_num_queries(3):
        charger()
    seine_et_marne = Departement.objects.get(code="77")
    assert (seine_et_marne.nom, seine_et_marne.region_id) == ("Seine-et-Marne", "11")
    assert compter() == {**COMPTES, Departement: 102}


def test_sans_les_tables_rien_n_est_charge() -> None:
    """L'état migré d'un retour à zéro est vide ; sans accès à la base ici, une seule requête échouerait."""
    charger(apps=Apps())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "texte", "region", "ancienne", "fuseau"),
    [
        ("77", "Seine-et-Marne (77)", "Île-de-France", "Île-de-France", Fuseau.PARIS),
        ("45", "Loiret (45)", "Centre-Val de Loire", "Centre", Fuseau.PARIS),
        ("11", "Aude (11)", "Occitanie", "Languedoc-Roussillon", Fuseau.PARIS),
        ("62", "Pas-de-Calais (62)", "Hauts-de-France", "Nord-Pas-de-Calais", Fuseau.PARIS),
        ("2A", "Corse-du-Sud (2A)", "Corse", "Corse", Fuseau.PARIS),
        ("974", "La Réunion (974)", "La Réunion", "None", Fuseau.REUNION),
        ("973", "Guyane (973)", "Guyane", "None", Fuseau.GUYANE),
    ],
)
def test_un_departement_connait_ses_regions_et_son_heure(
    code: str, texte: str, region: str, ancienne: str, fuseau: Fuseau
) -> None:
    departement = Departement.objects.get(code=code)
    lu = (str(departement), str(departement.region), str(departement.ancienne_region))
    assert (*lu, departement.fuseau) == (texte, region, ancienne, fuseau)


@pytest.mark.django_db
def test_seule_la_metropole_a_d_anciennes_regions_et_elles_tiennent_dans_les_nouvelles() -> None:
    orphelins = Departement.objects.filter(ancienne_region=None)
    assert [d.code for d in orphelins] == ["971", "972", "973", "974", "976"]
    for departement in Departement.objects.exclude(ancienne_region=None).select_related("ancienne_region"):
        assert departement.ancienne_region is not None
        assert departement.ancienne_region.region_id == departement.region_id, departement


def test_les_fuseaux_existent_dans_la_base_des_fuseaux() -> None:
    assert set(Fuseau.values) <= available_timezones()


@pytest.mark.django_db
def test_les_departements_sont_ranges_par_code() -> None:
    codes = [d.code for d in Departement.objects.all()]
    assert codes[:1] + codes[27:31] + codes[-1:] == ["01", "29", "2A", "2B", "30", "976"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ecrit", "region"),
    [
        ("Île-de-France", "Île-de-France"),
        ("ile de france", "Île-de-France"),
        ("Nord Pas de Calais", "Hauts-de-France"),
        ("CENTRE", "Centre-Val de Loire"),
        ("Languedoc-Roussillon", "Occitanie"),
        ("PACA", "Provence-Alpes-Côte d'Azur"),
        ("Provence Alpes Côte d’Azur", "Provence-Alpes-Côte d'Azur"),
        ("Guyane", "Guyane"),
        ("Bavière", "None"),
        ("", "None"),
    ],
)
def test_une_region_se_retrouve_sous_son_nom_d_avant_2016(ecrit: str, region: str) -> None:
    assert str(Region.objects.nommee(ecrit)) == region


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ecrit", "code"),
    [("Seine et Marne", "77"), ("77", "77"), ("2a", "2A"), ("LA REUNION", "974"), ("Lyon", None)],
)
def test_un_departement_se_retrouve_par_son_nom_ou_son_code(ecrit: str, code: str | None) -> None:
    trouve = Departement.objects.nomme(ecrit)
    assert (trouve and trouve.code) == code


@pytest.mark.django_db
def test_retrouver_une_region_ne_coute_que_deux_requetes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        Region.objects.nommee("Alsace")


# --- Sans la base ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_les_territoires_connus_sont_ceux_de_la_base(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Champ par champ, dans leur ordre, et sans une requête ; un code inconnu de la référence se lit en base."""
    departements, regions = list(Departement.objects.select_related("region")), list(Region.objects.all())
    with django_assert_num_queries(0):
        connus, connues = departements_de({d.pk for d in departements}), regions_de({r.pk for r in regions})
        assert [*map(model_to_dict, connus.values())] == [*map(model_to_dict, departements)]
        assert [*map(model_to_dict, connues.values())] == [*map(model_to_dict, regions)]
        assert [str(d.region) for d in connus.values()] == [str(d.region) for d in departements]
        assert choix_de_departements()[0] == ("01", "01 – Ain")
        assert [nom for _, nom in choix_de_regions()][:2] == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté"]
    Departement.objects.create(code="20", nom="Corse entière", region_id="94")
    assert [str(d.region) for d in departements_de({"20", "77"}).values()] == ["Corse", "Île-de-France"]
    assert regions_de({"11", "00"}).keys() == {"11"}
