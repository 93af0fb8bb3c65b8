"""La donnée de référence : régions, départements, et les régions d'avant 2016."""

import unicodedata

from django.db import models

from territoires.heures import Fuseau


def cle_de_nom(nom: str) -> str:
    """Un nom sans accents, traits d'union, apostrophes ni casse : « Nord Pas de Calais » = « Nord-Pas-de-Calais »."""
    decompose = unicodedata.normalize("NFKD", nom)
    mots = "".join(c if c.isalnum() else " " for c in decompose if not unicodedata.combining(c))
    return " ".join(mots.casefold().split())


class RegionQuerySet(models.QuerySet["Region"]):
    """Les régions, et comment les retrouver."""

    def nommee(self, nom: str) -> "Region | None":
        """La région actuelle de ce nom, ancien nom ou variante ; None si aucune."""
        cle = cle_de_nom(nom)
        regions = self.prefetch_related("anciennes")
        return next((r for r in regions if cle in map(cle_de_nom, r.noms)), None)


class Region(models.Model):
    """Une région d'aujourd'hui, sous son code officiel géographique (« 11 »)."""

    code = models.CharField("code", max_length=2, primary_key=True)
    nom = models.CharField("nom", max_length=60, unique=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = "région"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.nom

    @property
    def fuseau(self) -> str:
        """Celui de ses départements : aucune région n'en a deux."""
        return str(self.departements.values_list("fuseau", flat=True)[0])

    @property
    def noms(self) -> list[str]:
        """Son nom, puis ceux des régions d'avant 2016 qui la composent et leurs variantes."""
        return [self.nom, *(nom for ancienne in self.anciennes.all() for nom in ancienne.noms)]


class AncienneRegion(models.Model):
    """L'une des 22 régions de métropole d'avant le 1er janvier 2016, telle que les anciennes fiches la nomment."""

    code = models.CharField("code d'alors", max_length=2, primary_key=True)
    nom = models.CharField("nom", max_length=60, unique=True)
    variantes = models.JSONField("autres écritures", default=list, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région actuelle", related_name="anciennes")

    class Meta:
        verbose_name = "ancienne région"
        verbose_name_plural = "anciennes régions"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.nom

    @property
    def noms(self) -> list[str]:
        """Son nom et ses variantes."""
        return [self.nom, *self.variantes]


def libelle_de(nom: str, code: str) -> str:
    """Un département comme il se dit : « Seine-et-Marne (77) »."""
    return f"{nom} ({code})"


class DepartementQuerySet(models.QuerySet["Departement"]):
    """Les départements, et comment les retrouver."""

    def nomme(self, nom: str) -> "Departement | None":
        """Le département de ce nom ou de ce code (« Seine et Marne », « 2a ») ; None si aucun."""
        cle = cle_de_nom(nom)
        return next((d for d in self if cle in (cle_de_nom(d.nom), d.code.casefold())), None)


class Departement(models.Model):
    """Un des 101 départements, sous son code (« 77 », « 2A », « 974 »)."""

    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=60, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="departements")
    ancienne_region = models.ForeignKey(
        AncienneRegion,
        models.PROTECT,
        verbose_name="région d'avant 2016",
        related_name="departements",
        null=True,
        blank=True,
    )
    fuseau = models.CharField("fuseau horaire", max_length=32, choices=Fuseau.choices, default=Fuseau.PARIS)

    objects = DepartementQuerySet.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return libelle_de(self.nom, self.code)
