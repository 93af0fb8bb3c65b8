"""Les avis attendus d'un dossier, en lignes, pour que la base les trie et les compte."""

from __future__ import annotations

from django.db import models

from candidatures.models import Campagne, Candidature
from territoires.models import Region


class AvisAttendu(models.Model):
    """Ce que `avis.attendus` calcule d'un avis attendu, moins ce que l'heure décide : « en retard », « pas encore son tour ».

    Une copie, que `avis.lignes.reecrire_les_attendus` refait à chaque acte ; le calcul fait foi.

    - `etape` : « attendu », « brouillon », « rendu », « passe_outre » ou « sans_objet » ;
    - `region` : la sienne, ou celle de son département ;
    - `attend` : une région dont un département n'a pas rendu ; `tour_le` : après cet instant, elle peut passer outre (vide : jamais) ;
    - `rang` : sa place dans « À traiter », tant que l'heure n'en décide pas ; `numero`, `suivi` : ceux du dossier (`suivi` : du dépôt
      à la décision), pour qu'une liste trie et compte sans lire les dossiers.
    """

    candidature = models.ForeignKey(
        Candidature, models.CASCADE, db_index=False, related_name="avis_attendus", verbose_name="candidature"
    )
    niveau = models.CharField("niveau", max_length=20)
    territoire = models.CharField("territoire", max_length=3)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="région")
    etape = models.CharField("étape", max_length=20)
    echeance = models.DateTimeField("échéance", null=True)
    rendu_le = models.DateTimeField("rendu le", null=True)
    attend = models.BooleanField("attend ses départements")
    tour_le = models.DateTimeField("son tour après le", null=True)
    rang = models.PositiveSmallIntegerField("rang", default=0)
    numero = models.CharField("numéro", max_length=60, default="")
    suivi = models.BooleanField("dossier suivi", default=False)

    class Meta:
        verbose_name = "avis attendu"
        verbose_name_plural = "avis attendus"
        constraints = (models.UniqueConstraint(fields=("candidature", "niveau", "territoire"), name="avis_attendu_unique"),)
        indexes = (
            models.Index(
                fields=["niveau", "territoire"],
                include=["id", "rang", "echeance", "tour_le", "rendu_le", "numero", "etape"],
                name="avis_attendu_a_traiter",
            ),
            models.Index(fields=["tour_le"], name="avis_attendu_tour", condition=models.Q(tour_le__isnull=False)),
        )

    def __str__(self) -> str:
        return f"candidature {self.candidature_id}, {self.niveau} {self.territoire} : {self.etape}"


class CompteDAvis(models.Model):
    """Combien d'avis attendus partagent une campagne, une région et ce que l'heure demande d'une ligne : les totaux de la matrice.

    Une somme d'écarts : chaque acte ajoute les siens, positifs ou négatifs, et n'attend personne ; `avis.comptes.tasser` les additionne
    de temps en temps. Seuls comptent les dossiers suivis.
    """

    campagne = models.ForeignKey(Campagne, models.CASCADE, db_index=False, related_name="+", verbose_name="campagne")
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, related_name="+", verbose_name="région")
    etape = models.CharField("étape", max_length=20)
    attend = models.BooleanField("attend ses départements")
    echeance = models.DateTimeField("échéance", null=True)
    tour_le = models.DateTimeField("son tour après le", null=True)
    nombre = models.IntegerField("nombre")

    class Meta:
        verbose_name = "compte d'avis"
        verbose_name_plural = "comptes d'avis"
        indexes = (models.Index(fields=["campagne", "region"], name="compte_d_avis_campagne"),)

    def __str__(self) -> str:
        return f"campagne {self.campagne_id}, région {self.region_id}, {self.etape} : {self.nombre}"
