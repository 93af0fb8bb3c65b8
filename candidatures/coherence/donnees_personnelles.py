"""Repérer, dans un texte libre, ce qui désigne une personne (fiabilité, E-2) : un rappel, jamais un refus, jamais gardé.

Ni l'âge, ni la santé : une fiche parle de publics, et « 2 ans » est le plus souvent une durée.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Trouvaille = tuple[re.Match[str], str, str]
"""L'endroit, le genre, l'extrait masqué."""
_ESPACE = "[ \u00a0\u202f]"
_SEP = "[ \u00a0\u202f.\\-]?"
NIR, TELEPHONE, COURRIEL = "numéro de sécurité sociale", "numéro de téléphone", "adresse électronique"
IBAN, NOM, NAISSANCE = "coordonnées bancaires", "nom d'une personne", "date de naissance"


@dataclass(frozen=True, slots=True)
class Alerte:
    """Ce qui est repéré : son genre, un extrait masqué (jamais la donnée entière), sa position dans le texte."""

    genre: str
    extrait: str
    position: int


def alertes(texte: str, contacts: Iterable[str] = ()) -> list[Alerte]:
    """Les alertes d'un texte, dans l'ordre ; `contacts` : les noms, courriels et téléphones que la fiche demande elle-même."""
    connus = {_cle(contact) for contact in contacts if contact}
    trouvees, reste = [], texte
    for chercher in _DETECTEURS:
        for trouve, genre, extrait in list(chercher(reste, connus)):
            trouvees.append(Alerte(genre, extrait, trouve.start()))
            reste = reste[: trouve.start()] + " " * len(trouve[0]) + reste[trouve.end() :]  # un NIR n'est pas aussi un téléphone
    return sorted(trouvees, key=lambda alerte: alerte.position)


def _cle(texte: str) -> str:
    """Un contact à ses espaces, points et majuscules près ; un téléphone à son indicatif près."""
    serre = re.sub(r"[^\w@+]", "", texte.casefold())
    return re.sub(r"^(?:\+33|0033)0?", "0", serre)


# --- Numéros -----------------------------------------------------------------------------------------------------------------
_NIR = re.compile(
    rf"(?<![\w])(?P<n>[123478]{_SEP}\d\d{_SEP}\d\d{_SEP}(?:\d\d|2[AB]){_SEP}\d{{3}}{_SEP}\d{{3}})(?:{_SEP}|{_ESPACE}?(?:/|clé|cle|\()?{_ESPACE}?)(?P<cle>\d\d)(?!\w)",
    re.IGNORECASE,
)


def _nir(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for trouve in _NIR.finditer(texte):
        numero = re.sub(r"\W", "", trouve["n"]).upper().replace("2A", "19").replace("2B", "18")
        if numero.isdigit() and 97 - int(numero) % 97 == int(trouve["cle"]):
            yield trouve, NIR, f"{trouve[0][0]} •• •• •• ••• ••• ••"


_INDICATIFS = "33|262|590|594|596|508|687|689"
_TELEPHONE = re.compile(
    rf"(?<![\w.,/+-])(?P<tete>(?:\+|00)(?:{_INDICATIFS}){_SEP}(?:\(0\){_SEP})?|0){_SEP}(?P<zone>[1-79])(?P<sep>[ \u00a0\u202f.\-/]?)"
    r"\d\d(?:(?P=sep)\d\d){3}(?![\w]|[.,/-]\d)"
)
_TELEPHONE_AUTREMENT = re.compile(
    rf"(?<![\w.,/+-])(?:0[67][ .]?\d\d[ .]\d{{3}}[ .]\d{{3}}|(?:0|\+(?:{_INDICATIFS}){_SEP})[1-79]\d\d(?P<s>[ .-])\d\d(?P=s)\d\d(?P=s)\d\d)(?!\w)"
)


def _telephone(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for motif in (_TELEPHONE, _TELEPHONE_AUTREMENT):
        for trouve in motif.finditer(texte):
            if _cle(trouve[0]) not in connus:
                yield trouve, TELEPHONE, "•• •• •• •• " + trouve[0][-2:]


_IBAN = re.compile(rf"(?<!\w)[A-Z]{{2}}\d\d(?:{_ESPACE}?[A-Z0-9]){{11,30}}(?!\w)", re.IGNORECASE)


def _iban(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for trouve in _IBAN.finditer(texte):
        for longueur in _longueurs(trouve[0]):
            if _est_un_iban(trouve[0][:longueur]):
                yield trouve, IBAN, trouve[0][:2].upper() + "•• •••• •••• ••••"
                break


def _longueurs(trouve: str) -> list[int]:
    """Le motif peut avoir pris les mots qui suivent : chaque fin de groupe est essayée, de la plus longue à la plus courte."""
    fins = [m.start() for m in re.finditer(_ESPACE, trouve)]
    return [len(trouve), *reversed(fins)]


def _est_un_iban(ecrit: str) -> bool:
    serre = re.sub(r"\s", "", ecrit).upper()
    if not 15 <= len(serre) <= 34:
        return False
    return int("".join(str(int(signe, 36)) for signe in serre[4:] + serre[:4])) % 97 == 1


# --- Adresses et noms ------------------------------------------------------------------------------------------------------------
_COURRIEL = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,12}(?![\w@-])")


def _courriel(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for trouve in _COURRIEL.finditer(texte):
        if _cle(trouve[0]) not in connus:
            yield trouve, COURRIEL, f"{trouve[0][0]}•••@•••"


_FONCTION = re.compile(
    r"(?:vice-?|sous-?|ex-?)?(?:préf[eè]|maire|directeur|directrice|direction|présiden|ministre|secrétaire|délégu|chef|responsable|adjoint|conseill"
    r"|déput|sénat|gouverneur|procureur|juge\b|recteur|rectrice|inspect|charg|médecin|docteur|gardien|référent|coordin|trésori|défenseur|médiat"
    r"|rapporteur|commissaire|commandant|intendant|gestionnaire|propriétaire|locataire|bailleur|représentant|élu|tout|untel|unetelle)",
    re.IGNORECASE,
)
"""Une fonction, au masculin comme au féminin : « Madame la Préfète » ne nomme personne."""
_MOT = re.compile(
    r"(?:et|ou|où|qui|que|a|à|est|dont|en|par|pour|sur|avec|sans|au|aux|sont|ne|se|y|ayant|vivant|vit|peut|sera|du|de|des|un|une|x+|y+|z+"
    r"|dg|dga|pdg|habitat|france|bricolage|euros?|n['’].*|s['’].*|seule?s?)",
    re.IGNORECASE,
)
"""Un mot de la phrase, ou un sigle, et non un nom."""
_VERBAL = re.compile(r"\w+(?:ée?s?|ant|ante|ait|era|eur|euse)")
"""Après une civilité sans majuscule, un participe ou un métier."""
_PARTICULE = r"(?:(?:de|du|des|der|den|le|la|les|el|al|ben|bel|van|von|da|di|dos|abd|saint|sainte|st|veuve|vve|épouse|ép\.)[ \u00a0-]|[dlo]['’])"
_INITIALE = r"(?:[A-ZÀ-Þ](?:\.|-[A-ZÀ-Þ]\.?)[ \u00a0]?)"
_CIVILITE = re.compile(
    rf"(?<![\w.'’-])(?:MM?\.|(?<![\d€$]{_ESPACE})M(?={_ESPACE}[A-ZÀ-Þ])|M(?:r|me|lle|elle|mes|lles|onsieur|adame|ademoiselle|essieurs|esdames)\b\.?"
    rf"|M(?:R|ME|LLE|ELLE|ONSIEUR|ADAME|ADEMOISELLE)\b\.?|(?:mr|mme|mlle|melle|monsieur|madame|mademoiselle)\b\.?){_ESPACE}{{0,2}}\n?{_ESPACE}{{0,2}}"
    rf"(?:{_INITIALE})?(?P<nom>(?i:{_PARTICULE}){{0,3}}[\w’'-]+)"
)
_MINUSCULE = re.compile(r"(?:mr|mme|mlle|melle)\b")


_LIEU = re.compile(
    r"\b(?:rue|place|avenue|maison|foyer|résidence|hôtel|fondation|association|centre|école|espace|enseigne|magasin)\s+(?:de\s+)?$",
    re.IGNORECASE,
)
"""Ce que l'on baptise d'une civilité : « la Maison Monsieur Vincent »."""


def _nom(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for trouve in _CIVILITE.finditer(texte):
        lieu = _LIEU.search(texte[max(0, trouve.start() - 30) : trouve.start()])
        if not lieu and _est_un_nom(trouve["nom"], trouve[0]) and not _est_un_contact(trouve["nom"], connus):
            civilite = re.split(r"\W", trouve[0], maxsplit=1)[0].capitalize()
            yield trouve, NOM, f"{civilite} {_coeur(trouve['nom'])[:1].upper()}•••"


def _coeur(nom: str) -> str:
    """Le nom sans ses particules."""
    return re.sub(rf"^{_PARTICULE}{{1,3}}", "", nom, flags=re.IGNORECASE)


def _est_un_nom(nom: str, entier: str) -> bool:
    """Une majuscule, deux lettres au moins, et ni une fonction (« le Préfet ») ni un mot de la phrase."""
    coeur = _coeur(nom)
    if len(coeur) < 2 or not coeur[0].isalpha() or _FONCTION.match(coeur):
        return False
    if _MOT.fullmatch(coeur) and (coeur.isupper() or coeur.islower() or len(coeur) <= 4):
        return False
    return coeur[0].isupper() or (nom == coeur and not _VERBAL.fullmatch(coeur) and _MINUSCULE.match(entier) is not None)


def _est_un_contact(nom: str, connus: set[str]) -> bool:
    cle = _cle(_coeur(nom))
    return any(cle in connu for connu in connus) if len(cle) >= 3 else False


_MOIS = r"(?:janv|févr|fevr|mars|avr|mai|juin|juil|ao[ûu]t|sept|oct|nov|déc|dec)\w*\.?"
_DATE = rf"(?:\d{{1,2}}(?:er)?\s*(?:[/.\-]\s*\d{{1,2}}\s*[/.\-]\s*(?:\d{{4}}|\d\d)|\s{_MOIS}(?:\s+\d{{2,4}})?))(?!\w)"
_NAISSANCE = re.compile(
    rf"(?<!\w)(?:n[ée]+(?:\s?\(e\)|-e|·e|\.e)?s?\s+(?:tous\s+deux\s+|toutes\s+deux\s+)?le\s*:?\s*{_DATE}|(?:date\s+de\s+naissance|ddn|d\.d\.n\.?)\s*(?::|=|le)?\s*{_DATE})",
    re.IGNORECASE,
)
_NEE_D_UN_PROJET = re.compile(
    r"\b(?:association|projet|groupement|idée|dispositif|structure|organisme|société|fédération|collectif|réseau|coopérative|entreprise"
    r"|office|plateforme|démarche|service|établissement|commune|intercommunalité|métropole|union|partenariat|convention|action|expérience"
    r"|résidence|groupe|fondation|comité|agence)\b[^.\n]{0,60}$",
    re.IGNORECASE,
)


def _naissance(texte: str, connus: set[str]) -> Iterator[Trouvaille]:
    for trouve in _NAISSANCE.finditer(texte):
        if not _NEE_D_UN_PROJET.search(texte[max(0, trouve.start() - 120) : trouve.start()]):
            yield trouve, NAISSANCE, f"{trouve[0].split()[0]} ••/••/••••"


_DETECTEURS: tuple[Callable[[str, set[str]], Iterator[Trouvaille]], ...] = (_nir, _telephone, _courriel, _iban, _nom, _naissance)
