"""Une requête composée une fois dit ce que dirait l'ORM, à chaque fois qu'elle est jouée."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from candidatures.champs.fourchettes import Fourchette
from candidatures.models import Candidature, LigneDuPlan
from hlm_projets.composees import Composee, Valeur, enregistrer, inserer
from hlm_projets.ecran.colonnes import colonne
from tests.fabriques import un_brouillon

pytestmark = pytest.mark.django_db


def par_cle() -> Composee:
    return Composee(lambda: Candidature.objects.filter(pk=Valeur("cle", colonne(Candidature, "id"))).order_by())


def valeurs(objet: Any) -> dict[str, Any]:
    return {champ.attname: getattr(objet, champ.attname) for champ in objet._meta.concrete_fields}


def test_les_objets_lus_sont_ceux_de_l_orm() -> None:
    """Toutes les colonnes, dans leur type : dates, décimaux, JSON, fourchettes, vides."""
    un, autre, requete = un_brouillon(), un_brouillon(), par_cle()
    Candidature.objects.filter(pk=un.pk).update(cout_diagnostic=Fourchette(Decimal(2), Decimal(3), "menage_an"), a_revoir=["nom"])
    for pk in (un.pk, autre.pk, un.pk):
        [lu] = requete.lire(cle=pk)
        assert valeurs(lu) == valeurs(Candidature.objects.get(pk=pk))
        assert (lu._state.db, lu._state.adding) == ("default", False)
    assert requete.lire(cle=0) == []


def test_elle_ne_se_compose_qu_une_fois() -> None:
    faites = []

    def faire() -> Any:
        faites.append(1)
        return LigneDuPlan.objects.filter(libelle=Valeur("libelle", colonne(LigneDuPlan, "libelle")))

    requete = Composee(faire)
    assert [requete.lire(libelle=mot) for mot in ("a", "b")] == [[], []]
    assert faites == [1]


def test_les_annotations_sont_sur_l_objet() -> None:
    brouillon = un_brouillon()
    brouillon.lignes.all().delete()
    LigneDuPlan.objects.create(candidature=brouillon, nature="depense", montant=Decimal("12.50"))
    siennes = LigneDuPlan.objects.filter(candidature=Valeur("candidature", colonne(LigneDuPlan, "candidature")))
    requete = Composee(lambda: siennes.annotate(quand=F("candidature__modifie_le")))
    [ligne] = requete.lire(candidature=brouillon.pk)
    assert (ligne.montant, ligne.quand) == (Decimal("12.50"), Candidature.objects.get(pk=brouillon.pk).modifie_le)


def test_des_objets_de_deux_tables_sont_refuses() -> None:
    with pytest.raises(ValueError, match="une seule table"):
        Composee(lambda: Candidature.objects.select_related("organisme")).lire()


@pytest.mark.parametrize("noms", [("nom", "cle", "modifie_le"), ("cout_diagnostic", "a_revoir"), ("nombre_menages",)])
def test_enregistrer_ecrit_ce_qu_ecrirait_save(noms: tuple[str, ...]) -> None:
    """Les valeurs que le champ se donne (sa clé, l'instant) comprises, et rien d'autre."""
    ecrites: list[dict[str, Any]] = []
    for ecrire in (enregistrer, lambda objet, noms: objet.save(update_fields=noms)):
        objet = un_brouillon()
        avant = valeurs(Candidature.objects.get(pk=objet.pk))
        neuves = {"nom": "Élan\r\nneuf", "nombre_menages": 7, "a_revoir": ["nom"], "descriptif": "pas écrit"}
        for nom, valeur in (neuves | {"cout_diagnostic": Fourchette(Decimal(1), None, "menage_an")}).items():
            setattr(objet, nom, valeur)
        ecrire(objet, noms)
        apres = valeurs(Candidature.objects.get(pk=objet.pk))
        changees = {nom: valeur for nom, valeur in apres.items() if valeur != avant[nom]}
        assert set(changees) <= set(noms)
        ecrites.append(changees | ({"modifie_le": apres["modifie_le"] > avant["modifie_le"]} if "modifie_le" in noms else {}))
    assert ecrites[0] == ecrites[1] != {}


def test_enregistrer_ce_qui_n_est_plus_la_le_dit() -> None:
    brouillon = un_brouillon()
    Candidature.objects.filter(pk=brouillon.pk).delete()
    with pytest.raises(DatabaseError, match="n'existe plus"):
        enregistrer(brouillon, ["nom"])


def test_enregistrer_rien_vide_une_valeur() -> None:
    """None est écrit NULL, pas le « null » du JSON : un coût effacé est un coût absent."""
    brouillon = un_brouillon()
    Candidature.objects.filter(pk=brouillon.pk).update(cout_diagnostic=Fourchette(Decimal(1), None, "menage_an"))
    brouillon.cout_diagnostic = None
    enregistrer(brouillon, ["cout_diagnostic"])
    assert Candidature.objects.filter(pk=brouillon.pk, cout_diagnostic__isnull=True).exists()


def test_inserer_ajoute_ou_change() -> None:
    brouillon = un_brouillon()
    brouillon.lignes.all().delete()
    commun = {"candidature": brouillon.pk, "nature": "depense", "part": None, "financeur": "", "etat": ""}
    with CaptureQueriesContext(connection) as requetes:
        inserer(
            LigneDuPlan,
            [commun | {"rang": rang, "libelle": mot, "montant": Decimal(rang)} for rang, mot in enumerate("abc", 1)],
        )
        inserer(LigneDuPlan, [])
    assert len(requetes) == 1
    premiere = brouillon.lignes.get(rang=1)
    changee = commun | {"id": premiere.pk, "rang": 9, "libelle": "A", "montant": None}
    inserer(LigneDuPlan, [changee], unique=("id",), sinon=("libelle", "montant"))
    assert list(brouillon.lignes.order_by("pk").values_list("rang", "libelle", "montant")) == [
        *((1, "A", None), (2, "b", Decimal(2)), (3, "c", Decimal(3))),
    ]
    LigneDuPlan.objects.create(candidature=brouillon, nature="depense")  # la suite des clés n'est pas décalée


def test_les_valeurs_se_lient_elles_ne_s_ecrivent_pas_dans_le_sql() -> None:
    requete = Composee(lambda: LigneDuPlan.objects.filter(libelle=Valeur("libelle", colonne(LigneDuPlan, "libelle"))))
    assert requete.lire(libelle="') OR 1=1 -- %s %%") == []
    LigneDuPlan.objects.create(candidature=un_brouillon(), nature="depense", libelle="') OR 1=1 -- %s %%")
    assert len(requete.lire(libelle="') OR 1=1 -- %s %%")) == 1


def test_une_date_change_d_une_fois_a_l_autre() -> None:
    brouillon = Candidature.objects.get(pk=un_brouillon().pk)
    apres = Candidature.objects.filter(modifie_le__gt=Valeur("depuis", colonne(Candidature, "modifie_le")))
    requete = Composee(lambda: apres)
    for ecart, lus in ((-1, [brouillon]), (0, []), (1, [])):
        assert requete.lire(depuis=brouillon.modifie_le + timedelta(seconds=ecart)) == lus
