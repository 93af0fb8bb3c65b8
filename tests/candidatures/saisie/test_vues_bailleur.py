"""Les écrans du bailleur : ce qu'ils disent, ce qu'ils gardent d'une saisie fausse, ce qu'ils coûtent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.avancement.completude import manques
from candidatures.echange.ecrire import en_fiche
from candidatures.echange.lire import lire_fiche
from candidatures.models import Candidature, LigneDuPlan, Porteur
from candidatures.plusieurs_mains.ecrire import ecrire
from candidatures.saisie import actions
from candidatures.saisie.forms import envoi as envoi_de_section
from territoires.models import Departement
from tests.candidatures.saisie.page_de_section import FormulaireDuNavigateur
from tests.fabriques import Monde, relire, un_brouillon, une_candidature

ClientDe = Callable[[str], Client]


def rangees(prefixe: str, *lignes: dict[str, str], initiales: int = 0) -> dict[str, str]:
    """Ce qu'un navigateur envoie d'un tableau de saisie."""
    gestion = {f"{prefixe}-TOTAL_FORMS": str(len(lignes)), f"{prefixe}-INITIAL_FORMS": str(initiales)}
    return gestion | {f"{prefixe}-{rang}-{nom}": v for rang, ligne in enumerate(lignes) for nom, v in ligne.items()}


def section(candidature: Candidature, code: str) -> str:
    return reverse("candidatures:section", args=[candidature.pk, code])


def requetes(client: Client, adresse: str) -> int:
    client.get(adresse)
    with CaptureQueriesContext(
        connection,
    ) as captees:
        assert client.get(adresse).status_code == 200
    return len(captees)


class TestMesCandidatures:
    def test_autant_de_requetes_avec_une_et_trois_candidatures(self, monde: Monde, client_de: ClientDe) -> None:
        client, adresse = client_de("deposant"), reverse("candidatures:mes")
        une_candidature(organisme=monde.organisme_a, campagne=monde.campagne, par=monde.personne("deposant"))
        avec_une = requetes(client, adresse)
        for _ in range(2):
            un_brouillon(organisme=monde.organisme_a, campagne=monde.campagne, par=monde.personne("deposant"))
        assert requetes(client, adresse) == avec_une

    def test_ce_qui_reste_a_deposer_vient_d_abord(self, monde: Monde, client_de: ClientDe) -> None:
        """Sur les deux moteurs, qui ne rangent pas du même côté un dossier sans date de dépôt."""
        brouillon, deposee = monde.brouillon_a, monde.deposee_a
        page = client_de("deposant").get(reverse("candidatures:mes")).content.decode()
        premier, second = (page.index(f'href="{reverse("candidatures:fiche", args=[c.pk])}"') for c in (brouillon, deposee))
        assert premier < second

    def test_outre_mer_la_cloture_est_dite_a_son_heure(self, monde: Monde, client_de: ClientDe) -> None:
        """Avant même la première candidature, par le siège de l'organisme (F-20)."""
        monde.organisme_a.departement = Departement.objects.get(pk="974")
        monde.organisme_a.save()
        assert monde.campagne.pk
        assert "heure de La Réunion" in client_de("redacteur").get(reverse("candidatures:mes")).content.decode()


class TestSection:
    def test_une_reponse_fausse_n_empeche_pas_les_autres(self, monde: Monde, client_de: ClientDe) -> None:
        """F-06 : les justes sont écrites, la fausse revient telle que tapée avec sa phrase."""
        envoi = {
            "nombre_menages": "une trentaine",
            "nombre_menages_precision": "15 par an",
            "dalo": "oui",
            "caracteristiques_publics": "a\r\nb",
        }
        reponse = client_de("redacteur").post(section(monde.brouillon_a, "publics"), envoi)
        page, garde = reponse.content.decode(), relire(monde.brouillon_a)
        assert (garde.nombre_menages_precision, garde.dalo, garde.caracteristiques_publics) == ("15 par an", True, "a\nb")
        assert 'value="une trentaine"' in page
        assert "n&#x27;est pas un nombre entier" in page
        assert "<title>Erreur : " in page

    def test_une_adresse_incomplete_se_dit_comme_partout(self, monde: Monde, client_de: ClientDe) -> None:
        """Quels que soient les formulaires rendus avant : la phrase est à celui-ci."""
        reponse = client_de("redacteur").post(section(monde.brouillon_a, "projet"), {"contact_courriel": "alix@"})
        assert "Cette adresse n&#x27;est pas complète." in reponse.content.decode()

    def test_une_case_vide_vaut_non_des_le_premier_enregistrement(self, monde: Monde, client_de: ClientDe) -> None:
        neuve = un_brouillon(complet=False, organisme=monde.organisme_a, campagne=monde.campagne, par=monde.personne("redacteur"))
        assert relire(neuve).offre_nouvelle is None
        client_de("redacteur").post(section(neuve, "mobilisation"), {"amenagement": "on"})
        assert (relire(neuve).offre_nouvelle, relire(neuve).amenagement) == (False, True)

    def test_un_champ_absent_de_l_envoi_garde_sa_reponse(self, monde: Monde, client_de: ClientDe) -> None:
        avant = relire(monde.brouillon_a).partenaires
        client_de("redacteur").post(section(monde.brouillon_a, "partenariat"), {"rester": "1"})
        assert avant
        assert relire(monde.brouillon_a).partenaires == avant

    def test_les_rangees_renvoyees_deux_fois_ne_se_doublent_pas(self, monde: Monde, client_de: ClientDe) -> None:
        envoi = rangees(
            "organismes", {"nom": "LOGIS", "statut": "OPH"}, {"nom": "", "siren": "12"}, {"nom": "AHU", "siren": "123 456 789"}
        )
        for _ in range(2):
            page = client_de("redacteur").post(section(monde.brouillon_a, "projet"), envoi).content.decode()
        gardes = Porteur.objects.filter(candidature=monde.brouillon_a).values_list("nom", "siren")
        assert list(gardes) == [("LOGIS", ""), ("AHU", "123456789")]
        assert "Écrivez le nom de cet organisme" in page
        assert 'value="12"' in page

    def test_une_cellule_fausse_du_plan_garde_l_ancienne_et_les_autres(self, monde: Monde, client_de: ClientDe) -> None:
        candidature = monde.brouillon_a
        ligne = {"libelle": "Accompagnement", "montant": "1 000 €"}
        adresse = section(candidature, "montage-financier")
        client_de("redacteur").post(adresse, rangees("depenses", ligne) | rangees("ressources"))
        fausse = ligne | {"libelle": "Suivi", "montant": "mille"}
        page = (
            client_de("redacteur")
            .post(adresse, rangees("depenses", fausse, initiales=1) | rangees("ressources"))
            .content.decode()
        )
        (gardee,) = candidature.lignes.all()
        assert (gardee.libelle, str(gardee.montant)) == ("Suivi", "1000.00")
        assert 'value="mille"' in page
        assert ">Dépenses, ligne 1, Montant (€)</a>" in page

    def test_le_financeur_et_l_etat_charges_d_une_depense_survivent_a_la_saisie(self, monde: Monde, client_de: ClientDe) -> None:
        """La page ne les montre pas : enregistrer autre chose ne les efface pas, vider la ligne la retire tout entière."""
        ligne = LigneDuPlan(nature="depense", libelle="Suivi", financeur="porteur", etat="acquis", montant=1000)
        actions.enregistrer(monde.brouillon_a, {"lignes": [ligne]}, par=monde.personne("redacteur"))
        for saisie, gardees in (
            ({"libelle": "Suivi renforcé", "montant": "1 200"}, [("Suivi renforcé", "porteur", "acquis")]),
            ({"libelle": "", "montant": ""}, []),
        ):
            envoi = rangees("depenses", saisie, initiales=1) | rangees("ressources")
            client_de("redacteur").post(section(monde.brouillon_a, "montage-financier"), envoi)
            assert list(monde.brouillon_a.lignes.values_list("libelle", "financeur", "etat")) == gardees

    def test_autant_de_lignes_que_l_echange_en_admet_se_corrigent_a_l_ecran(self, monde: Monde, client_de: ClientDe) -> None:
        lues = lire_fiche(en_fiche(monde.brouillon_a) | {"lignes": [{"nature": "depense", "libelle": f"{n}"} for n in range(60)]})
        actions.enregistrer(monde.brouillon_a, {"lignes": lues.lignes}, par=monde.personne("redacteur"))
        saisies = [{"libelle": f"{n}bis"} for n in range(60)]
        adresse = section(monde.brouillon_a, "montage-financier")
        client_de("redacteur").post(adresse, rangees("depenses", *saisies, initiales=60) | rangees("ressources"))
        assert [ligne.libelle for ligne in monde.brouillon_a.lignes.all()][-1] == "59bis"
        de_trop = rangees("depenses", *saisies, {"libelle": "de trop"}, initiales=60) | rangees("ressources")
        assert "60 lignes au plus ; retirez-en" in client_de("redacteur").post(adresse, de_trop).content.decode()

    def test_une_page_en_erreur_dit_l_avancement_d_apres_l_enregistrement(self, monde: Monde, client_de: ClientDe) -> None:
        vide = un_brouillon(complet=False, organisme=monde.organisme_a, campagne=monde.campagne, par=monde.personne("redacteur"))
        adresse = section(vide, "duree")
        avant = len(manques(relire(vide)))
        assert f"il manque {avant} réponses" in client_de("redacteur").get(adresse).content.decode()
        page = client_de("redacteur").post(adresse, {"duree_mois": "deux ans", "duree_mois_precision": "2 ans"}).content.decode()
        assert f"il manque {avant - 1} réponses" in page

    @pytest.mark.parametrize("total", ["100000", "-1", "x", ""])
    def test_un_compte_de_rangees_force_n_ecrit_rien(self, total: str, monde: Monde, client_de: ClientDe) -> None:
        """F-29 : le nombre de rangées est borné, et une gestion illisible laisse la suite gardée."""
        avant = list(monde.brouillon_a.organismes.values_list("nom"))
        envoi = rangees("organismes", {"nom": "Intrus"}) | {"organismes-TOTAL_FORMS": total, "nom": "Nom corrigé"}
        assert client_de("redacteur").post(section(monde.brouillon_a, "projet"), envoi).status_code == 200
        assert relire(monde.brouillon_a).nom == "Nom corrigé"
        assert list(monde.brouillon_a.organismes.values_list("nom")) == avant

    def test_autant_de_requetes_quelle_que_soit_la_fiche(self, monde: Monde, client_de: ClientDe) -> None:
        vide = un_brouillon(complet=False, organisme=monde.organisme_a, campagne=monde.campagne, par=monde.personne("redacteur"))
        for code in ("projet", "publics", "montage-financier"):
            assert requetes(client_de("redacteur"), section(vide, code)) == requetes(
                client_de("redacteur"), section(monde.brouillon_a, code)
            )


class TestApresDepot:
    def test_ce_qui_a_ete_tape_est_rendu_et_rien_n_est_ecrit(self, monde: Monde, client_de: ClientDe) -> None:
        """F-16."""
        reponse = client_de("redacteur").post(section(monde.deposee_a, "partenariat"), {"partenaires": "Trop <tard>"})
        assert reponse.status_code == 409
        assert "Trop &lt;tard&gt;" in reponse.content.decode()
        assert relire(monde.deposee_a).partenaires != "Trop <tard>"

    def test_les_tableaux_les_couts_et_le_contact_sont_rendus_aussi(self, monde: Monde, client_de: ClientDe) -> None:
        tape = rangees("depenses", {"libelle": "Animation tardive", "montant": "4 321"}) | {"cout_diagnostic_min": "987"}
        rendu = client_de("redacteur").post(section(monde.deposee_a, "montage-financier"), tape).content.decode()
        assert [texte in rendu for texte in ("Animation tardive", "4 321", "987")] == [True] * 3
        rendu = client_de("redacteur").post(section(monde.deposee_a, "projet"), {"contact_nom": "Zoé Tardive"}).content.decode()
        assert "Zoé Tardive" in rendu

    def test_le_recu_est_dans_la_reponse_et_le_second_clic_dit_deja(self, monde: Monde, client_de: ClientDe) -> None:
        adresse = reverse("candidatures:franchir", args=[monde.brouillon_a.pk, "deposer"])
        premiere, seconde = (client_de("deposant").post(adresse) for _ in range(2))
        numero = relire(monde.brouillon_a).numero
        assert numero is not None
        for reponse, titre in ((premiere, "Candidature déposée : reçu"), (seconde, "Cette candidature est déjà déposée")):
            assert reponse.status_code == 200
            assert numero in reponse.content.decode()
            assert titre in reponse.content.decode()

    def test_un_depot_incomplet_nomme_ce_qui_manque(self, monde: Monde, client_de: ClientDe) -> None:
        Candidature.objects.filter(pk=monde.brouillon_a.pk).update(methodologie=" …… ")
        reponse: Any = client_de("deposant").post(reverse("candidatures:franchir", args=[monde.brouillon_a.pk, "deposer"]))
        assert reponse.status_code == 409
        assert "Il manque : Méthodologie de réalisation de l&#x27;accompagnement." in reponse.content.decode()


def memoire(page: str) -> str:
    """Ce que la page retient de ce qu'elle montre."""
    trouve = re.search(r'name="lu" value="([^"]*)"', page)
    assert trouve is not None
    return trouve[1]


class TestADeux:
    """Deux personnes ont la même section ouverte (F-09) : aucun texte ne s'efface en silence."""

    def ouvrir(self, client: Client, candidature: Candidature, code: str) -> dict[str, str]:
        """Ce que renverrait la page sans y rien toucher."""
        page = client.get(section(candidature, code)).content.decode()
        formulaire = FormulaireDuNavigateur(page)
        return formulaire.envoi

    def test_deux_reponses_differentes_s_ajoutent(self, monde: Monde, client_de: ClientDe) -> None:
        a, b = client_de("redacteur"), client_de("deposant")
        page_a, page_b = (self.ouvrir(client, monde.brouillon_a, "accompagnement") for client in (a, b))
        a.post(section(monde.brouillon_a, "accompagnement"), page_a | {"methodologie": "Texte de A"})
        b.post(section(monde.brouillon_a, "accompagnement"), page_b | {"adhesion_menage": "Texte de B"})
        gardee = relire(monde.brouillon_a)
        assert (gardee.methodologie, gardee.adhesion_menage) == ("Texte de A", "Texte de B")

    def test_la_meme_reponse_montre_les_deux_textes_puis_laisse_choisir(self, monde: Monde, client_de: ClientDe) -> None:
        a, b, adresse = client_de("redacteur"), client_de("deposant"), section(monde.brouillon_a, "accompagnement")
        page_a, page_b = (self.ouvrir(client, monde.brouillon_a, "accompagnement") for client in (a, b))
        a.post(adresse, page_a | {"methodologie": "Texte de A"})
        envoi = page_b | {"methodologie": "Texte de B", "adhesion_menage": "Autre réponse de B"}
        page = b.post(adresse, envoi).content.decode()
        assert relire(monde.brouillon_a).methodologie == "Texte de A"
        assert relire(monde.brouillon_a).adhesion_menage == "Autre réponse de B"
        assert "[retiré : </span>A" in page
        assert "[ajouté : </span>B" in page
        encore = envoi | {"lu": memoire(page), "dispute": "methodologie"}
        b.post(adresse, encore)
        assert relire(monde.brouillon_a).methodologie == "Texte de A", "rien n'est écrit sans choix"
        b.post(adresse, encore | {"choix-methodologie": "mien"})
        assert relire(monde.brouillon_a).methodologie == "Texte de B"

    def test_une_page_reaffichee_pour_une_erreur_n_efface_pas_l_autre(self, monde: Monde, client_de: ClientDe) -> None:
        a, b, adresse = client_de("redacteur"), client_de("deposant"), section(monde.brouillon_a, "publics")
        page_a, page_b = (self.ouvrir(client, monde.brouillon_a, "publics") for client in (a, b))
        a.post(adresse, page_a | {"caracteristiques_publics": "Texte de A"})
        faux = page_b | {"nombre_menages": "beaucoup", "dalo_precision": "de B"}
        page = b.post(adresse, faux).content.decode()
        b.post(adresse, faux | {"nombre_menages": "12", "lu": memoire(page)})
        gardee = relire(monde.brouillon_a)
        assert (gardee.caracteristiques_publics, gardee.nombre_menages, gardee.dalo_precision) == ("Texte de A", 12, "de B")

    def test_corriger_deux_fois_sa_propre_reponse_n_est_pas_un_conflit(self, monde: Monde, client_de: ClientDe) -> None:
        b, adresse = client_de("deposant"), section(monde.brouillon_a, "publics")
        envoi = self.ouvrir(b, monde.brouillon_a, "publics") | {"nombre_menages": "x", "dalo_precision": "un"}
        page = b.post(adresse, envoi).content.decode()
        page = b.post(adresse, envoi | {"dalo_precision": "deux", "lu": memoire(page)}).content.decode()
        assert relire(monde.brouillon_a).dalo_precision == "deux"
        assert "conflits-titre" not in page

    @pytest.mark.parametrize(
        ("code", "champ_a", "champ_b", "accesseur", "attendu"),
        [
            ("projet", {"organismes-0-nom": "De A"}, {"nom": "Nom de B"}, "organismes", "De A"),
            ("montage-financier", {"depenses-0-libelle": "De A"}, {"cofinancements": "De B"}, "lignes", "De A"),
        ],
    )
    def test_les_tableaux_aussi(
        self,
        code: str,
        champ_a: dict[str, str],
        champ_b: dict[str, str],
        accesseur: str,
        attendu: str,
        monde: Monde,
        client_de: ClientDe,
    ) -> None:
        a, b, adresse = client_de("redacteur"), client_de("deposant"), section(monde.brouillon_a, code)
        page_a, page_b = (self.ouvrir(client, monde.brouillon_a, code) for client in (a, b))
        a.post(adresse, page_a | champ_a)
        b.post(adresse, page_b | champ_b)
        assert any(attendu in str(objet) for objet in getattr(monde.brouillon_a, accesseur).all())
        page = b.post(adresse, page_b | dict.fromkeys(champ_a, "De B")).content.decode()
        assert "conflits-titre" in page
        assert not any("De B" in str(objet) for objet in getattr(monde.brouillon_a, accesseur).all())

    def test_un_brouillon_supprime_pendant_la_saisie_rend_le_texte(
        self, monde: Monde, client_de: ClientDe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        brouillon, client = monde.brouillon_a, client_de("redacteur")

        def supprimer_avant(*args: Any, **options: Any) -> Any:
            monkeypatch.undo()
            actions.supprimer(brouillon, par=monde.personne("deposant"), maintenant=timezone.now())
            return ecrire(*args, **options)

        monkeypatch.setattr(envoi_de_section, "ecrire", supprimer_avant)
        reponse = client.post(section(brouillon, "partenariat"), {"partenaires": "Ma longue saisie"})
        assert reponse.status_code == 409
        assert "Ma longue saisie" in reponse.content.decode()
