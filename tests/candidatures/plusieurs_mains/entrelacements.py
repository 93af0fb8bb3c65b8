"""Deux ou trois pages ouvertes sur le même sujet, dans un ordre quelconque : rien de ce qui est enregistré ne se perd.

Une machine à états tire les gestes au sort (taper, enregistrer, perdre la réponse du serveur, recharger, choisir dans un conflit,
afficher la réponse d'un collègue, laisser passer le temps ; dans la fiche, remettre un texte ancien et se passer de JavaScript), et
vérifie après chacun :

- ce que le serveur annonce écrit l'est en base, sauf si un envoi plus récent de la même page était passé devant ;
- toute réponse envoyée est annoncée écrite ou disputée, et ne se dispute que si quelqu'un d'autre l'a changée ;
- un texte n'en remplace un autre que si la page qui l'écrit avait montré celui-ci, ou l'avait écrit elle-même ;
- un texte remplacé par une autre page que la sienne est dans l'historique ;
- un envoi qui a tardé en route ne remplace pas un envoi plus récent de la même page.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

from django.db import transaction
from django.http import QueryDict
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from candidatures.plusieurs_mains.ecrire import remettre
from candidatures.plusieurs_mains.empreintes import ecrire, lire
from candidatures.saisie.actions import Fiche as FicheEcrite
from candidatures.saisie.forms.envoi import Envoi as EnvoiDeLaSection
from comptes.ecriture import Conflit
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import maintenant
from tests.candidatures.plusieurs_mains.sujets import Annonces, Envoi, Fiche, Sujet, Textes
from tests.fabriques import relire


class Page:
    """Une page de saisie, comme la tient `saisie.js` : ce qu'elle montre, ce qu'on y a tapé, ce qu'elle a lu du serveur."""

    def __init__(self, nom: str, par: Utilisateur, sujet: Sujet) -> None:
        self.nom, self.par, self.sujet = nom, par, sujet
        self.charger()

    def charger(self) -> None:
        """Ouvre la page, ou la recharge : ce qui n'était pas enregistré est abandonné."""
        self.cle, self.rang = str(uuid.uuid4()), 0
        self.textes = self.sujet.lire()
        self.acquis: dict[str, str | None] = dict(self.textes)
        self.memoire = {nom: self.sujet.lue(nom, texte) for nom, texte in self.textes.items()}
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

    def envoi(self, voulues: Textes) -> Envoi:
        """Ce qu'elle envoie, avec ce qu'elle a lu."""
        self.rang += 1
        return Envoi(self.par, self.cle, self.rang, dict(self.memoire), voulues)

    def preparer(self) -> Envoi:
        """L'envoi de ce qui a changé ; tant qu'elle n'a pas de réponse, tout est à redire, même défait."""
        voulues = self.a_envoyer()
        self.voir(voulues)
        self.acquis |= dict.fromkeys(voulues)
        return self.envoi(voulues)

    def recevoir(self, envoi: Envoi, annonces: Annonces) -> None:
        """Retient ce que le serveur a écrit, ce qu'il a lu, et les réponses à trancher."""
        self.memoire |= annonces.lues
        self.acquis |= {nom: envoi.voulues[nom] for nom in annonces.ecrits}
        self.conflits |= annonces.conflits
        self.voir(self.conflits)

    def choisir(self, nom: str, choix: str) -> None:
        """Tranche : le mien est à enregistrer, l'autre l'est déjà."""
        sien = self.conflits.pop(nom)
        mien = self.textes[nom]
        self.textes[nom] = {"mien": mien, "sien": sien, "deux": f"{sien}\n\n{mien}"}[choix]
        self.acquis[nom] = sien if choix == "sien" else None

    def afficher(self, changees: list[dict[str, Any]]) -> None:
        """Montre les réponses des collègues là où rien n'est en cours."""
        for changee in changees:
            nom = changee["champ"]
            if nom in self.textes and self.textes[nom] == self.acquis[nom] and nom not in self.conflits:
                [self.textes[nom]] = changee["valeurs"][nom]
                self.acquis[nom] = self.textes[nom]
                self.memoire[nom] = changee["empreinte"]
                self.voir({nom: self.textes[nom]})


UNE_PAGE = st.integers(0, 2)
UNE_RUBRIQUE = st.integers(0, 1)


class Entrelacements(RuleBasedStateMachine):
    """Les gestes communs à tout ce qui s'écrit à plusieurs, et ce qui doit rester vrai."""

    sujet_neuf: ClassVar[type[Sujet]]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.sujet = self.sujet_neuf()
        moi, collegue = self.sujet.personnes
        self.le, self.numeros = maintenant(), count(1)
        self.pages = [Page(n, qui, self.sujet) for n, qui in (("A", moi), ("B", collegue), ("A bis", moi))]
        self.en_route: list[tuple[Page, Envoi]] = []
        self.auteurs: dict[tuple[str, str], str] = {}
        self.rangs: dict[tuple[str, str], int] = {}
        self.arrives: dict[str, int] = {}
        self.dus: dict[str, set[str]] = defaultdict(set)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(deux=st.booleans())
    def ouvrir(self, deux: bool) -> None:
        self.pages = self.pages[: 2 if deux else 3]

    # --- Les gestes ---------------------------------------------------------------------------------------------------
    @rule(qui=UNE_PAGE, quoi=UNE_RUBRIQUE, vide=st.integers(0, 9))
    def taper(self, qui: int, quoi: int, vide: int) -> None:
        self.page(qui).textes[self.rubrique(quoi)] = f"texte {next(self.numeros)}" if vide else ""

    @rule(qui=UNE_PAGE, perdue=st.booleans())
    def enregistrer(self, qui: int, perdue: bool) -> None:
        """`perdue` : le serveur a écrit, la page ne l'apprend pas (F-03) ; elle réessaiera, plus loin dans sa frappe."""
        page = self.page(qui)
        if page.a_envoyer():
            envoi = page.preparer()
            annonces = self.faire_arriver(page, envoi)
            if not perdue:
                page.recevoir(envoi, annonces)

    @rule(qui=UNE_PAGE, quoi=UNE_RUBRIQUE, insiste=st.booleans())
    def envoyer_sans_attendre(self, qui: int, quoi: int, insiste: bool) -> None:
        """L'envoi reste en route ; `insiste` : la page en fait un autre, plus loin dans sa frappe, qui passe devant."""
        page = self.page(qui)
        self.taper(qui, quoi, vide=1)
        if page.a_envoyer():
            self.en_route.append((page, page.preparer()))
        if insiste:
            self.taper(qui, quoi, vide=1)
            self.enregistrer(qui, perdue=False)

    @rule(lequel=st.integers(0, 5))
    def arriver(self, lequel: int) -> None:
        if self.en_route:
            self.faire_arriver(*self.en_route.pop(lequel % len(self.en_route)))

    def faire_arriver(self, page: Page, envoi: Envoi) -> Annonces:
        """Le serveur reçoit cet envoi ; rend ce qu'il annonce, confronté à la base."""
        avant = self.en_base()
        annonces = self.sujet.envoyer(envoi, self.le)
        self.confronter(page, envoi, annonces, avant)
        for nom in self.controler(page, avant, envoi.page):
            assert envoi.rang > self.rangs.get((envoi.page, nom), 0), f"{page.nom} : un vieil envoi a remplacé un plus récent"
            self.rangs[envoi.page, nom] = envoi.rang
        self.arrives[envoi.page] = max(envoi.rang, self.arrives.get(envoi.page, 0))
        return annonces

    @rule(qui=UNE_PAGE, quoi=UNE_RUBRIQUE, choix=st.sampled_from(["mien", "sien", "deux"]))
    def choisir(self, qui: int, quoi: int, choix: str) -> None:
        if (nom := self.rubrique(quoi)) in self.page(qui).conflits:
            self.page(qui).choisir(nom, choix)

    @rule(qui=UNE_PAGE)
    def recharger(self, qui: int) -> None:
        self.page(qui).charger()

    @rule(qui=UNE_PAGE)
    def afficher(self, qui: int) -> None:
        page = self.page(qui)
        page.afficher(self.sujet.changees(self.sujet.requete(page.envoi({}), self.le)))

    @rule(secondes=st.sampled_from([2, 60, 600, 4_000]))
    def attendre(self, secondes: int) -> None:
        self.le += timedelta(seconds=secondes)

    # --- Ce qui doit rester vrai ----------------------------------------------------------------------------------------
    def page(self, rang: int) -> Page:
        return self.pages[rang % len(self.pages)]

    def rubrique(self, rang: int) -> str:
        return self.sujet.rubriques[rang]

    def en_base(self) -> Textes:
        return self.sujet.lire()

    def confronter(self, page: Page, envoi: Envoi, annonces: Annonces, avant: Textes) -> None:
        """Ce qui est annoncé écrit l'est ; ce qui ne l'est pas se dispute à quelqu'un d'autre."""
        assert {*annonces.ecrits, *annonces.conflits} == set(envoi.voulues), f"{page.nom} : une réponse reste sans réponse"
        apres = self.en_base()
        for nom in annonces.ecrits:
            assert apres[nom] == envoi.voulues[nom] or self.est_excuse(envoi, nom, apres), (
                f"{page.nom} : « {envoi.voulues[nom]} » annoncé sans être écrit"
            )
        for nom in annonces.conflits:
            assert self.est_change_par_un_autre(envoi, nom, avant), f"{page.nom} se dispute « {avant[nom]} » à elle-même"

    def est_excuse(self, envoi: Envoi, nom: str, apres: Textes) -> bool:
        """Vrai d'un envoi devancé par un plus récent de la même page ; ou d'un texte que la page dit n'avoir pas changé, resté celui
        d'un collègue : elle l'apprendra au prochain relevé."""
        devance = envoi.rang < self.arrives.get(envoi.page, 0)
        inchange = self.sujet.lue(nom, envoi.voulues[nom]) == envoi.lues[nom]
        return devance or (inchange and self.auteurs.get((nom, apres[nom])) != envoi.page)

    def est_change_par_un_autre(self, envoi: Envoi, nom: str, avant: Textes) -> bool:
        non_lu = self.sujet.lue(nom, avant[nom]) != envoi.lues[nom]
        return non_lu and avant[nom] != envoi.voulues[nom] and self.auteurs.get((nom, avant[nom])) != envoi.page

    def controler(self, page: Page, avant: Textes, auteur: str) -> list[str]:
        """Ce qui a changé l'a été en connaissance de cause, et ce qui a été remplacé se retrouve ; rend ce qui a changé."""
        apres = self.en_base()
        changees = [nom for nom in self.sujet.rubriques if apres[nom] != avant[nom]]
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
            for changement in self.sujet.traces(nom):
                gardes |= {changement.avant or "", changement.apres or ""}
            assert dus <= gardes, f"{nom} : perdu {dus - gardes}"


class EntrelacementsDeLaFiche(Entrelacements):
    """Les mêmes, et ce que la fiche permet de plus : se passer de JavaScript, remettre un texte ancien."""

    sujet_neuf = Fiche
    sujet: Fiche

    @rule(qui=UNE_PAGE, choix=st.sampled_from(["mien", "sien", "deux", ""]))
    def envoyer_sans_javascript(self, qui: int, choix: str) -> None:
        """Le même formulaire, envoyé entier ; les choix partent avec lui, et la page revient."""
        page, avant = self.page(qui), self.en_base()
        entier = EnvoiDeLaSection(relire(self.sujet.brouillon), self.sujet.classe(), self._formulaire(page, choix))
        page.voir(page.textes | {nom: f"{sien}\n\n{page.textes[nom]}" for nom, sien in page.conflits.items()})
        entier.enregistrer(page.par, self.le)
        self.controler(page, avant, str(uuid.uuid4()))
        page.memoire = lire(entier.memoire)
        for nom in self.sujet.rubriques:
            page.textes[nom] = page.acquis[nom] = entier.saisie.form[nom].value().replace("\r\n", "\n")
        page.conflits = {dispute.nom: dispute.sien for dispute in entier.conflits}
        page.voir(page.conflits)

    def _formulaire(self, page: Page, choix: str) -> QueryDict:
        donnees = QueryDict(mutable=True)
        donnees.update({**page.textes, "lu": ecrire(page.memoire)} | {f"choix-{nom}": choix for nom in page.conflits})
        donnees.setlist("dispute", list(page.conflits))
        return donnees

    @rule(
        qui=UNE_PAGE, quoi=UNE_RUBRIQUE, rang=st.integers(0, 20), cote=st.sampled_from(["avant", "apres"]), attend=st.booleans()
    )
    def remettre(self, qui: int, quoi: int, rang: int, cote: str, attend: bool) -> None:
        """`attend` : un collègue a pu passer depuis que la personne a lu l'historique."""
        page, avant, nom = self.page(qui), self.en_base(), self.rubrique(quoi)
        changements = list(self.sujet.traces(nom))
        if not changements:
            return
        ecrite = getattr(changements[rang % len(changements)], cote)
        lues = page.memoire if attend else {nom: self.sujet.lue(nom, texte) for nom, texte in avant.items()}
        if not attend:
            page.voir(avant)
        page.voir({nom: ecrite or ""})
        self._remettre(page, nom, ecrite, ecrire(lues), avant, le=self.le)

    def _remettre(self, page: Page, nom: str, ecrite: Any, lu: str, avant: Textes, le: datetime) -> None:
        try:
            remettre(FicheEcrite(relire(self.sujet.brouillon)), nom, ecrite, lire(lu), par=page.par, le=le)
        except Conflit:
            assert self.en_base() == avant
        else:
            assert self.en_base()[nom] == (ecrite or ""), f"{page.nom} : « {ecrite} » dit remis sans l'être"
        self.controler(page, avant, str(uuid.uuid4()))
