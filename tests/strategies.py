"""Ce que hypothesis peut répondre à chaque rubrique, dans les bornes du formulaire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from candidatures.champs import Choix, Cout, Entier, OuiNon, Part, Texte, textes
from candidatures.champs import Montant as ChampMontant
from candidatures.champs.fourchettes import Fourchette, Unite
from candidatures.echange.lire import RANGEES_MAXIMUM
from candidatures.models import LigneDuPlan, Porteur
from candidatures.sections import CHAMPS, LISTE_PAR_NOM

LETTRES = st.characters(codec="utf-8")


def un_texte(maximum: int = 60) -> st.SearchStrategy[str]:
    """Un texte déjà normalisé."""
    return st.text(LETTRES, max_size=maximum).map(textes.normaliser).filter(lambda texte: len(texte) <= maximum)


@st.composite
def un_texte_a_la_borne(tirer: st.DrawFn, maximum: int) -> str:
    """Un texte normalisé de `maximum` caractères, ou d'un de moins, de 1 000 lignes au plus."""
    motif = tirer(st.text(LETTRES, min_size=1, max_size=40))
    longueur = tirer(st.sampled_from([maximum, maximum - 1]))
    texte = textes.normaliser(motif * maximum)[:longueur]
    if texte.count("\n") >= textes.LIGNES:
        texte = texte.replace("\n", " ")
    return textes.normaliser(texte).ljust(longueur, "x")


def un_montant(maximum: int = 5_000_000) -> st.SearchStrategy[Decimal]:
    """De 0 à `maximum`, à deux décimales, bornes comprises."""
    centimes = st.sampled_from([0, maximum * 100]) | st.integers(0, maximum * 100)
    return centimes.map(lambda nombre: Decimal(nombre).scaleb(-2))


@st.composite
def une_fourchette(tirer: st.DrawFn) -> Fourchette | None:
    """De … à …, dans l'ordre ; l'un, l'autre ou les deux peuvent manquer."""
    minimum, maximum = sorted([tirer(un_montant()), tirer(un_montant())])
    bornes = tirer(st.sampled_from([(None, None), (minimum, None), (None, maximum), (minimum, maximum)]))
    return Fourchette(*bornes, tirer(st.sampled_from([None, *Unite.values]))) or None


def une_reponse(champ: Any) -> st.SearchStrategy[Any]:
    """Une réponse à ce champ, ou rien."""
    if isinstance(champ, Texte):
        return un_texte()
    if isinstance(champ, Entier):
        return st.none() | st.sampled_from([champ.mini, champ.maxi]) | st.integers(champ.mini, champ.maxi)
    if isinstance(champ, OuiNon):
        return st.sampled_from([True, False, None])
    if isinstance(champ, Choix):
        return st.sampled_from(["", *(code for code, _ in champ.cases)])
    if isinstance(champ, Cout):
        return une_fourchette()
    assert isinstance(champ, ChampMontant)
    return st.none() | un_montant(100 if isinstance(champ, Part) else 5_000_000)


def des_reponses() -> st.SearchStrategy[dict[str, Any]]:
    """Toute une fiche."""
    return st.fixed_dictionaries({nom: une_reponse(champ) for nom, champ in CHAMPS.items()})


# --- Une fiche entière, listes comprises -------------------------------------------------------------------------------------
TEXTES = {nom: champ for nom, champ in CHAMPS.items() if isinstance(champ, Texte)}
SUR_UNE_LIGNE = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])


def un_libelle(maximum: int = 300) -> st.SearchStrategy[str]:
    """Ce que garde une case d'une ligne : normalisé, sans espace aux bouts ; parfois à sa borne."""
    court = st.text(SUR_UNE_LIGNE, max_size=40).map(textes.normaliser).map(str.strip)
    return court | st.sampled_from(["é" * maximum, "&" * (maximum - 1)])


@st.composite
def une_ligne(tirer: st.DrawFn, nature: str) -> LigneDuPlan:
    """Une ligne du plan où quelque chose est écrit ; une dépense n'a ni financeur ni état, que l'écran ne montre pas."""
    libelle = tirer(un_libelle())
    montant, part = tirer(st.none() | un_montant()), tirer(st.none() | un_montant(100))
    if not libelle and montant is None and part is None:
        montant = Decimal("0.00")
    plus: dict[str, Any] = {"montant": montant, "part": part}
    if nature == LigneDuPlan.Nature.RESSOURCE:
        plus["financeur"] = tirer(st.sampled_from(["", *LigneDuPlan.Financeur.values]))
        plus["etat"] = tirer(st.sampled_from(["", *LigneDuPlan.Etat.values]))
    return LigneDuPlan(nature=nature, libelle=libelle, **plus)


@st.composite
def un_plan(tirer: st.DrawFn) -> list[LigneDuPlan]:
    """Des dépenses puis des ressources : aucune, quelques-unes, ou la même à la borne du tableau."""
    lignes = []
    for nature in LigneDuPlan.Nature.values:
        tirees = tirer(st.lists(une_ligne(nature), max_size=4))
        if len(tirees) == 1 and tirer(st.booleans()):
            tirees *= RANGEES_MAXIMUM
        lignes += [LigneDuPlan(**{nom: getattr(ligne, nom) for nom in LISTE_PAR_NOM["lignes"].colonnes}) for ligne in tirees]
    return lignes


def des_organismes() -> st.SearchStrategy[list[Porteur]]:
    """De zéro à quatre porteurs nommés."""
    siren = st.just("") | st.from_regex(r"[0-9]{9}", fullmatch=True, alphabet="0123456789")
    un = st.builds(Porteur, nom=un_libelle().filter(bool), statut=un_libelle(100), siren=siren)
    return st.lists(un, max_size=4)


@st.composite
def une_fiche(tirer: st.DrawFn) -> dict[str, Any]:
    """Toute une fiche dans les bornes : `reponses`, `departements` (codes), `organismes`, `lignes`.

    Un texte va jusqu'à sa borne (20 000 caractères pour les plus longs) ; tous à la fois ne diraient rien de plus.
    """
    reponses, nom = tirer(des_reponses()), tirer(st.sampled_from(sorted(TEXTES)))
    reponses[nom] = tirer(un_texte_a_la_borne(TEXTES[nom].maximum))
    return {
        "reponses": reponses,
        "departements": tirer(st.lists(st.sampled_from(["01", "2A", "75", "77", "971", "976"]), max_size=6, unique=True)),
        "organismes": tirer(des_organismes()),
        "lignes": tirer(un_plan()),
    }
