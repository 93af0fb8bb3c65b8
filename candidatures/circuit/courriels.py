"""Les courriels d'un passage : un courriel = une fonction = une paire de gabarits du même nom."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse

from candidatures.champs.montants import dire_montant
from candidatures.destinataires import adresses, adresses_du_bailleur
from candidatures.etats import Etat
from candidatures.models import Candidature, Evenement
from comptes.models import Habilitation, Role
from hlm_projets.envoi.courriels import Valeur, inscrire, lien
from territoires.heures import dire, dire_partout


def annoncer(candidature: Candidature, evenement: Evenement) -> None:
    """Inscrit les courriels de ce passage dans la boîte d'envoi, par la même transaction."""
    for courriel in PAR_ACTE.get(evenement.acte, ()):
        courriel(candidature, evenement)


def recu_depot(candidature: Candidature, evenement: Evenement) -> None:
    """Le reçu du dépôt, à chaque membre de l'organisme, au contact du dossier, et à l'invité qui l'a déposé."""
    contexte: dict[str, Valeur] = {"empreinte": evenement.version.empreinte, "par": evenement.par_nom}
    deposant = {evenement.par.courriel} if evenement.par else set()
    _inscrire("recu_depot", candidature, evenement, sorted(deposant.union(adresses_du_bailleur(candidature))), contexte)


def avis_departemental_attendu(candidature: Candidature, evenement: Evenement) -> None:
    """Un nouveau dossier, aux agents des départements concernés : chacun n'y lit que les siens."""
    echeance = candidature.campagne.echeance_departementale
    for adresse, territoires in _agents_des_departements(candidature).items():
        fuseaux = {d.fuseau for d in candidature.departements.all() if str(d) in territoires}
        contexte: dict[str, Valeur] = {
            "territoires": territoires,
            "echeance": dire_partout(echeance, fuseaux) if echeance else "",
        }
        _inscrire("avis_departemental_attendu", candidature, evenement, [adresse], contexte)


def retrait(candidature: Candidature, evenement: Evenement) -> None:
    """La confirmation du retrait, au porteur."""
    contexte: dict[str, Valeur] = {"motif": evenement.motif, "par": evenement.par_nom}
    _inscrire("retrait", candidature, evenement, adresses_du_bailleur(candidature), contexte)


def retrait_services(candidature: Candidature, evenement: Evenement) -> None:
    """Le retrait, aux services dont un avis était attendu ou rendu."""
    departements = [d.pk for d in candidature.departements.all()]
    regions = {d.region_id for d in candidature.departements.all()}
    agents = Habilitation.objects.en_cours().filter(role=Role.AGENT)
    concernes = agents.filter(service__departement__in=departements) | agents.filter(service__region__in=regions)
    _inscrire("retrait_services", candidature, evenement, adresses(concernes), {})


def decision(candidature: Candidature, evenement: Evenement) -> None:
    """La décision publiée, au porteur ; le motif n'est dit que d'un refus."""
    contexte: dict[str, Valeur] = {
        "decision": Etat(candidature.etat).label,
        "montant": dire_montant(candidature.montant_accorde),
        "motif": candidature.motif_de_la_decision,
    }
    _inscrire("decision", candidature, evenement, adresses_du_bailleur(candidature), contexte)


PAR_ACTE: dict[str, tuple[Callable[[Candidature, Evenement], None], ...]] = {
    "deposer": (recu_depot, avis_departemental_attendu),
    "retirer": (retrait, retrait_services),
    "publier_decision": (decision,),
}


def _agents_des_departements(candidature: Candidature) -> dict[str, list[str]]:
    """Les agents en cours de chaque département concerné, et le nom de ces départements."""
    departements = {d.pk: str(d) for d in candidature.departements.all()}
    agents = Habilitation.objects.en_cours().filter(role=Role.AGENT, service__departement__in=departements)
    concernes: dict[str, list[str]] = {}
    for adresse, code in sorted(set(agents.values_list("utilisateur__courriel", "service__departement"))):
        concernes.setdefault(adresse, []).append(departements[code])
    return concernes


def _inscrire(
    nom: str, candidature: Candidature, evenement: Evenement, adresses: Iterable[str], contexte: dict[str, Valeur]
) -> None:
    commun: dict[str, Valeur] = {
        "numero": candidature.reference,
        "titre": candidature.titre,
        "organisme": candidature.organisme.nom,
        "campagne": candidature.campagne.titre,
        "instant": dire(evenement.le),
        "adresse": lien(reverse("candidatures:fiche", args=[candidature.pk])),
    }
    for adresse in adresses:
        inscrire(nom, adresse, commun | contexte, cle=f"evenement:{evenement.pk}")
