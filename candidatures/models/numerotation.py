"""La suite des numéros de dossier."""

from __future__ import annotations

from django.db import models


class Compteur(models.Model):
    """Le dernier numéro donné pour un préfixe (« 2026-77 ») ; il ne redescend jamais."""

    prefixe = models.CharField("préfixe", max_length=40, primary_key=True)
    dernier = models.PositiveIntegerField("dernier numéro donné", default=0)

    class Meta:
        verbose_name = "compteur"

    def __str__(self) -> str:
        return f"{self.prefixe} : {self.dernier}"

    @classmethod
    def suivant(cls, prefixe: str) -> str:
        """Donne le numéro suivant, « 2026-77-003 » ; à appeler dans une transaction, qui verrouille le compteur."""
        cls.objects.get_or_create(prefixe=prefixe)
        compteur = cls.objects.select_for_update(of=("self",)).get(pk=prefixe)
        compteur.dernier += 1
        compteur.save(update_fields=["dernier"])
        return f"{prefixe}-{compteur.dernier:03d}"
