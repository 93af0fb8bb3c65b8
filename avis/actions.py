"""Les seuls qui écrivent un avis : enregistrer, rendre, rouvrir, reporter.

Chacune verrouille la candidature, donc tous ses avis : deux agents qui cliquent ensemble se suivent (F-13).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from avis import courriels, regles
from avis.attendus import Attendu, Etape, Niveau, absents_de, attendu_de, refus_d_attente
from avis.lignes import reecrire_les_attendus
from avis.manques import manques
from avis.models import AvisDepartemental, AvisFige, AvisRegional, ChangementDAvis, Report
from candidatures.circuit.franchir import avancer
from candidatures.echange.ecrire import avis_fige
from candidatures.models import Candidature
from candidatures.plusieurs_mains.ecrire import ecrire
from candidatures.plusieurs_mains.sujet import Sujet
from candidatures.verrou import Refus, consigner, verrouiller
from comptes.ecriture import Conflit
from comptes.models import Service, Utilisateur
from comptes.portees import portee_de
from comptes.services import nom_au
from hlm_projets import composees
from hlm_projets.composees import Composee, Valeur
from hlm_projets.ecran.colonnes import colonne
from hlm_projets.requete.middleware import maintenant as maintenant_au_serveur
from territoires.heures import dire, heure_locale

MODELES: dict[Niveau, type[AvisDepartemental] | type[AvisRegional]] = {
    Niveau.DEPARTEMENT: AvisDepartemental,
    Niveau.REGION: AvisRegional,
}


class DejaRendu(Exception):
    """L'avis est déjà rendu ; `avis` dit par qui et quand, et la phrase de l'erreur avec lui."""

    def __init__(self, avis: AvisDepartemental | AvisRegional) -> None:
        quand = f"le {dire(avis.rendu_le)}, " if avis.rendu_le else ""
        super().__init__(f"L'avis est déjà rendu, {quand}par {avis.auteur_nom} ({avis.service_nom}).")
        self.avis = avis


# --- Le service --------------------------------------------------------------------------------------------------------
class Brouillon(Sujet):
    """L'avis que le service d'un territoire écrit, avant de le rendre."""

    trace = ChangementDAvis
    colonnes = ("campagne", "etat", "organisme")

    def __init__(self, candidature: Candidature, niveau: Niveau, territoire: str) -> None:
        super().__init__(candidature)
        self.niveau, self.territoire = niveau, territoire
        self.cle = {"niveau": niveau.value, "territoire": territoire}

    def autoriser(self, candidature: Candidature, par: Utilisateur) -> AvisDepartemental | AvisRegional:
        """L'avis, neuf si personne n'a commencé ; lève PermissionDenied, DejaRendu, Refus."""
        return _a_ecrire(candidature, self.niveau, self.territoire, par)

    def poser(self, gardee: Any, valeurs: Mapping[str, Any], par: Utilisateur, le: datetime) -> None:
        """Sans rien qui change, aucun brouillon n'est créé."""
        changees = {nom: valeur for nom, valeur in valeurs.items() if valeur != getattr(gardee, nom)}
        for nom, valeur in changees.items():
            setattr(gardee, nom, valeur)
        if not changees:
            return
        if gardee.pk is not None:
            composees.enregistrer(gardee, [*changees, "modifie_le"])
            return
        gardee.save()
        _suivre(gardee.candidature)


def enregistrer(
    brouillon: Brouillon,
    valeurs: Mapping[str, Any],
    *,
    lues: Mapping[str, str],
    par: Utilisateur,
    page: str = "",
    le: datetime | None = None,
) -> AvisDepartemental | AvisRegional:
    """Écrit dans le brouillon du service les valeurs données, et elles seules : `plusieurs_mains.ecrire` dit comment.

    Lève PermissionDenied, DejaRendu, Refus (le dossier n'attend plus cet avis), Conflit (un collègue a changé les mêmes).
    """
    fait = ecrire(brouillon, valeurs, lues, page=page, par=par, le=le or maintenant_au_serveur())
    avis: AvisDepartemental | AvisRegional = fait.sans_conflit()
    return avis


def _suivre(candidature: Candidature) -> None:
    """Ses avis attendus ont changé."""
    reecrire_les_attendus(Candidature.objects.filter(pk=candidature.pk))


def _a_ecrire(candidature: Candidature, niveau: Niveau, territoire: str, par: Utilisateur) -> AvisDepartemental | AvisRegional:
    """Le brouillon de ce territoire, neuf si personne n'a commencé ; lève PermissionDenied, DejaRendu, Refus."""
    if candidature.est_brouillon or not regles.est_du_territoire(par, niveau, territoire):
        raise PermissionDenied
    modele, cle = MODELES[niveau], {f"{niveau.value}_id": territoire}
    avis = next(iter(_commences(niveau).lire(candidature=candidature.pk, territoire=territoire)), None)
    if avis is None and territoire not in regles.territoires(candidature, niveau):
        raise PermissionDenied
    if avis and avis.est_rendu:
        raise DejaRendu(avis)
    # Dans cet ordre : une décision tue ne change rien à ce que lit un service.
    if niveau == Niveau.DEPARTEMENT and _region_a_rendu(candidature, territoire):
        raise Refus(["La région a rendu son avis en passant outre celui-ci : il n'est plus attendu."])
    if not candidature.est_en_instruction:
        raise Refus([f"Le dossier n'attend plus d'avis : il est à l'état « {candidature.etat_lu_par(par).label} »."])
    avis = avis or modele(**cle)
    avis.candidature = candidature
    return avis


@cache
def _commences(niveau: Niveau) -> Composee:
    """L'avis de ce territoire, s'il est commencé."""
    candidature, territoire = (colonne(MODELES[niveau], nom) for nom in ("candidature", niveau.value))
    cle = {"candidature": Valeur("candidature", candidature), niveau.value: Valeur("territoire", territoire)}
    return Composee(lambda: MODELES[niveau]._default_manager.filter(**cle))


def _region_a_rendu(candidature: Candidature, departement: str) -> bool:
    return bool(_REGION_QUI_A_RENDU.lire(candidature=candidature.pk, departement=departement))


_REGION_QUI_A_RENDU = Composee(
    lambda: AvisRegional.objects.filter(
        candidature=Valeur("candidature", colonne(AvisRegional, "candidature")),
        region__departements=Valeur("departement", colonne(AvisDepartemental, "departement")),
        rendu_le__isnull=False,
    ).only("pk")
)


def rendre(
    candidature: Candidature,
    niveau: Niveau,
    territoire: str,
    *,
    par: Utilisateur,
    maintenant: datetime,
    vu: Mapping[str, Any] | None = None,
    motif_passer_outre: str = "",
) -> AvisDepartemental | AvisRegional:
    """Rend le brouillon du service : signé, daté, figé, journalisé ; l'état du dossier avance s'il y a lieu.

    `vu` : ce que la personne croit signer. Lève PermissionDenied (pas le service désigné), DejaRendu, Conflit (un collègue
    vient de changer le brouillon), Refus (ce qui manque à l'avis, ou aux départements).
    """
    with transaction.atomic():
        gardee = verrouiller(candidature)
        avis = _a_ecrire(gardee, niveau, territoire, par)
        if not regles.peut_rendre(par, gardee, niveau, territoire):
            raise PermissionDenied
        if disputes := [nom for nom, valeur in (vu or {}).items() if getattr(avis, nom) != valeur]:
            raise Conflit(avis, disputes)
        absents = _controler(gardee, avis, maintenant, motif_passer_outre)
        _signer(avis, niveau, territoire, par, maintenant)
        _figer(gardee, avis, niveau, par, maintenant)
        evenement = consigner(
            gardee,
            f"rendre_avis_{niveau.value}",
            par=par,
            le=maintenant,
            detail={"territoire": territoire, "service": avis.service_nom},
        )
        avancer(gardee, par=par, maintenant=maintenant)
        _suivre(gardee)
        courriels.apres_rendu(gardee, niveau, territoire, evenement)
        courriels.avis_passe_outre(gardee, [absent.territoire for absent in absents], evenement)
    return avis


def _controler(
    candidature: Candidature, avis: AvisDepartemental | AvisRegional, maintenant: datetime, motif_passer_outre: str
) -> list[Attendu]:
    """Lève Refus si l'avis ne peut pas être rendu ; rend les avis départementaux sur lesquels la région passe outre."""
    refus, absents = list(manques(avis).values()), []
    if isinstance(avis, AvisRegional):
        absents = absents_de(candidature, avis.region_id, maintenant)
        avis.motif_passer_outre = motif_passer_outre.strip() if absents else ""
        refus += refus_d_attente(absents, avis.motif_passer_outre)
    if refus:
        raise Refus(refus)
    return absents


def _signer(
    avis: AvisDepartemental | AvisRegional, niveau: Niveau, territoire: str, par: Utilisateur, maintenant: datetime
) -> None:
    """Le service se nomme comme ce jour-là chez lui : à l'horloge de son territoire."""
    service = _service_de(par, niveau, territoire)
    avis.service, avis.auteur, avis.auteur_nom, avis.rendu_le = service, par, str(par), maintenant
    ou = avis.departement if isinstance(avis, AvisDepartemental) else avis.region
    avis.service_nom = f"{nom_au(service.type, territoire, heure_locale(maintenant, ou.fuseau).date())} – {ou}"
    avis.save()


def _service_de(par: Utilisateur, niveau: Niveau, territoire: str) -> Service:
    """Le service de la personne dans ce territoire ; à la région, celui qui rend."""
    services = Service.objects.filter(pk__in=portee_de(par).services, **{niveau.value: territoire})
    return services.order_by("-rend_avis_regional", "pk")[0]


def _figer(
    candidature: Candidature, avis: AvisDepartemental | AvisRegional, niveau: Niveau, par: Utilisateur, maintenant: datetime
) -> None:
    AvisFige.objects.create(
        candidature=candidature,
        niveau=niveau.value,
        territoire=avis.territoire_id,
        contenu=avis_fige(avis, niveau.value),
        acte="rendre",
        objet=str(candidature)[:350],
        par=par,
        par_nom=str(par),
        le=maintenant,
    )


# --- L'administrateur national ------------------------------------------------------------------------------------------
def rouvrir(
    candidature: Candidature, niveau: Niveau, territoire: str, *, par: Utilisateur, maintenant: datetime, motif: str
) -> AvisDepartemental | AvisRegional:
    """Rend la main au service : l'avis redevient son brouillon, l'état du dossier recule s'il y a lieu.

    Lève PermissionDenied, Refus (motif, décision prise, avis régional à rouvrir d'abord, rien à rouvrir).
    """
    with transaction.atomic():
        gardee = verrouiller(candidature)
        if not portee_de(par).administre:
            raise PermissionDenied
        avis = _rendu(gardee, niveau, territoire)
        if refus := _refus_de_rouvrir(gardee, niveau, territoire, motif.strip()):
            raise Refus(refus)
        avis.rendu_le = None
        if isinstance(avis, AvisRegional):
            avis.motif_passer_outre = ""
        avis.save()
        evenement = consigner(
            gardee, f"rouvrir_avis_{niveau.value}", par=par, le=maintenant, motif=motif.strip(), detail={"territoire": territoire}
        )
        avancer(gardee, par=par, maintenant=maintenant)
        _suivre(gardee)
        courriels.avis_rouvert(gardee, niveau, territoire, evenement)
    return avis


def _rendu(candidature: Candidature, niveau: Niveau, territoire: str) -> AvisDepartemental | AvisRegional:
    cle = {f"{niveau.value}_id": territoire}
    avis = MODELES[niveau]._default_manager.filter(candidature=candidature, **cle).first()
    if avis is None or not avis.est_rendu:
        raise Refus(["Cet avis n'est pas rendu : il n'y a rien à rouvrir."])
    return avis


def _refus_de_rouvrir(candidature: Candidature, niveau: Niveau, territoire: str, motif: str) -> list[str]:
    refus = [] if motif else ["Écrivez le motif."]
    if not candidature.est_en_instruction:
        refus.append("Reprenez d'abord la décision : un avis ne se rouvre que pendant l'instruction.")
    if niveau == Niveau.DEPARTEMENT and _region_a_rendu(candidature, territoire):
        refus.append("Rouvrez d'abord l'avis de sa région, qui s'appuie sur celui-ci.")
    return refus


def reporter(
    candidature: Candidature,
    niveau: Niveau,
    territoire: str,
    echeance: datetime,
    *,
    par: Utilisateur,
    maintenant: datetime,
    motif: str,
) -> Report:
    """Déplace l'échéance d'un avis, pour ce dossier et ce territoire, avec un motif ; deux clics n'en font qu'un.

    Lève PermissionDenied, Refus (motif, date passée, avis qui n'est plus attendu).
    """
    with transaction.atomic():
        gardee = verrouiller(candidature)
        if not portee_de(par).administre or territoire not in regles.territoires(gardee, niveau):
            raise PermissionDenied
        if deja := _deja_reporte(gardee, niveau, territoire, echeance, motif.strip()):
            return deja
        if refus := _refus_de_reporter(gardee, niveau, territoire, echeance, maintenant, motif.strip()):
            raise Refus(refus)
        report = Report.objects.create(
            candidature=gardee,
            echeance=echeance,
            motif=motif.strip(),
            par=par,
            le=maintenant,
            **{f"{niveau.value}_id": territoire},
        )
        detail = {"territoire": territoire, "echeance": echeance.isoformat()}
        evenement = consigner(gardee, f"reporter_avis_{niveau.value}", par=par, le=maintenant, motif=motif.strip(), detail=detail)
        _suivre(gardee)
        courriels.echeance_deplacee(gardee, niveau, territoire, echeance, evenement)
    return report


def _deja_reporte(candidature: Candidature, niveau: Niveau, territoire: str, echeance: datetime, motif: str) -> Report | None:
    """Le dernier report de ce territoire s'il dit déjà la même chose."""
    dernier = candidature.reports.filter(**{f"{niveau.value}_id": territoire}).last()
    return dernier if dernier and (dernier.echeance, dernier.motif) == (echeance, motif) else None


def _refus_de_reporter(
    candidature: Candidature, niveau: Niveau, territoire: str, echeance: datetime, maintenant: datetime, motif: str
) -> list[str]:
    attendu = attendu_de(candidature, niveau, territoire, maintenant)
    refus = [] if motif else ["Écrivez le motif."]
    refus += [] if echeance > maintenant else ["La nouvelle échéance est déjà passée."]
    if attendu.etape in (Etape.RENDU, Etape.PASSE_OUTRE, Etape.SANS_OBJET):
        refus.append(f"Cet avis n'est plus attendu ({attendu.etape.label}) : il n'a plus d'échéance à déplacer.")
    return refus
