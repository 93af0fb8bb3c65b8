"""Des objets tout prêts, obtenus comme le ferait une personne : par les actions.

Chaque organisme, bailleur et candidature porte une marque de la sentinelle de fuite (`sentinelles.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from io import BytesIO
from itertools import count
from typing import Any, ClassVar

from django.utils import timezone

from avis import actions as avis
from avis import regles
from avis.attendus import Niveau
from candidatures.annexes import actions as actions_annexes
from candidatures.champs import Choix, Cout, Entier, OuiNon, Precision, TexteCourt
from candidatures.champs.fourchettes import Fourchette
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.etats import DECIDES, Etat
from candidatures.imports.charger import justifier
from candidatures.models import Annexe, Campagne, Candidature, LigneDuPlan, Partage, TypeDAnnexe
from candidatures.saisie import actions
from candidatures.sections import CHAMPS
from comptes.models import Habilitation, Organisme, Role, Service, Utilisateur
from territoires.models import Departement
from tests import sentinelles
from tests.candidatures.annexes import fichiers

_suite = count(1)
MOT_DE_PASSE = "quatre mots sans aucun rapport"


# --- Campagnes, organismes, personnes ------------------------------------------------------------------------------------
def une_campagne(**champs: Any) -> Campagne:
    """Une campagne ouverte depuis un mois, pour un mois encore."""
    instant, rang = timezone.now(), next(_suite)
    defauts = {
        "code": f"C{rang}",
        "titre": f"Appel à projets {rang}",
        "ouverture": instant - timedelta(days=30),
        "cloture": instant + timedelta(days=30),
    }
    return Campagne.objects.create(**(defauts | champs))


def un_organisme(**champs: Any) -> Organisme:
    """Un organisme, marqué."""
    marque = sentinelles.marque("o")
    organisme = Organisme.objects.create(**({"nom": f"Habitat {marque}", "statut": "OPH"} | champs))
    sentinelles.poser(marque, partial(_avec, sentinelles.connait_l_organisme, organisme))
    return organisme


def une_personne(prenom: str = "Camille", nom: str = "", *, mot_de_passe: str | None = MOT_DE_PASSE) -> Utilisateur:
    """Un compte sans habilitation."""
    rang = next(_suite)
    return Utilisateur.objects.creer(
        f"personne{rang}@exemple.fr", prenom=prenom, nom=nom or f"Nom{rang}", mot_de_passe=mot_de_passe
    )


def habiliter(personne: Utilisateur, role: Role, portee: Organisme | Service | None = None, **dates: Any) -> Utilisateur:
    """Ajoute une habilitation ; rend une personne relue, dont la portée n'est pas encore connue."""
    Habilitation.objects.create(
        utilisateur=personne,
        role=role,
        organisme=portee if isinstance(portee, Organisme) else None,
        service=portee if isinstance(portee, Service) else None,
        **dates,
    )
    return Utilisateur.objects.get(pk=personne.pk)


def un_bailleur(organisme: Organisme, role: Role = Role.DEPOSANT) -> Utilisateur:
    """Une personne d'un organisme, marquée."""
    marque = sentinelles.marque("p")
    personne = habiliter(une_personne(nom=marque), role, organisme)
    sentinelles.poser(marque, partial(_avec, sentinelles.connait_la_personne, personne))
    return personne


def un_agent(territoire: str, *, regional: bool = False) -> Utilisateur:
    """Un agent du service « logement » d'un département (« 77 ») ou d'une région (« 11 »)."""
    ou = {"region": territoire} if regional else {"departement": territoire}
    service = Service.objects.get(type__endswith="logement", **ou)
    return habiliter(une_personne(), Role.AGENT, service)


def un_national(role: Role = Role.ADMINISTRATEUR) -> Utilisateur:
    """Un administrateur, ou un lecteur du comité."""
    return habiliter(une_personne(), role)


def _avec(connait: Any, objet: Any, utilisateur: Utilisateur) -> bool:
    return bool(connait(utilisateur, objet))


# --- Candidatures --------------------------------------------------------------------------------------------------------
def reponses(marque: str = "") -> dict[str, Any]:
    """Une réponse à chaque rubrique, précisions comprises."""
    return {nom: _reponse(champ, marque) for nom, champ in CHAMPS.items()}


def _reponse(champ: Any, marque: str) -> Any:
    if isinstance(champ, Cout):
        return Fourchette(Decimal("1500.00"), Decimal("1750.50"), "menage_an")
    if isinstance(champ, Entier):
        return 24
    if isinstance(champ, OuiNon):
        return True
    if isinstance(champ, Choix):
        return champ.cases[0][0]
    if isinstance(champ, (Precision, TexteCourt)):
        return f"{champ.name} {marque}".strip()
    return f"Réponse à {champ.name} {marque}\n- un premier point\n- un second"


def lignes_du_plan() -> list[LigneDuPlan]:
    """Une dépense et deux ressources qui l'équilibrent."""
    nature, financeur = LigneDuPlan.Nature, LigneDuPlan.Financeur
    return [
        LigneDuPlan(nature=nature.DEPENSE, libelle="Accompagnement", montant=Decimal("42000.00")),
        LigneDuPlan(nature=nature.RESSOURCE, financeur=financeur.APPEL_A_PROJETS, montant=Decimal("21000.00"), etat="demande"),
        LigneDuPlan(nature=nature.RESSOURCE, financeur=financeur.PORTEUR, montant=Decimal("21000.00"), etat="acquis"),
    ]


def un_brouillon(
    campagne: Campagne | None = None,
    organisme: Organisme | None = None,
    *,
    par: Utilisateur | None = None,
    departements: Iterable[str] = ("77",),
    complet: bool = True,
    **valeurs: Any,
) -> Candidature:
    """Un brouillon prêt à déposer ; à peine commencé si `complet` est faux."""
    organisme = organisme or un_organisme()
    par = par or un_bailleur(organisme)
    marque = sentinelles.marque("c")
    candidature = actions.creer(campagne or une_campagne(), organisme, par=par, maintenant=timezone.now())
    sentinelles.poser(marque, partial(_avec, sentinelles.connait_la_candidature, candidature))
    donnees = (reponses(marque) if complet else {"nom": f"Projet {marque}"}) | valeurs
    listes = {"departements": Departement.objects.filter(pk__in=departements), "lignes": lignes_du_plan()} if complet else {}
    return actions.enregistrer(candidature, donnees | listes, par=par)


def une_candidature(etat: Etat = Etat.DEPOSEE, *, le: datetime | None = None, **options: Any) -> Candidature:
    """Une candidature menée à cet état comme le feraient les gens : dépôt, avis rendus, décision, retrait."""
    candidature, instant = un_brouillon(**options), le or timezone.now()
    if etat == Etat.BROUILLON:
        return relire(candidature)
    deposer(candidature, un_bailleur(candidature.organisme), instant)
    if etat in (Etat.AVIS_REGIONAUX, Etat.COMITE, *DECIDES):
        _rendre(candidature, Niveau.DEPARTEMENT, instant)
    if etat in (Etat.COMITE, *DECIDES):
        _rendre(candidature, Niveau.REGION, instant)
    if etat in DECISIONS:
        montant = Decimal("20000.00") if etat == Etat.RETENUE else None
        _franchir(candidature, DECISIONS[etat], un_national(), instant, montant=montant)
    elif etat == Etat.RETIREE:
        _franchir(candidature, "retirer", un_bailleur(candidature.organisme), instant)
    return relire(candidature)


DECISIONS = {
    Etat.RETENUE: "retenir",
    Etat.LISTE_COMPLEMENTAIRE: "mettre_en_liste_complementaire",
    Etat.NON_RETENUE: "ne_pas_retenir",
}
AVIS: dict[Niveau, dict[str, str]] = {
    Niveau.DEPARTEMENT: {"pertinence": "Un projet utile.", "reproductibilite": "fort"},
    Niveau.REGION: {"sens": "favorable", "champ_libre": "À soutenir."},
}


def deposer(candidature: Candidature, par: Utilisateur, instant: datetime) -> None:
    """Répond aux constats à justifier, s'il y en a, et dépose."""
    justifier(candidature, lambda constat: f"Justification de {constat.code}.", par=par, le=instant)
    _franchir(candidature, "deposer", par, instant)


def _franchir(candidature: Candidature, passage: str, par: Utilisateur, instant: datetime, **donnees: Any) -> None:
    franchir(candidature, PASSAGES[passage], par=par, maintenant=instant, motif="Motif de l'essai.", **donnees)


def _rendre(candidature: Candidature, niveau: Niveau, instant: datetime) -> None:
    """Rend les avis de tous les territoires de ce niveau."""
    for territoire in sorted(regles.territoires(candidature, niveau)):
        par = un_agent(territoire, regional=niveau == Niveau.REGION)
        avis.enregistrer(avis.Brouillon(candidature, niveau, territoire), AVIS[niveau], lues={}, par=par)
        avis.rendre(candidature, niveau, territoire, par=par, maintenant=instant)


def relire(candidature: Candidature) -> Candidature:
    """La candidature telle qu'elle est en base, sans rien de gardé."""
    return Candidature.objects.get(pk=candidature.pk)


# --- Partages ------------------------------------------------------------------------------------------------------------
def un_invite(candidature: Candidature | None = None, droit: str = Partage.Droit.ECRIRE) -> Utilisateur:
    """Une personne invitée, sur cette candidature ou sur aucune encore ; elle n'est d'aucun organisme."""
    personne = habiliter(une_personne(), Role.INVITE)
    if candidature:
        partager(candidature, personne, droit)
    return personne


def partager(candidature: Candidature, personne: Utilisateur, droit: str = Partage.Droit.ECRIRE) -> Partage:
    """Un partage accepté, sans courriel ni journal : ceux-là s'essaient par les actions (`test_partages`)."""
    instant = timezone.now()
    par = Utilisateur.objects.filter(habilitations__organisme=candidature.organisme).first() or personne
    return Partage.objects.create(
        candidature=candidature,
        courriel=personne.courriel,
        droit=droit,
        personne=personne,
        empreinte=f"{candidature.pk}-{personne.pk}",
        invite_par=par,
        invite_le=instant,
        expire_le=instant + timedelta(days=14),
        accepte_le=instant,
    )


# --- Annexes -------------------------------------------------------------------------------------------------------------
def une_annexe(candidature: Candidature, nom: str = "note.pdf", contenu: bytes = b"", **options: Any) -> Annexe:
    """Un fichier joint à un brouillon ; `type_`, `par`, `maintenant` si l'essai y tient."""
    types = TypeDAnnexe.objects.filter(campagne=candidature.campagne_id)
    if not types.exists():
        TypeDAnnexe.objects.creer_les_habituels(candidature.campagne)
    type_ = options.pop("type_", None) or types.earliest("rang")
    defauts: dict[str, Any] = {
        "par": options.pop("par", None) or un_bailleur(candidature.organisme),
        "maintenant": timezone.now(),
    }
    contenu = contenu or fichiers.un_pdf(texte=f"essai {next(_suite)}")
    return actions_annexes.joindre(candidature, type_, BytesIO(contenu), nom, **(defauts | options))


# --- Un monde ------------------------------------------------------------------------------------------------------------
class Monde:
    """Deux organismes, deux territoires, une personne par rôle ; tout n'est créé qu'à la demande.

    L'organisme A est en Seine-et-Marne (77, région 11), l'organisme B dans les Bouches-du-Rhône (13). A partage ses
    candidatures avec trois invités, un par droit ; B, les siennes avec personne.
    """

    ROLES = (
        *("redacteur", "deposant", "autre_bailleur"),
        *("agent_departemental", "agent_regional", "autre_agent"),
        *("lecteur", "administrateur"),
        *("invite_lire", "invite_ecrire", "invite_deposer"),
    )
    INVITES: ClassVar[dict[str, str]] = {f"invite_{droit}": droit for droit in ("lire", "ecrire", "deposer")}

    def __init__(self) -> None:
        self._personnes: dict[str, Utilisateur] = {}

    def personne(self, role: str) -> Utilisateur:
        """La personne de ce rôle, toujours la même."""
        fabriques: dict[str, Callable[[], Utilisateur]] = {
            "redacteur": lambda: un_bailleur(self.organisme_a, Role.REDACTEUR),
            "deposant": lambda: un_bailleur(self.organisme_a),
            "autre_bailleur": lambda: un_bailleur(self.organisme_b),
            "agent_departemental": lambda: un_agent("77"),
            "agent_regional": lambda: un_agent("11", regional=True),
            "autre_agent": lambda: un_agent("13"),
            "lecteur": lambda: un_national(Role.LECTEUR),
            "administrateur": un_national,
            **dict.fromkeys(self.INVITES, un_invite),
        }
        if role not in self._personnes:
            self._personnes[role] = fabriques[role]()
        return self._personnes[role]

    @cached_property
    def campagne(self) -> Campagne:
        """Une campagne ouverte."""
        return une_campagne(code="2026")

    @cached_property
    def organisme_a(self) -> Organisme:
        """Celui du rédacteur et du déposant."""
        return un_organisme()

    @cached_property
    def organisme_b(self) -> Organisme:
        """Celui de l'autre bailleur."""
        return un_organisme()

    @cached_property
    def brouillon_a(self) -> Candidature:
        """Un brouillon complet de l'organisme A."""
        return self._partagee(un_brouillon(self.campagne, self.organisme_a, par=self.personne("deposant")))

    @cached_property
    def brouillon_b(self) -> Candidature:
        """Un brouillon complet de l'organisme B."""
        return un_brouillon(self.campagne, self.organisme_b, par=self.personne("autre_bailleur"), departements=("13",))

    @cached_property
    def deposee_a(self) -> Candidature:
        """Une candidature déposée par l'organisme A."""
        return self._partagee(une_candidature(campagne=self.campagne, organisme=self.organisme_a, par=self.personne("deposant")))

    def _partagee(self, candidature: Candidature) -> Candidature:
        """Les deux candidatures de A sont partagées avec les trois invités ; celles de B, avec personne."""
        for role, droit in self.INVITES.items():
            partager(candidature, self.personne(role), droit)
        return candidature

    @cached_property
    def deposee_b(self) -> Candidature:
        """Une candidature déposée par l'organisme B."""
        return une_candidature(
            campagne=self.campagne, organisme=self.organisme_b, par=self.personne("autre_bailleur"), departements=("13",)
        )
