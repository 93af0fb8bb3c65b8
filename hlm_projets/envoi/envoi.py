"""L'envoi : réserver, transmettre, marquer. Une panne entre deux étapes ne fait jamais partir deux courriels.

Ce qui est sûr de n'être pas parti est représenté plus tard ; ce qui est peut-être parti reste réservé, et devient incertain.
"""

import logging
import smtplib
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from hlm_projets.envoi.courriels import une_ligne
from hlm_projets.models import Courriel
from hlm_projets.requete.middleware import maintenant

journal = logging.getLogger(__name__)

DELAIS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440))
"""L'attente après chaque refus passager ; après le dernier, le courriel est en échec."""


class EnvoiIncertain(Exception):
    """Le dialogue a été coupé une fois ouvert : le serveur a peut-être accepté le courriel."""


class RefusPassager(Exception):
    """Le courriel n'est pas parti ; il peut être présenté de nouveau."""


class RefusDefinitif(Exception):
    """Le courriel n'est pas parti et ne partira pas."""


def envoyer_le_prochain() -> bool:
    """Envoie un courriel de la boîte ; rend False quand il n'y en a aucun à envoyer."""
    courriel = reserver(maintenant())
    if courriel is None:
        return False
    try:
        _transmettre(courriel)
    except EnvoiIncertain as erreur:
        _noter(courriel, derniere_erreur=str(erreur))
    except RefusPassager as erreur:
        _reporter(courriel, str(erreur))
    except RefusDefinitif as erreur:
        _abandonner(courriel, str(erreur))
    else:
        _noter(courriel, envoye_le=maintenant(), derniere_erreur="")
    return True


def reserver(instant: datetime) -> Courriel | None:
    """Prend le prochain courriel pour ce seul travailleur ; l'objet rendu porte encore l'ancien état et le corps secret.

    PostgreSQL saute les lignes qu'un autre tient ; SQLite, qui ne verrouille pas de ligne, est gardé par la condition répétée
    dans l'écriture. None s'il n'y a rien à envoyer, ou si un autre a été plus prompt.
    """
    with transaction.atomic():
        libres = Courriel.objects.a_envoyer(instant)
        courriel = libres.select_for_update(skip_locked=True, of=("self",)).first()
        if courriel is None:
            return None
        pris = libres.filter(pk=courriel.pk).update(
            reserve_le=instant,
            essais=F("essais") + 1,
            repris=courriel.repris or courriel.reserve_le is not None,
            corps="" if courriel.secret else courriel.corps,
        )
    return courriel if pris else None


def _transmettre(courriel: Courriel) -> None:
    connexion: BaseEmailBackend = get_connection()
    try:
        connexion.open()
    except OSError as erreur:
        raise RefusPassager(_dire(erreur)) from erreur
    try:
        _presenter(connexion, courriel)
    finally:
        with suppress(OSError):
            connexion.close()


def _presenter(connexion: BaseEmailBackend, courriel: Courriel) -> None:
    """Traduit chaque issue du dialogue ; un expéditeur refusé est un réglage à corriger, non un courriel perdu."""
    try:
        partis = connexion.send_messages([_message(courriel)])
    except smtplib.SMTPRecipientsRefused as erreur:
        code, texte = next(iter(erreur.recipients.values()))
        raise _refus(code, texte) from erreur
    except smtplib.SMTPSenderRefused as erreur:
        raise RefusPassager(_dire(erreur)) from erreur
    except smtplib.SMTPResponseException as erreur:
        raise _refus(erreur.smtp_code, erreur.smtp_error) from erreur
    except (smtplib.SMTPNotSupportedError, ValueError) as erreur:
        raise RefusDefinitif(_dire(erreur)) from erreur
    except OSError as erreur:
        raise EnvoiIncertain(_dire(erreur)) from erreur
    if not partis:
        raise RefusDefinitif("Le courriel n'a pas de destinataire.")


def _message(courriel: Courriel) -> EmailMessage:
    return EmailMessage(
        courriel.objet,
        courriel.corps,
        to=[courriel.destinataire],
        headers={"Message-ID": courriel.message_id, "Auto-Submitted": "auto-generated"},
    )


def _refus(code: int, texte: bytes | str) -> Exception:
    phrase = f"{code} {texte.decode(errors='replace') if isinstance(texte, bytes) else texte}"
    return (RefusDefinitif if code >= 500 else RefusPassager)(phrase)


def _dire(erreur: Exception) -> str:
    return f"{type(erreur).__name__} : {erreur}"


def _reporter(courriel: Courriel, erreur: str) -> None:
    """Remet en attente, toujours plus longtemps ; rend au courriel secret le corps que la réservation avait retiré."""
    if courriel.essais >= len(DELAIS):
        _abandonner(courriel, erreur)
        return
    attente = maintenant() + DELAIS[courriel.essais]
    _noter(courriel, reserve_le=None, a_partir_de=attente, corps=courriel.corps, derniere_erreur=erreur)


def _abandonner(courriel: Courriel, erreur: str) -> None:
    journal.warning("Le courriel %s ne partira pas : %s", courriel.pk, erreur)
    _noter(courriel, echoue_le=maintenant(), derniere_erreur=erreur)


def _noter(courriel: Courriel, *, derniere_erreur: str, **champs: datetime | str | None) -> None:
    Courriel.objects.filter(pk=courriel.pk).update(derniere_erreur=une_ligne(derniere_erreur, 500), **champs)
