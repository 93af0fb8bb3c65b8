"""Deux ou trois pages ouvertes sur la même section, dans un ordre quelconque : rien de ce qui est enregistré ne se perd.

Une machine à états tire les gestes au sort (taper, enregistrer, perdre la réponse du serveur, recharger, choisir dans un conflit,
afficher la réponse d'un collègue, remettre un texte ancien, laisser passer le temps), et vérifie après chacun :

- un texte n'en remplace un autre que si la page qui l'écrit avait montré celui-ci, ou l'avait écrit elle-même ;
- un texte remplacé par une autre page que la sienne est dans l'historique ;
- un envoi qui a tardé en route ne remplace pas un envoi plus récent de la même page.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from candidatures.avancement.completude import SECTION_PAR_CODE
from candidatures.models import Candidature
from candidatures.plusieurs_mains.empreintes import ecrire, empreintes, lire
from candidatures.saisie.forms.section import Saisie
from candidatures.saisie.views import frappe as vues
from candidatures.saisie.views.historique import remettre
from candidatures.verrou import Conflit
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import maintenant
from tests.fabriques import relire, un_bailleur, un_brouillon

SECTION = "accompagnement"
RUBRIQUES = ("methodologie", "adhesion_menage")
Textes = dict[str, str]


class Page:
    """Une page de saisie, comme la tient `saisie.js` : ce qu'elle montre, ce qu'on y a tapé, ce qu'elle a lu du serveur."""

    def __init__(self, nom: str, par: Utilisateur, candidature: Candidature) -> None:
        self.nom, self.par, self.pk = nom, par, candidature.pk
        self.charger(candidature)

    def charger(self, candidature: Candidature) -> None:
        """Ouvre la page, ou la recharge : ce qui n'était pas enregistré est abandonné."""
        self.cle, self.rang = str(uuid.uuid4()), 0
        self.textes = textes_de(candidature)
        self.acquis = dict(self.textes)
        self.memoire = empreintes(candidature, RUBRIQUES)
        self.conflits: Textes = {}
        self.vus: dict[str, set[str]] = defaultdict(set)
        self.voir(self.textes)

    def voir(self, textes: Mapping[str, str]) -> None:
        """Ces textes ont été montrés par cette page, ou en viennent."""
        for nom, texte in textes.items():
            self.vus[nom].add(texte)

    def a_envoyer(self) -> Textes:
        """Ce qui a été tapé depuis le dernier enregistrement, hors des réponses à trancher."""
        return {nom: t for nom, t in self.textes.items() if t != self.acquis[nom] and nom not in self.conflits}

    def requete(self, donnees: Mapping[str, Any], le: datetime) -> HttpRequest:
        """Ce qu'elle envoie, à cet instant."""
        self.rang += 1
        requete = RequestFactory().post("/", {"page": self.cle, "rang": self.rang, "lu": ecrire(self.memoire), **donnees})
        requete.user = self.par
        vars(requete)["recu_le"] = le
        return requete

    def preparer(self, le: datetime) -> HttpRequest:
        """L'envoi de ce qui a changé."""
        self.envoye = self.a_envoyer()
        self.voir(self.envoye)
        return self.requete({"champs": " ".join(self.envoye), **self.envoye}, le)

    def recevoir(self, rendu: Mapping[str, Any]) -> None:
        """Retient ce que le serveur a écrit, ce qu'il a lu, et les réponses à trancher."""
        self.memoire |= lire(rendu["memoire"]["lu"])
        for nom in rendu["ecrits"]:
            self.acquis[nom] = self.envoye[nom]
        for conflit in rendu["conflits"]:
            [self.conflits[conflit["champ"]]] = conflit["valeurs"][conflit["champ"]]
        self.voir(self.conflits)

    def choisir(self, nom: str, choix: str) -> None:
        """Tranche : le mien est à enregistrer, l'autre l'est déjà."""
        sien = self.conflits.pop(nom)
        self.acquis[nom] = sien
        mien = self.textes[nom]
        self.textes[nom] = {"mien": mien, "sien": sien, "deux": f"{sien}\n\n{mien}"}[choix]

    def afficher(self, changees: list[dict[str, Any]]) -> None:
        """Montre les réponses des collègues là où rien n'est en cours."""
        for changee in changees:
            nom = changee["champ"]
            if nom in RUBRIQUES and self.textes[nom] == self.acquis[nom] and nom not in self.conflits:
                [self.textes[nom]] = changee["valeurs"][nom]
                self.acquis[nom] = self.textes[nom]
                self.memoire[nom] = changee["empreinte"]
                self.voir({nom: self.textes[nom]})


def textes_de(candidature: Candidature) -> Textes:
    """Les deux réponses que l'on se dispute."""
    return {nom: getattr(candidature, nom) for nom in RUBRIQUES}


UNE_PAGE = st.integers(0, 2)
UNE_RUBRIQUE = st.sampled_from(RUBRIQUES)


class Entrelacements(RuleBasedStateMachine):
    """Les gestes, et ce qui doit rester vrai."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.brouillon = un_brouillon(complet=False)
        moi, collegue = (un_bailleur(self.brouillon.organisme) for _ in "ab")
        self.le, self.numeros = maintenant(), count(1)
        self.pages = [Page(n, qui, self.brouillon) for n, qui in (("A", moi), ("B", collegue), ("A bis", moi))]
        self.en_route: list[tuple[Page, HttpRequest]] = []
        self.auteurs: dict[tuple[str, str], str] = {}
        self.rangs: dict[tuple[str, str], int] = {}
        self.dus: dict[str, set[str]] = defaultdict(set)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(deux=st.booleans())
    def ouvrir(self, deux: bool) -> None:
        self.pages = self.pages[: 2 if deux else 3]

    # --- Les gestes ---------------------------------------------------------------------------------------------------
    @rule(qui=UNE_PAGE, nom=UNE_RUBRIQUE, vide=st.integers(0, 9))
    def taper(self, qui: int, nom: str, vide: int) -> None:
        self.page(qui).textes[nom] = f"texte {next(self.numeros)}" if vide else ""

    @rule(qui=UNE_PAGE, perdue=st.booleans())
    def enregistrer(self, qui: int, perdue: bool) -> None:
        """`perdue` : le serveur a écrit, la page ne l'apprend pas (F-03) ; elle réessaiera, plus loin dans sa frappe."""
        page = self.page(qui)
        if page.a_envoyer():
            rendu = self.faire_arriver(page, page.preparer(self.le))
            if not perdue:
                page.recevoir(rendu)

    @rule(qui=UNE_PAGE, nom=UNE_RUBRIQUE, insiste=st.booleans())
    def envoyer_sans_attendre(self, qui: int, nom: str, insiste: bool) -> None:
        """L'envoi reste en route ; `insiste` : la page en fait un autre, plus loin dans sa frappe, qui passe devant."""
        page = self.page(qui)
        self.taper(qui, nom, vide=1)
        if page.a_envoyer():
            self.en_route.append((page, page.preparer(self.le)))
        if insiste:
            self.taper(qui, nom, vide=1)
            self.enregistrer(qui, perdue=False)

    @rule(lequel=st.integers(0, 5))
    def arriver(self, lequel: int) -> None:
        if self.en_route:
            self.faire_arriver(*self.en_route.pop(lequel % len(self.en_route)))

    def faire_arriver(self, page: Page, requete: HttpRequest) -> dict[str, Any]:
        """Le serveur reçoit cet envoi ; rend ce qu'il répond."""
        avant, cle, rang = self.en_base(), requete.POST["page"], int(requete.POST["rang"])
        vars(requete)["recu_le"] = self.le
        rendu: dict[str, Any] = json.loads(vues.saisie(requete, page.pk, SECTION).content)
        for nom in self.controler(page, avant, cle):
            assert rang > self.rangs.get((cle, nom), 0), f"{page.nom} : un vieil envoi a remplacé un plus récent"
            self.rangs[cle, nom] = rang
        return rendu

    @rule(qui=UNE_PAGE, nom=UNE_RUBRIQUE, choix=st.sampled_from(["mien", "sien", "deux"]))
    def choisir(self, qui: int, nom: str, choix: str) -> None:
        if nom in self.page(qui).conflits:
            self.page(qui).choisir(nom, choix)

    @rule(qui=UNE_PAGE)
    def recharger(self, qui: int) -> None:
        self.page(qui).charger(relire(self.brouillon))

    @rule(qui=UNE_PAGE)
    def afficher(self, qui: int) -> None:
        page = self.page(qui)
        rendu = json.loads(vues.etat(page.requete({}, self.le), page.pk, SECTION).content)
        page.afficher(rendu["changees"])

    @rule(qui=UNE_PAGE, choix=st.sampled_from(["mien", "sien", "deux", ""]))
    def envoyer_sans_javascript(self, qui: int, choix: str) -> None:
        """Le même formulaire, envoyé entier ; les choix partent avec lui, et la page revient."""
        page, avant, garde = self.page(qui), self.en_base(), relire(self.brouillon)
        donnees = QueryDict(mutable=True)
        donnees.update({**page.textes, "lu": ecrire(page.memoire)} | {f"choix-{nom}": choix for nom in page.conflits})
        donnees.setlist("dispute", list(page.conflits))
        page.voir(page.textes | {nom: f"{sien}\n\n{page.textes[nom]}" for nom, sien in page.conflits.items()})
        saisie = Saisie(garde, SECTION_PAR_CODE[SECTION], donnees)
        saisie.enregistrer(page.par, self.le)
        self.controler(page, avant, str(uuid.uuid4()))
        page.memoire = lire(saisie.memoire)
        for nom in RUBRIQUES:
            page.textes[nom] = page.acquis[nom] = saisie.form[nom].value().replace("\r\n", "\n")
        page.conflits = {dispute.nom: dispute.sien for dispute in saisie.conflits}
        page.voir(page.conflits)

    @rule(qui=UNE_PAGE, nom=UNE_RUBRIQUE, rang=st.integers(0, 20), cote=st.sampled_from(["avant", "apres"]), attend=st.booleans())
    def remettre(self, qui: int, nom: str, rang: int, cote: str, attend: bool) -> None:
        """`attend` : un collègue a pu passer depuis que la personne a lu l'historique."""
        page, avant, changements = self.page(qui), self.en_base(), list(self.brouillon.changements.filter(rubrique=nom))
        if not changements:
            return
        ecrite = getattr(changements[rang % len(changements)], cote)
        lu = ecrire(page.memoire if attend else empreintes(relire(self.brouillon), RUBRIQUES))
        if not attend:
            page.voir(avant)
        page.voir({nom: ecrite or ""})
        try:
            remettre(relire(self.brouillon), nom, ecrite, lu, par=page.par, le=self.le)
        except Conflit:
            assert self.en_base() == avant
        self.controler(page, avant, str(uuid.uuid4()))

    @rule(secondes=st.sampled_from([2, 60, 600, 4_000]))
    def attendre(self, secondes: int) -> None:
        self.le += timedelta(seconds=secondes)

    # --- Ce qui doit rester vrai ----------------------------------------------------------------------------------------
    def page(self, rang: int) -> Page:
        return self.pages[rang % len(self.pages)]

    def en_base(self) -> Textes:
        return textes_de(relire(self.brouillon))

    def controler(self, page: Page, avant: Textes, auteur: str) -> list[str]:
        """Ce qui a changé l'a été en connaissance de cause, et ce qui a été remplacé se retrouve ; rend ce qui a changé."""
        apres = self.en_base()
        changees = [nom for nom in RUBRIQUES if apres[nom] != avant[nom]]
        for nom in changees:
            assert avant[nom] in page.vus[nom], f"{page.nom} a remplacé « {avant[nom]} » sans l'avoir lu"
            if self.auteurs.get((nom, avant[nom])) != auteur:
                self.dus[nom].add(avant[nom])
            self.auteurs[nom, apres[nom]] = auteur
        self.rien_de_perdu(apres)
        return changees

    def rien_de_perdu(self, presents: Textes) -> None:
        for nom, dus in self.dus.items():
            gardes = {presents[nom], ""}
            for changement in self.brouillon.changements.filter(rubrique=nom):
                gardes |= {changement.avant or "", changement.apres or ""}
            assert dus <= gardes, f"{nom} : perdu {dus - gardes}"
