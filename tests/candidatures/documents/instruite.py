"""Une candidature inventée, petite et complète : tout ce que le gabarit sait imprimer y est, avis rendus et annexes compris."""

from __future__ import annotations

from html.parser import HTMLParser

from candidatures.lecture.document import BlocAvis, CaseLue, Document, Rubrique, SectionAvis, SectionLue, Tableau

PIED = (("Total", "", "40 000 €"),)
SHA = ("0123456789abcdef" * 4, "fedcba9876543210" * 4)
SENS = ("Favorable", "Défavorable")
DEGRES = ("Faible", "Moyen", "Fort")


def cases(libelles: tuple[str, ...], cochee: str = "") -> tuple[CaseLue, ...]:
    """Les cases de ces libellés, dont une cochée."""
    return tuple(CaseLue(libelle, libelle == cochee) for libelle in libelles)


def departemental(territoire: str, service: str, rendu_le: str, pertinence: str, degre: str) -> BlocAvis:
    """L'avis d'un département."""
    return BlocAvis(
        territoire,
        service,
        rendu_le,
        (
            Rubrique("champ_libre", "", ""),
            Rubrique("pertinence", "", "Pertinence du projet", texte=pertinence),
            Rubrique("reproductibilite", "", "Caractère reproductible", cases=cases(DEGRES, degre)),
            Rubrique("conditions", "", "Conditions jugées nécessaires"),
        ),
    )


def regional(territoire: str, service: str, rendu_le: str, sens: str, texte: str) -> BlocAvis:
    """L'avis d'une région."""
    return BlocAvis(
        territoire,
        service,
        rendu_le,
        (Rubrique("sens", "", "", cases=cases(SENS, sens)), Rubrique("champ_libre", "", "", texte=texte)),
    )


PLAN = Tableau(
    "Dépenses",
    ("Volet", "Financeur", "Montant"),
    (
        ("Diagnostic", "Porteur", "1 000 €"),
        ("Accompagnement des ménages", "CAF", "38 000 €"),
        ("Gestion", "Ville", "1 000 €"),
    ),
    PIED,
    (2,),
)
SECTIONS = (
    SectionLue("projet", "", "", (Rubrique("nom", "1", "Nom du projet", texte="Un toit, un lien"),)),
    SectionLue(
        "publics",
        "Publics cibles",
        "(qui)",
        (
            Rubrique("nombre", "2", "Nombre de ménages", valeur="30", precision="15 par an"),
            Rubrique("dalo", "3", "Éligibles au DALO", "(oui ou non)", cases(("oui", "non"), "non"), precision="Un seul."),
            Rubrique("carac", "4", "Caractéristiques", texte="Deux sortes :\n- seuls\n- en famille", precision="au début"),
            Rubrique("vide", "5", "Typologie"),
            Rubrique("exemples", "6", "Partenaires, par exemple :", texte="La ville\n\nLe département"),
        ),
    ),
    SectionLue(
        "montage",
        "Montage financier",
        "",
        (
            Rubrique("plan", "7", "Cofinancements", tableaux=(PLAN,)),
            Rubrique("duree", "8", "Pour une durée de", valeur="24 mois"),
        ),
    ),
)
AVIS = (
    SectionAvis(
        "Avis du service départemental",
        False,
        (
            departemental(
                "Loiret (45)",
                "DDCS du Loiret",
                "3 août 2026",
                "Un projet très utile, que portent ensemble deux bailleurs.",
                "Fort",
            ),
            departemental("Nord (59)", "", "", "", ""),
        ),
    ),
    SectionAvis(
        "Avis régional",
        True,
        (regional("Centre", "DREAL Centre", "9 août 2026", "Défavorable", "À revoir avec la ville."),),
    ),
)
ORGANISMES = Tableau(
    "Organismes",
    ("Nom", "Statut", "SIREN"),
    (("Valmorey Habitat", "OPH", "123 456 789"), ("Le Relais", "Association", "")),
)
ANNEXES = Tableau(
    "Annexes",
    ("Type", "Fichier", "Taille", "Empreinte SHA-256"),
    (("Note", "note.pdf", "6,1 Ko", SHA[0]), ("Lettre", "lettre.docx", "20 Mo", SHA[1])),
    colonnes_chiffrees=(2,),
)


def instruite() -> Document:
    """Deux départements, dont un n'a pas rendu son avis ; deux organismes, deux annexes, un plan."""
    return Document(
        titre="Présentation synthétique du projet",
        entete=("Bien vivre ensemble", "Appel à projets", "Dix mille logements"),
        numero="2026-45-007",
        nom="Un toit, un lien",
        brouillon=False,
        mention="Déposée le 12 mars 2026",
        sections=SECTIONS,
        avis=AVIS,
        organismes=ORGANISMES,
        annexes=ANNEXES,
    )


IMPRIMEE = f"""
Un toit, un lien – 2026-45-007
Bien vivre ensemble
Appel à projets
Dix mille logements
Présentation synthétique du projet
Nom du projet : Un toit, un lien
Publics cibles (qui)
Nombre de ménages : 30 — 15 par an
Éligibles au DALO (oui ou non) ☐ oui ☒ non — Un seul.
Caractéristiques :
Deux sortes :
- seuls
- en famille
au début
Typologie :
________
Partenaires, par exemple :
La ville
Le département
Montage financier
Cofinancements :
Dépenses
Volet | Financeur | Montant
Diagnostic | Porteur | 1 000 €
Accompagnement des ménages | CAF | 38 000 €
Gestion | Ville | 1 000 €
Total | | 40 000 €
Pour une durée de 24 mois
Avis du service départemental
Loiret (45) — DDCS du Loiret, 3 août 2026
________
________
Pertinence du projet : Un projet très utile, que portent ensemble deux bailleurs.
Caractère reproductible ☐ Faible ☐ Moyen ☒ Fort
Conditions jugées nécessaires :
________
________
Nord (59)
________
________
Pertinence du projet :
________
________
Caractère reproductible ☐ Faible ☐ Moyen ☐ Fort
Conditions jugées nécessaires :
________
________
Avis régional
Centre — DREAL Centre, 9 août 2026
☐ Favorable ☒ Défavorable
À revoir avec la ville.
Organismes
Nom | Statut | SIREN
Valmorey Habitat | OPH | 123 456 789
Le Relais | Association |
Annexes
Type | Fichier | Taille | Empreinte SHA-256
Note | note.pdf | 6,1 Ko | {SHA[0]}
Lettre | lettre.docx | 20 Mo | {SHA[1]}
"""
"""Ce que le gabarit doit dire d'elle, écrit à la main : une ligne par bloc, des barres entre les cellules, un trait à remplir."""


class _Lecture(HTMLParser):
    """Le texte d'un HTML, une ligne par bloc."""

    BLOCS = frozenset({"title", "p", "h1", "h2", "li", "tr", "caption", "section", "table", "div"})

    def __init__(self) -> None:
        super().__init__()
        self.texte, self.en_ligne = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Une ligne neuve avant un bloc ; le marqueur d'une puce, la barre d'une cellule, le trait d'une ligne vide."""
        donnees = dict(attrs)
        self.texte += "\n" if tag in self.BLOCS and not self.en_ligne else ""
        self.en_ligne |= tag == "div" and donnees.get("class") in ("tete", "territoire")
        self.texte += {"li": f"{donnees.get('data-marqueur')} ", "th": "| ", "td": "| "}.get(tag, "")
        self.texte += "________" if donnees.get("class") == "ligne" else ""

    def handle_endtag(self, tag: str) -> None:
        """Une ligne neuve après un bloc ; tout ce qui est dans une tête reste sur la même."""
        self.en_ligne &= tag != "div"
        self.texte += "\n" if tag in self.BLOCS and not self.en_ligne else " "

    def handle_data(self, data: str) -> None:
        """Le texte, fins de ligne et coupes permises ôtées."""
        self.texte += data.replace("\n", " ").replace("\u200b", "")


def lire(html: str) -> list[str]:
    """Les lignes que dit ce HTML, sans les vides."""
    lecture = _Lecture()
    lecture.feed(html)
    lignes = (" ".join(ligne.split()).removeprefix("| ") for ligne in lecture.texte.split("\n"))
    return [ligne for ligne in lignes if ligne]
