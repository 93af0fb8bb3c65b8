"""Des fautes dans la lecture des fichiers reçus : ce qui entre, ce qui est compté, ce qui est tué, ce qui est nettoyé."""

from __future__ import annotations

from bench.mutations.mutant import Mutant

M = Mutant
CORPUS, LIMITES, VERDICT = ("annexes_fichiers -k entre",), "bornes_limites -k", ("annexes_antivirus -k verdict",)
MUTANTS = (
    M(
        "vingt mégaoctets refusés",
        "reconnaitre",
        "taille > TAILLE_MAXIMALE",
        "taille >= TAILLE_MAXIMALE",
        (f"{LIMITES} fichier",),
    ),
    M(
        "un fichier vide entre",
        "reconnaitre",
        "if not taille or taille > TAILLE_MAXIMALE:",
        "if taille > TAILLE_MAXIMALE:",
        (f"{LIMITES} vide", *CORPUS),
    ),
    M(
        "un genre pour un autre",
        "reconnaitre",
        "    if trouve is not promis:\n        raise _deguise(trouve, promis)\n",
        "",
        CORPUS,
    ),
    M("le lecteur reçoit nos secrets", "reconnaitre", "if nom in _ENVIRONNEMENT}", "}", ("annexes_fichiers -k secret",)),
    M("un lecteur sans fin", "reconnaitre", "                timeout=PATIENCE,\n", "", ("annexes_fichiers -k tue",)),
    M(
        "un lecteur tombé laisse entrer",
        "reconnaitre",
        "if code or reponse.decode() not in GENRES:",
        "if reponse.decode() not in GENRES:",
        ("tues -k lecteur", *CORPUS),
    ),
    M("une place jamais rendue", "reconnaitre", "        _PLACES.release()\n", "        pass\n", ("annexes_fichiers",)),
    M("un ancien Word pris pour inconnu", "lecteur", 'if debut.startswith(b"\\xd0\\xcf\\x11\\xe0"):', "if False:", CORPUS),
    M("aucune limite au lecteur", "lecteur", "    _se_limiter()\n", "", ("annexes_fichiers -k bombe", "tues -k limites")),
    # Zip
    M(
        "un fichier caché devant",
        "bureautique",
        "    if debut + octets + _FIN.size != taille:\n        raise DOUBLE\n",
        "",
        CORPUS,
    ),
    M(
        "deux mille et une entrées",
        "bureautique",
        "if entrees > ENTREES_MAXIMUM or octets",
        "if entrees >= ENTREES_MAXIMUM or octets",
        (f"{LIMITES} entr",),
    ),
    M(
        "un document chiffré entre",
        "bureautique",
        "    if any(e.flag_bits & 0x1 for e in entrees):\n        raise CHIFFRE\n",
        "",
        CORPUS,
    ),
    M("un nom qui sort du dossier", "bureautique", " or any(_sort_du_dossier(nom) for nom in noms)", "", CORPUS),
    M(
        "deux cents mégaoctets refusés",
        "bureautique",
        "depaquetes > DEPAQUETE_MAXIMAL or",
        "depaquetes >= DEPAQUETE_MAXIMAL or",
        (f"{LIMITES} octets",),
    ),
    M(
        "un rapport de cent refusé",
        "bureautique",
        "depaquetes > RAPPORT_MAXIMAL * max",
        "depaquetes >= RAPPORT_MAXIMAL * max",
        (f"{LIMITES} rapport",),
    ),
    M("des entrées superposées", "bureautique", "if trop or recouvre or len", "if trop or len", ("annexes_fichiers -k bombe",)),
    M(
        "des macros entrent",
        "bureautique",
        "    if any(_MACROS.search(nom) for nom in noms):\n        raise MACROS\n",
        "",
        CORPUS,
    ),
    M(
        "un zip dans un zip",
        "bureautique",
        "            _admettre_l_embarque(zip_, entree, deja_embarque=embarque)\n",
        "            pass\n",
        CORPUS,
    ),
    M("un classeur emboîté sans fin", "bureautique", "if deja_embarque or not _EMBARQUES", "if not _EMBARQUES", CORPUS),
    M("des entités XML", "bureautique", "            raise ENTITES\n", "            pass\n", CORPUS),
    # PDF, images
    M("un programme dans un PDF", "pdf", 'if "/JavaScript" in noms or "/AA" in racine or _lance', "if _lance", CORPUS),
    M("une action d'ouverture", "pdf", ' or _lance(racine.get("/OpenAction"))', "", CORPUS),
    M("un fichier joint à un PDF", "pdf", '"/EmbeddedFiles" in noms or "/AF" in racine', '"/AF" in racine', CORPUS),
    M("un PDF protégé dit abîmé", "pdf", "raise CHIFFRE from erreur", "raise ABIME from erreur", CORPUS),
    M("un PDF sans page", "pdf", "    if not len(pdf.pages):\n        raise ABIME\n", "", (*CORPUS, "tues -k sans_page_pdf")),
    M(
        "un côté de 20 000 refusé",
        "images",
        "max(image.size) > COTE_MAXIMAL",
        "max(image.size) >= COTE_MAXIMAL",
        (f"{LIMITES} image",),
    ),
    M(
        "64 millions de pixels refusés",
        "images",
        "image.height > PIXELS_MAXIMUM",
        "image.height >= PIXELS_MAXIMUM",
        (f"{LIMITES} image",),
    ),
    M("un fichier caché derrière un PNG", "images", "    if ou != taille:\n        raise DOUBLE\n", "", CORPUS),
    M("un JPEG coupé", "images", "            _parcourir_le_jpeg(fichier)\n", "            pass\n", CORPUS),
    # Le nom, l'antivirus
    M("un nom réservé de Windows", "noms", 'propre = f"_{propre}"', "pass", ("annexes_fichiers -k nom",)),
    M(
        "l'extension que dit la personne",
        "noms",
        'extension = f".{genre.extensions[0]}"',
        'extension = f".{extension_de(recu)}"',
        ("annexes_fichiers -k nom",),
    ),
    M(
        "l'inversion d'écriture reste",
        "noms",
        'if not unicodedata.category(c).startswith("C"))',
        "if True)",
        ("annexes_fichiers -k nom",),
    ),
    M(
        "une panne de clamd est saine",
        "antivirus",
        '    if reponse == "stream: OK":',
        '    if reponse.startswith("stream: ") and "FOUND" not in reponse:',
        VERDICT,
    ),
    M("un virus trouvé est une panne", "antivirus", 'reponse.endswith(" FOUND")', 'reponse.endswith(" TROUVE")', VERDICT),
    M(
        "un antivirus muet attendu sans fin",
        "antivirus",
        "    liaison.settimeout(reste)\n",
        "    liaison.settimeout(None)\n",
        ("annexes_antivirus -k muet",),
    ),
)
