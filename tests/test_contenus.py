"""La sentinelle lit ce qui part : le texte et les pièces jointes d'un PDF, les entrées d'un ZIP, un flux."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from candidatures.documents.moteur import Moteur
from tests import sentinelles
from tests.candidatures.annexes.fichiers import un_pdf
from tests.gardes import Faute

MARQUE = sentinelles.marque("c")


def un_zip(nom: str, contenu: bytes) -> bytes:
    tampon = BytesIO()
    with ZipFile(tampon, "w", compression=8) as archive:
        archive.writestr(nom, contenu)
    return tampon.getvalue()


def un_pdf_avec(jointe: bytes) -> bytes:
    tampon = BytesIO()
    with pikepdf.open(BytesIO(un_pdf(texte="rien"))) as pdf:
        pdf.attachments["note.txt"] = jointe
        pdf.save(tampon)
    return tampon.getvalue()


def un_vrai_pdf(texte: str) -> bytes:
    return Moteur().rendre(f"<html lang=fr><title>x</title><p>{texte}")


FICHIERS: dict[str, Callable[[str], bytes]] = {
    "texte": lambda mot: mot.encode(),
    "pdf": un_vrai_pdf,
    "pdf, en fin de ligne": lambda mot: un_vrai_pdf(f"<p style='width: 1cm; hyphens: manual'>{mot[:4]}&shy;{mot[4:]}"),
    "pièce jointe d'un pdf": lambda mot: un_pdf_avec(mot.encode()),
    "pdf joint à un pdf": lambda mot: un_pdf_avec(un_vrai_pdf(mot)),
    "nom dans un zip": lambda mot: un_zip(f"{mot}.txt", b""),
    "entrée d'un zip": lambda mot: un_zip("note.txt", mot.encode() * 50),
    "pdf dans un zip": lambda mot: un_zip("note.pdf", un_vrai_pdf(mot)),
}
REPONSES: dict[str, Callable[[bytes], Any]] = {
    "page": lambda contenu: HttpResponse(contenu, content_type="application/octet-stream"),
    "flux": lambda contenu: StreamingHttpResponse(iter([contenu[:9], contenu[9:]]), content_type="application/zip"),
    "fichier": lambda contenu: FileResponse(BytesIO(contenu), filename="x.bin"),
}


@login_not_required
def servir(request: HttpRequest, fichier: str, reponse: str, mot: str) -> Any:
    return REPONSES[reponse](FICHIERS[fichier](mot))


urlpatterns = [path("<fichier>/<reponse>/<mot>/", servir)]


@pytest.fixture(autouse=True)
def _surveillee() -> None:
    sentinelles.poser(MARQUE, lambda utilisateur: False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("reponse", REPONSES)
@pytest.mark.parametrize("fichier", FICHIERS)
def test_une_marque_est_trouvee_ou_qu_elle_soit(fichier: str, reponse: str, client: Client) -> None:
    with pytest.raises(Faute, match="Fuite"):
        client.get(f"/{fichier}/{reponse}/{MARQUE}/")
    assert b"".join(client.get(f"/{fichier}/{reponse}/innocent/"))  # et se lit encore ensuite


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("debut", ["%PDF-1.7 tronqué ", "PK\x03\x04 tronqué "])
def test_un_fichier_illisible_est_lu_tel_quel(debut: str, client: Client) -> None:
    assert client.get(f"/texte/page/{debut}/").status_code == 200
    with pytest.raises(Faute, match="Fuite"):
        client.get(f"/texte/page/{debut}{MARQUE}/")
