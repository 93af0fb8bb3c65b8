"""Ce qu'une page de section envoie : sa saisie, ce qu'elle montrait, les choix faits sur ses conflits ; et ce qu'elle doit en retenir."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict

from candidatures.fiche import Section
from candidatures.models import Candidature
from candidatures.plusieurs_mains.disputes import DISPUTE, Choix, Dispute, choisir, disputer, en_clair
from candidatures.plusieurs_mains.ecrire import ecrire
from candidatures.plusieurs_mains.empreintes import ecrire as ecrire_les_empreintes
from candidatures.plusieurs_mains.empreintes import empreinte, empreinte_ecrite, empreintes, lire
from candidatures.plusieurs_mains.historique import derniers
from candidatures.plusieurs_mains.page import page_de
from candidatures.saisie.actions import Fiche
from candidatures.saisie.forms.section import FormulaireDeSection, Saisie, remplir
from candidatures.sections import LISTE_PAR_NOM, reponses_de
from comptes.models import Utilisateur


class Envoi:
    """L'envoi d'une section ; sans `donnees`, la page qui s'ouvre.

    - `champs` : les seules réponses qu'il nomme (enregistrement au fil de la frappe) ; None, toute la section ;
    - `lues` : les empreintes de ce que la page montrait ; `conflits` : les réponses à trancher, une fois enregistré.
    """

    def __init__(
        self,
        candidature: Candidature,
        section: type[Section],
        donnees: QueryDict | None = None,
        champs: frozenset[str] | None = None,
    ) -> None:
        self.candidature, self.section, self.champs = candidature, section, champs
        self.lues = lire(donnees.get("lu", "")) if donnees else {}
        self.page = page_de(donnees or {})
        self.conflits: list[Dispute] = []
        self.choix = Choix(donnees)
        if donnees and champs is None and DISPUTE in donnees:
            self.choix = choisir(candidature, donnees, self.lues, self.vierge)
        self.saisie = Saisie(candidature, section, self.choix.donnees, champs, self.choix.siens)

    @cached_property
    def vierge(self) -> FormulaireDeSection:
        """Le formulaire avant tout envoi : il sait ce qu'un navigateur enverrait de chaque réponse."""
        return remplir(self.candidature, self.section, champs=self.champs)

    def enregistrer(self, par: Utilisateur, le: datetime) -> list[str]:
        """Écrit ce qui est juste et que la personne a changé ; rend le nom de ce qui l'est. Lève PermissionDenied, PlusModifiable.

        Une réponse changée entre-temps par quelqu'un d'autre n'est pas écrite : `conflits` la montre.
        """
        envoyees = self.saisie.reponses()
        voulues = {nom: v for nom, v in envoyees.items() if self._a_change(nom, v) and nom not in self.choix.indecis}
        gardee, disputees = self.candidature, [*self.choix.indecis]
        if voulues or self.champs is not None or self.page.rang is not None:  # même vide, un envoi en dépasse de plus anciens
            fait = ecrire(Fiche(gardee, self.section), voulues, self.lues, page=self.page, par=par, le=le)
            gardee, disputees = fait.gardee, [*disputees, *fait.disputees]
            self._retenir(fait.tenues, voulues)
            vars(self.candidature).pop(
                "_prefetched_objects_cache", None
            )  # les tableaux lus avant le verrou ne sont plus ceux de la base
        self.conflits = self._disputes(gardee, disputees, envoyees, par)
        return [nom for nom in envoyees if nom not in disputees]

    def _a_change(self, nom: str, valeur: Any) -> bool:
        """Vrai si la réponse n'est pas celle que la page montrait ; nommée par l'envoi, ou sans mémoire de la page, elle a changé."""
        return self.champs is not None or nom not in self.lues or self.lues[nom] != empreinte(nom, valeur)

    def _retenir(self, tenues: Mapping[str, Any], voulues: Mapping[str, Any]) -> None:
        """La page montre désormais ce qu'elle a fait écrire ; d'un envoi devancé par un plus récent, rien."""
        if self.lues:
            gardees = {nom: empreinte_ecrite(tenue) for nom, tenue in tenues.items()}
            self.lues |= {nom: gardee for nom, gardee in gardees.items() if gardee == empreinte(nom, voulues[nom])}

    def _disputes(self, gardee: Candidature, noms: Collection[str], tapees: Mapping[str, Any], par: Utilisateur) -> list[Dispute]:
        """Les réponses à trancher, dans l'ordre de l'écran ; une faute de frappe se montre telle que tapée."""
        if not noms:
            return []
        traces, form = derniers(gardee.changements.all(), noms), self.saisie.form
        miens = {nom: en_clair(nom, tapees[nom]) if nom in tapees else form.data.get(nom, "") for nom in noms}
        if self.lues:
            self.lues |= empreintes(gardee, noms)  # le texte de l'autre est réputé lu
        ordre = [*form.fields, *LISTE_PAR_NOM]
        return [disputer(gardee, nom, miens[nom], traces.get(nom), par, self.vierge) for nom in sorted(noms, key=ordre.index)]

    @property
    def memoire(self) -> str:
        """Ce que la page montre, pour le prochain envoi.

        Une page réaffichée garde sa mémoire : une réponse qu'une autre personne a changée et que celle-ci n'a pas touchée ne doit
        pas passer pour sa saisie.
        """
        return ecrire_les_empreintes(self.lues or empreintes(self.candidature, reponses_de(self.section)))
