"""La candidature : la fiche officielle, plus ce qui n'est pas sur le papier."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat

from candidatures.champs.textes import en_une_ligne
from candidatures.etats import TUS, Etat
from candidatures.fiche import Accompagnement, Duree, Mobilisation, MontageFinancier, Partenariat, Projet, Publics
from candidatures.models.annexe import Annexe
from candidatures.models.campagne import Campagne
from candidatures.models.financement import LigneDuPlan
from candidatures.models.partage import Partage
from candidatures.models.porteur import Porteur
from comptes.models import Organisme, Utilisateur
from comptes.portees import Portee, portee_de
from hlm_projets.requete.relations import lignes
from territoires.cles import AvecCle, ChampCle, IndexVideALaFin
from territoires.models import Departement, cle_de_nom

if TYPE_CHECKING:
    from candidatures.models.version import Version


class Candidatures(models.QuerySet["Candidature"]):
    """Le vocabulaire des candidatures."""

    def deposees(self) -> Candidatures:
        """Toutes sauf les brouillons."""
        return self.exclude(etat=Etat.BROUILLON)

    def visibles_par(self, utilisateur: Utilisateur) -> Candidatures:
        """La seule porte de lecture : ce que cette personne peut lire, rien d'autre (le reste est 404)."""
        portee = portee_de(utilisateur)
        if portee.administre:
            return self
        visible = self._consultable(portee)
        if portee.est_invite:
            visible |= Q(pk__in=Partage.objects.de(utilisateur).values("candidature"))
        return self.filter(visible)

    def consultables_par(self, utilisateur: Utilisateur) -> Candidatures:
        """Ce que donnent ses fonctions (organisme, service, comité), sans les candidatures où la personne n'est qu'invitée."""
        portee = portee_de(utilisateur)
        return self if portee.administre else self.filter(self._consultable(portee))

    def partagees_avec(self, utilisateur: Utilisateur) -> Candidatures:
        """Celles où la personne est invitée, sans être de leur organisme."""
        portee = portee_de(utilisateur)
        if not portee.est_invite:
            return self.none()
        invitee = Q(pk__in=Partage.objects.de(utilisateur).values("candidature"))
        return self.filter(invitee).exclude(organisme__in=portee.organismes)

    @staticmethod
    def _consultable(portee: Portee) -> Q:
        visible = Q(organisme__in=portee.organismes)
        if portee.lit_tout:
            visible |= ~Q(etat=Etat.BROUILLON)
        if portee.departements:
            concernees = Candidature.departements.through.objects.filter(departement__in=portee.departements)
            visible |= ~Q(etat=Etat.BROUILLON) & Q(pk__in=concernees.values("candidature"))
        return visible

    def avec_etat_lu(self, utilisateur: Utilisateur) -> Candidatures:
        """Ajoute `etat_lu`, le `etat_lu_par` de chacune : filtrer ou trier une liste ne trahit aucune décision."""
        if portee_de(utilisateur).connait_les_decisions:
            return self.annotate(etat_lu=F("etat"))
        cachee = When(etat__in=TUS, campagne__publiee_le__isnull=True, then=Value(Etat.COMITE.value))
        return self.annotate(etat_lu=Case(cachee, default=F("etat")))

    def contenant(self, texte: str) -> Candidatures:
        """Celles où chaque mot est dans le numéro, le nom ou l'organisme, sans égard aux accents ni à la casse ; aucune sans mot."""
        mots = [cle for cle in map(cle_de_nom, texte.split()) if cle]
        trouvees = self if mots else self.none()
        for mot in mots:
            siens = Organisme.objects.filter(cle__contains=mot).order_by().values("pk")
            dits = Q(cle__contains=mot) | Q(organisme__in=siens)
            if re.fullmatch(r"b|(b )?[0-9]+", mot):  # « B-12 », la référence d'un brouillon
                trouvees = trouvees.alias(reference_lue=Concat(Value("b "), Cast("pk", models.CharField())))
                dits |= Q(etat=Etat.BROUILLON, reference_lue__contains=mot)
            trouvees = trouvees.filter(dits)
        return trouvees

    def par_reference(self, reference: str) -> Candidature:
        """La candidature « 2026-77-003 » ou « B-12 » ; lève DoesNotExist."""
        if m := re.fullmatch(r"[Bb]-(\d{1,18})", reference.strip()):
            return self.get(pk=int(m[1]), numero__isnull=True)
        if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", reference.strip()):
            raise self.model.DoesNotExist
        return self.get(numero__iexact=reference.strip())

    def avec_presences(self) -> Candidatures:
        """Ajoute `a_departements`, `a_organismes` et `a_lignes` : ce que l'avancement demande aux listes, sans les lire."""
        listes = (Candidature.departements.through.objects, Porteur.objects, LigneDuPlan.objects)
        noms = ("a_departements", "a_organismes", "a_lignes")
        return self.annotate(
            **{n: Exists(liste.filter(candidature=OuterRef("pk"))) for n, liste in zip(noms, listes, strict=True)}
        )

    def avec_organisme(self) -> Candidatures:
        """Avec sa campagne, son organisme et le siège de celui-ci."""
        return self.select_related("campagne", "organisme__departement")

    def pour_entete(self) -> Candidatures:
        """Avec ce que dit l'en-tête d'un dossier : sa campagne, son organisme, ses départements et leurs régions."""
        departements = models.Prefetch("departements", Departement.objects.select_related("region"))
        return self.avec_organisme().prefetch_related(departements)

    def pour_lecture(self) -> Candidatures:
        """Avec tout ce que la lecture d'une fiche demande, en un nombre constant de requêtes."""
        annexes = models.Prefetch("annexes", Annexe.objects.select_related("type"))
        return self.pour_entete().prefetch_related("organismes", "lignes", "justifications", annexes)

    def pour_instruction(self) -> Candidatures:
        """Avec ce qu'un avis demande d'un dossier déposé : son en-tête et ses avis ; la fiche se lit dans sa version figée."""
        return self.pour_entete().avec_avis()

    def avec_avis(self) -> Candidatures:
        """Avec les avis, lus par l'accesseur inverse."""
        return self.prefetch_related("avis_departementaux", "avis_regionaux")


class Candidature(AvecCle, Projet, Publics, Mobilisation, Accompagnement, Partenariat, MontageFinancier, Duree):
    """La réponse d'un organisme à une campagne."""

    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="candidatures", verbose_name="campagne")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="candidatures", verbose_name="organisme déposant")
    departements = models.ManyToManyField(
        Departement, related_name="candidatures", blank=True, verbose_name="Départements concernés"
    )
    etat = models.CharField("état", max_length=30, choices=Etat.choices, default=Etat.BROUILLON, editable=False)
    numero = models.CharField("numéro", max_length=60, unique=True, null=True, editable=False)  # noqa: DJ001 – NULL : pas encore déposée
    cree_le = models.DateTimeField("commencée le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifiée le", auto_now=True)
    deposee_le = models.DateTimeField("déposée le", null=True, editable=False)
    montant_accorde = models.DecimalField("montant accordé (€)", max_digits=9, decimal_places=2, null=True, editable=False)
    origine = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="reprises", verbose_name="reprise de"
    )
    a_revoir = models.JSONField("rubriques reprises à revoir", default=list, blank=True, editable=False)
    jumelle_de = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="jumelles", verbose_name="fiche jumelle de"
    )
    cle = ChampCle(verbose_name="nom cherché", de=("numero", "nom"))
    contact_nom = models.CharField("Nom et prénom", max_length=200, blank=True)
    contact_fonction = models.CharField("Fonction", max_length=200, blank=True)
    contact_telephone = models.CharField(
        "Téléphone",
        max_length=30,
        blank=True,
        validators=[
            RegexValidator(r"^\+?[0-9 .()\-\u00a0\u202f]{6,30}\Z", "Écrivez un numéro de téléphone, par exemple 01 23 45 67 89.")
        ],
    )
    contact_courriel = models.EmailField("Courriel", max_length=254, blank=True)

    objects = Candidatures.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering = ("-deposee_le", "-pk")
        indexes = (
            models.Index(fields=["campagne", "etat"], name="candidature_campagne_etat"),
            models.Index(fields=["organisme", "etat"], name="candidature_organisme_etat"),
            models.Index(fields=["-deposee_le", "-id"], name="candidature_recentes"),
            IndexVideALaFin(
                *(F("deposee_le").desc(nulls_last=True), F("id").desc()),
                include=["etat", "campagne", "organisme", "cle"],
                name="candidature_liste",
            ),
            IndexVideALaFin(F("nombre_menages").desc(nulls_last=True), F("id").desc(), name="candidature_menages"),
            models.Index(fields=["campagne", "numero"], include=["etat", "id"], name="candidature_matrice"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(etat=Etat.BROUILLON, numero__isnull=True, deposee_le__isnull=True)
                | (~Q(etat=Etat.BROUILLON) & Q(numero__isnull=False, deposee_le__isnull=False)),
                name="candidature_deposee_a_un_numero",
            ),
            models.CheckConstraint(
                condition=Q(montant_accorde__isnull=True) | Q(etat=Etat.RETENUE, montant_accorde__gt=0),
                name="candidature_montant_si_retenue",
            ),
            models.CheckConstraint(
                condition=Q(nombre_menages__isnull=True) | Q(nombre_menages__gte=1, nombre_menages__lte=2000),
                name="candidature_menages_bornes",
            ),
            models.CheckConstraint(
                condition=Q(nombre_logements__isnull=True) | Q(nombre_logements__lte=2000), name="candidature_logements_bornes"
            ),
            models.CheckConstraint(
                condition=Q(duree_mois__isnull=True) | Q(duree_mois__gte=1, duree_mois__lte=60), name="candidature_duree_bornee"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.titre}"

    @property
    def reference(self) -> str:
        """Le numéro du dossier, ou « B-<id> » pour un brouillon."""
        return self.numero or f"B-{self.pk}"

    @property
    def titre(self) -> str:
        """Le nom du projet sur une ligne."""
        return en_une_ligne(self.nom) or "Projet sans nom"

    @property
    def est_brouillon(self) -> bool:
        """Vrai tant que rien n'a jamais été déposé. « Peut-on encore écrire ? » est une autre question : `regles.fiche_ouverte`."""
        return self.etat == Etat.BROUILLON

    @property
    def est_en_instruction(self) -> bool:
        """Vrai du dépôt à la décision."""
        return Etat(self.etat).traits.en_instruction

    @property
    def motif_de_la_decision(self) -> str:
        """Le motif d'un refus ; vide pour toute autre décision."""
        decision = self.evenements.filter(vers=self.etat).order_by("pk").last() if self.etat == Etat.NON_RETENUE else None
        return decision.motif if decision else ""

    @property
    def version(self) -> Version | None:
        """La dernière version figée, lue une fois ; None pour un brouillon."""
        if (gardee := vars(self).get("_version")) is None:
            for version in lignes(self.versions.model, "candidature", self.pk, au_plus=1):
                version.candidature = self
                gardee = vars(self)["_version"] = version
        return gardee

    @property
    def fuseaux(self) -> set[str]:
        """Les fuseaux horaires des départements concernés et du siège de l'organisme."""
        siege = self.organisme.departement
        return {departement.fuseau for departement in [*self.departements.all(), *([siege] if siege else [])]}

    def est_partagee_avec(self, utilisateur: Utilisateur, *droits: str) -> bool:
        """Un partage en cours l'ouvre à la personne (à l'un de ces droits, s'il en est donné).

        La base n'est lue que pour qui est invité quelque part ; relu à chaque question, jamais gardé : un accès retiré l'est
        aussitôt, même pour une écriture qui attendait le verrou.
        """
        if not portee_de(utilisateur).est_invite:
            return False
        partages = Partage.objects.de(utilisateur).filter(candidature=self)
        return (partages.filter(droit__in=droits) if droits else partages).exists()

    def etat_lu_par(self, utilisateur: Utilisateur) -> Etat:
        """L'état que cette personne peut connaître : une décision n'est dite au bailleur qu'à la publication."""
        etat = Etat(self.etat)
        if etat not in TUS or self.campagne.publiee_le:
            return etat
        return etat if portee_de(utilisateur).connait_les_decisions else Etat.COMITE
