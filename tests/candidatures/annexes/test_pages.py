"""Les pages des annexes : joindre sans JavaScript ou fichier par fichier, lire, ce que chaque écran en montre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.annexes import actions
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from hlm_projets.requete import televersement
from tests.candidatures.annexes import fichiers
from tests.candidatures.annexes.test_actions import DisquePlein
from tests.fabriques import Monde, une_annexe, une_campagne
from tests.hlm_projets.une_page import exiger_une_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stockage")]

OuvrirUnClient = Callable[[str], Client]


@pytest.fixture
def brouillon(monde: Monde) -> Candidature:
    """Le brouillon de l'organisme A."""
    TypeDAnnexe.objects.creer_les_habituels(monde.campagne)
    return monde.brouillon_a


@pytest.fixture
def client(client_de: OuvrirUnClient) -> Client:
    """Une personne qui remplit."""
    return client_de("redacteur")


def page(candidature: Candidature) -> str:
    return reverse("candidatures:annexes", args=[candidature.pk])


def fichier(nom: str = "note.pdf", contenu: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu or fichiers.un_pdf(texte=nom), "text/html")  # le type annoncé ne compte pas


def envoi(candidature: Candidature, *suite: SimpleUploadedFile, libelle: str = "Rapport") -> dict[str, Any]:
    return {"type": candidature.campagne.types_d_annexe.get(libelle=libelle).pk, "fichiers": list(suite)}


# --- Joindre ---------------------------------------------------------------------------------------------------------------
def test_la_page_dit_ce_qu_on_peut_joindre(client: Client, brouillon: Candidature) -> None:
    html = client.get(page(brouillon)).content.decode()
    exiger_une_page(html)
    for attendu in (
        "20 Mo au plus par fichier",
        "15 fichiers et 150 Mo",
        ".docx",
        ".ods",
        "aucun fichier ne doit contenir de nom",
    ):
        assert attendu in html
    assert "ne sont pas analysés par un antivirus" in html
    assert "Aucune annexe pour l’instant" in html
    assert 'accept=".pdf,.docx,.xlsx,.odt,.ods,.png,.jpg,.jpeg"' in html


def test_plusieurs_fichiers_sans_javascript(client: Client, brouillon: Candidature) -> None:
    reponse = client.post(page(brouillon), envoi(brouillon, fichier("a.pdf"), fichier("b.docx", fichiers.un_docx())), follow=True)
    assert "2 fichiers sont joints." in reponse.content.decode()
    assert [(p.nom, p.type.libelle) for p in brouillon.annexes.all()] == [("a.pdf", "Rapport"), ("b.docx", "Rapport")]


def test_un_mauvais_fichier_n_empeche_pas_les_bons(client: Client, brouillon: Candidature) -> None:
    mauvais = fichier("page\u202e.html", fichiers.HTML)
    reponse = client.post(page(brouillon), envoi(brouillon, fichier("a.pdf"), mauvais, fichier("b.pdf")))
    html = reponse.content.decode()
    assert reponse.status_code == 409
    assert html.count("<title>Erreur : ") == 1
    assert "<strong>page.html</strong> : Ce format n&#x27;est pas admis." in html
    assert "\u202e" not in html
    assert [p.nom for p in brouillon.annexes.all()] == ["a.pdf", "b.pdf"]


def test_rien_a_joindre_se_dit(client: Client, brouillon: Candidature) -> None:
    html = client.post(page(brouillon), envoi(brouillon)).content.decode()
    assert "Choisissez un fichier sur votre poste." in html
    assert "<title>Erreur : " in html


def test_un_type_d_une_autre_campagne_n_est_pas_admis(client: Client, brouillon: Candidature) -> None:
    TypeDAnnexe.objects.creer_les_habituels(autre := une_campagne())
    type_ = autre.types_d_annexe.earliest("rang")
    html = client.post(page(brouillon), {"type": type_.pk, "fichiers": [fichier()]}).content.decode()
    assert "Ce type n&#x27;existe plus" in html
    assert not Annexe.objects.exists()


def test_un_disque_en_panne_propose_de_reessayer(client: Client, brouillon: Candidature, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-10."""
    monkeypatch.setattr(actions, "default_storage", DisquePlein(OSError(28, "plein")))
    html = client.post(page(brouillon), envoi(brouillon, fichier())).content.decode()
    assert "Le fichier n&#x27;a pas pu être enregistré sur le serveur. Réessayez" in html
    rejet = client.post(page(brouillon), envoi(brouillon, fichier()), headers={"X-Saisie": "1"}).json()["rejets"][0]
    assert (rejet["nom"], rejet["reessayer"]) == ("note.pdf", True)


def test_apres_le_depot_rien_n_entre(client: Client, brouillon: Candidature, monde: Monde) -> None:
    franchir(brouillon, PASSAGES["deposer"], par=monde.personne("deposant"), maintenant=timezone.now())
    reponse = client.post(page(brouillon), envoi(brouillon, fichier()), follow=True)
    assert "ses annexes ne changent plus" in reponse.content.decode()
    assert client.get(page(brouillon)).headers["Location"] == reverse("candidatures:fiche", args=[brouillon.pk])
    refus = client.post(page(brouillon), envoi(brouillon, fichier()), headers={"X-Saisie": "1"})
    assert (refus.status_code, refus.json()["erreur"]) == (409, "deposee")
    assert not Annexe.objects.exists()


# --- Fichier par fichier, en JSON -----------------------------------------------------------------------------------------------
def test_un_fichier_en_json(client: Client, brouillon: Candidature) -> None:
    """La réponse porte la liste à remettre dans la page, ses jetons compris ; le même envoi refait rend la même."""
    contenu = fichiers.un_pdf()
    for _ in range(2):
        reponse = client.post(page(brouillon), envoi(brouillon, fichier("a.pdf", contenu)), headers={"X-Saisie": "1"}).json()
        assert (reponse["jointes"], reponse["rejets"], reponse["nombre"]) == (["a.pdf"], [], 1)
        assert "a.pdf</a>" in reponse["html"]
    une_annexe(brouillon, "b.pdf")
    reponse = client.post(page(brouillon), envoi(brouillon, fichier("c.pdf")), headers={"X-Saisie": "1"}).json()
    assert reponse["html"].count('name="csrfmiddlewaretoken" value="') == 4


def test_un_refus_en_json_dit_pourquoi_et_ne_se_reessaie_pas(client: Client, brouillon: Candidature) -> None:
    reponse = client.post(page(brouillon), envoi(brouillon, fichier("a.pdf", fichiers.HTML)), headers={"X-Saisie": "1"}).json()
    assert reponse["jointes"] == []
    assert reponse["rejets"] == [
        {
            "nom": "a.pdf",
            "phrase": "Le contenu de ce fichier n'est d'aucun format admis. Enregistrez-le en PDF.",
            "reessayer": False,
        }
    ]


def test_un_envoi_mal_forme_en_json(client: Client, brouillon: Candidature) -> None:
    reponse = client.post(page(brouillon), {}, headers={"X-Saisie": "1"})
    assert (reponse.status_code, reponse.json()["erreur"]) == (400, "formulaire")


def test_sans_session_le_fichier_est_a_renvoyer(brouillon: Candidature, client_de: OuvrirUnClient) -> None:
    reponse = client_de("anonyme").post(page(brouillon), envoi(brouillon, fichier()), headers={"X-Saisie": "1"})
    assert (reponse.status_code, reponse.json()) == (401, {"erreur": "session"})


@pytest.mark.parametrize(("ou", "octets", "code"), [("annexes", 0, 200), ("annexes", 10**9, 413), ("fiche", 10**7, 413)])
def test_un_envoi_demesure_est_refuse_avant_d_etre_lu(
    ou: str, octets: int, code: int, client: Client, brouillon: Candidature, settings: Any
) -> None:
    """V-28 : d'après la longueur annoncée, sans qu'un octet soit écrit ; ailleurs que sur les annexes, la borne est bien plus basse."""
    url = page(brouillon) if ou == "annexes" else reverse("candidatures:section", args=[brouillon.pk, "projet"])
    longueurs: dict[str, Any] = {"CONTENT_LENGTH": str(octets)} if octets else {}
    reponse = client.post(url, {"x": "y"}, **longueurs)
    assert reponse.status_code == code
    assert televersement.ENVOI_MAXIMAL > 150 * 1024**2


# --- Une annexe -------------------------------------------------------------------------------------------------------------------
def test_remplacer_une_annexe(client: Client, brouillon: Candidature) -> None:
    annexe = une_annexe(brouillon, "a.pdf")
    url = reverse("candidatures:annexe_modifier", args=[brouillon.pk, annexe.pk])
    exiger_une_page(client.get(url).content.decode())
    rapport = brouillon.campagne.types_d_annexe.get(libelle="Rapport").pk
    html = client.post(url, {"type": rapport, "fichier": fichier("b.pdf", fichiers.HTML)}).content.decode()
    assert "Le contenu de ce fichier n&#x27;est d&#x27;aucun format admis" in html
    assert client.post(url, {"type": rapport, "fichier": fichier("b.pdf")}).status_code == 302
    gardee = brouillon.annexes.get()
    assert (gardee.nom, gardee.type_id) == ("b.pdf", rapport)


def test_ranger_retirer_confirmer(client: Client, brouillon: Candidature) -> None:
    premiere, seconde = une_annexe(brouillon, "a.pdf"), une_annexe(brouillon, "b.pdf")

    def geste(nom: str, annexe: Annexe, **donnees: str) -> int:
        return int(client.post(reverse(f"candidatures:annexe_{nom}", args=[brouillon.pk, annexe.pk]), donnees).status_code)

    assert geste("ranger", seconde, rang="1") == 302
    assert [p.nom for p in brouillon.annexes.all()] == ["b.pdf", "a.pdf"]
    assert [geste("ranger", seconde, rang=faux) for faux in ("", "-1", "x", "9999", "²")] == [302] * 5
    assert [p.nom for p in brouillon.annexes.all()] == ["b.pdf", "a.pdf"]
    Annexe.objects.filter(pk=premiere.pk).update(a_confirmer=True)
    assert "à confirmer" in client.get(page(brouillon)).content.decode()
    assert geste("confirmer", premiere) == 302
    assert not Annexe.objects.filter(a_confirmer=True).exists()
    exiger_une_page(client.get(reverse("candidatures:annexe_retirer", args=[brouillon.pk, premiere.pk])).content.decode())
    assert geste("retirer", premiere) == 302
    assert [p.nom for p in brouillon.annexes.all()] == ["b.pdf"]


# --- Lire ---------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("nom", "contenu", "mime"),
    [
        ("a.pdf", fichiers.un_pdf_html(), "application/pdf"),
        (
            "a;filename=evil.html.docx",
            fichiers.un_docx(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("été « final ».png", fichiers.une_image(), "image/png"),
    ],
)
def test_un_telechargement_est_inerte(nom: str, contenu: bytes, mime: str, client: Client, brouillon: Candidature) -> None:
    """V-16, V-32 : enregistré, jamais affiché ; le type est le nôtre, l'en-tête bien formé."""
    annexe = une_annexe(brouillon, nom, contenu)
    reponse = client.get(reverse("candidatures:annexe", args=[brouillon.pk, annexe.pk]))
    assert b"".join(reponse) == contenu
    assert reponse["Content-Type"] == mime
    assert reponse["Content-Disposition"].startswith("attachment; filename")
    assert "evil.html" not in reponse["Content-Type"]
    assert reponse["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in reponse["Cache-Control"]


def test_un_apercu_est_une_image_inerte(client: Client, brouillon: Candidature) -> None:
    annexe = une_annexe(brouillon)
    reponse = client.get(reverse("candidatures:annexe_apercu", args=[brouillon.pk, annexe.pk]))
    assert reponse["Content-Type"] == "image/jpeg"
    assert reponse.content.startswith(b"\xff\xd8\xff")
    assert reponse["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_un_document_word_n_a_pas_d_apercu(client: Client, brouillon: Candidature) -> None:
    annexe = une_annexe(brouillon, "a.docx", fichiers.un_docx())
    assert client.get(reverse("candidatures:annexe_apercu", args=[brouillon.pk, annexe.pk])).status_code == 404
    assert "Aperçu" not in client.get(page(brouillon)).content.decode()


def test_un_fichier_disparu_du_disque_est_introuvable(client: Client, brouillon: Candidature) -> None:
    annexe = une_annexe(brouillon)
    annexe.fichier.delete(save=False)
    for route in ("annexe", "annexe_apercu"):
        assert client.get(reverse(f"candidatures:{route}", args=[brouillon.pk, annexe.pk])).status_code == 404


def test_rien_n_est_sous_une_adresse_publique(client: Client, brouillon: Candidature) -> None:
    annexe = une_annexe(brouillon)
    for adresse in (
        f"/{annexe.fichier}",
        f"/media/{annexe.fichier}",
        f"/static/{annexe.fichier}",
        f"/var/fichiers/{annexe.fichier}",
    ):
        assert client.get(adresse).status_code == 404


# --- Ce que les écrans en montrent ------------------------------------------------------------------------------------------------
def test_les_agents_les_lisent_dans_le_dossier_et_a_cote_de_l_avis(
    brouillon: Candidature, monde: Monde, client_de: OuvrirUnClient
) -> None:
    servie, attend = une_annexe(brouillon, "note.pdf"), une_annexe(brouillon, "lettre.docx", fichiers.un_docx())
    Annexe.objects.filter(pk=attend.pk).update(etat=Annexe.Etat.EN_ANALYSE)
    franchir(brouillon, PASSAGES["deposer"], par=monde.personne("deposant"), maintenant=timezone.now())
    agent = client_de("agent_departemental")
    liens = {p.nom: f'href="{reverse("candidatures:annexe", args=[brouillon.pk, p.pk])}"' for p in (servie, attend)}
    avis = reverse("avis:avis", args=[brouillon.pk, "departement", "77"])
    for adresse in (avis, *(reverse(f"candidatures:{r}", args=[brouillon.pk]) for r in ("fiche", "lecture"))):
        html = agent.get(adresse).content.decode()
        exiger_une_page(html)
        assert "Annexes (2)" in html
        assert liens["note.pdf"] in html
        assert liens["lettre.docx"] not in html, "pas avant le verdict de l'antivirus"
        assert "lettre.docx" in html
        assert servie.sha256 in html.replace("\u200b", ""), "la lecture les liste avec leur empreinte"


def test_une_annexe_exigee_qui_manque_se_lit_partout(client: Client, brouillon: Candidature) -> None:
    type_ = brouillon.campagne.types_d_annexe.get(libelle="Plan de financement")
    TypeDAnnexe.objects.filter(pk=type_.pk).update(exige=True)
    verifier = " ".join(client.get(reverse("candidatures:verifier", args=[brouillon.pk])).content.decode().split())
    assert (
        f'<a href="{page(brouillon)}#joindre-titre">Plan de financement</a> : Cette annexe est exigée pour déposer.' in verifier
    )
    html = client.get(page(brouillon)).content.decode()
    assert "1 point à régler" in html
    assert f'<option value="{type_.pk}" selected>Plan de financement (exigé)</option>' in html, "proposé d'abord"
    une_annexe(brouillon, type_=type_)
    assert "exigée pour déposer" not in client.get(reverse("candidatures:verifier", args=[brouillon.pk])).content.decode()


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_annexes(
    client: Client, brouillon: Candidature, django_assert_max_num_queries: Any
) -> None:
    une_annexe(brouillon, "a.pdf")
    client.get(page(brouillon))
    with django_assert_max_num_queries(40) as une:
        client.get(page(brouillon))
    for nom in "bc":
        une_annexe(brouillon, f"{nom}.pdf")
    with django_assert_max_num_queries(len(une)):
        client.get(page(brouillon))
    assert len(une) <= 20
