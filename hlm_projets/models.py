"""La boîte d'envoi : un courriel est une ligne, écrite avec ce qui le motive, envoyée ensuite par le travailleur."""

from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import models
from django.db.models import Q

RECU_DEPOT = "recu_depot"
"""Le seul courriel qu'il vaut mieux recevoir deux fois que jamais."""
DELAI_D_INCERTITUDE = timedelta(minutes=10)
"""Au-delà, un envoi commencé et non fini est tenu pour interrompu."""

NON_FINI = Q(envoye_le=None, echoue_le=None)


class CourrielQuerySet(models.QuerySet["Courriel"]):
    """Où en sont les courriels."""

    def a_envoyer(self, maintenant: datetime) -> Self:
        """Ceux dont c'est l'heure, et une fois chacun les reçus de dépôt restés sans nouvelles."""
        en_attente = Q(reserve_le=None, a_partir_de__lte=maintenant)
        recu_interrompu = Q(nom=RECU_DEPOT, secret=False, repris=False, reserve_le__lt=maintenant - DELAI_D_INCERTITUDE)
        return self.filter(NON_FINI & (en_attente | recu_interrompu))

    def incertains(self, maintenant: datetime) -> Self:
        """Ceux dont l'envoi a été interrompu : partis ou non, nul ne le sait ; rien ne les renverra."""
        interrompus = self.filter(NON_FINI, reserve_le__lt=maintenant - DELAI_D_INCERTITUDE)
        return interrompus.exclude(nom=RECU_DEPOT, secret=False, repris=False)

    def en_echec(self) -> Self:
        """Ceux qui ne partiront pas, avec l'erreur du serveur de courriel."""
        return self.exclude(echoue_le=None)


class Courriel(models.Model):
    """Un courriel à un destinataire ; sa clé l'empêche d'être inscrit deux fois pour le même évènement.

    Vie : inscrit, réservé (`reserve_le`), puis envoyé (`envoye_le`) ou en échec (`echoue_le`). Un refus passager le remet en
    attente jusqu'à `a_partir_de`. Le corps d'un courriel secret (lien à usage unique) quitte la base dès la réservation.
    """

    cle = models.CharField("clé", max_length=600, unique=True)
    nom = models.CharField("nom", max_length=60)
    destinataire = models.EmailField("destinataire", max_length=320)
    objet = models.CharField("objet", max_length=200)
    corps = models.TextField("corps", blank=True)
    secret = models.BooleanField("secret", default=False)
    cree_le = models.DateTimeField("inscrit le")
    a_partir_de = models.DateTimeField("à envoyer à partir de")
    reserve_le = models.DateTimeField("réservé le", null=True, blank=True)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    echoue_le = models.DateTimeField("en échec depuis le", null=True, blank=True)
    repris = models.BooleanField("repris après une interruption", default=False)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    derniere_erreur = models.TextField("dernière erreur", blank=True)

    objects = CourrielQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index("a_partir_de", "id", name="courriel_a_envoyer", condition=NON_FINI),)
        constraints = (
            models.CheckConstraint(
                name="courriel_envoye_ou_en_echec",
                condition=Q(envoye_le=None) | Q(echoue_le=None),
                violation_error_message="Un courriel est envoyé ou en échec, pas les deux.",
            ),
            models.CheckConstraint(
                name="courriel_envoye_apres_reservation",
                condition=Q(envoye_le=None) | Q(reserve_le__isnull=False),
                violation_error_message="Un courriel est réservé avant d'être envoyé.",
            ),
            models.CheckConstraint(
                name="courriel_secret_efface",
                condition=Q(secret=False) | Q(reserve_le=None) | Q(corps=""),
                violation_error_message="Le corps d'un courriel secret est effacé dès sa réservation.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.objet} → {self.destinataire}"

    @property
    def message_id(self) -> str:
        """Le Message-ID, le même à chaque essai : un doublon se reconnaît chez le destinataire."""
        hote = urlsplit(settings.SITE_URL).hostname
        return f"<{uuid5(NAMESPACE_URL, settings.SITE_URL + self.cle)}@{hote}>"
