"""Où sont les modules et les essais : le seul endroit à changer quand un fichier change de place."""

from __future__ import annotations

MODULES = {
    "etats": "candidatures.etats",
    "candidature": "candidatures.models.candidature",
    "campagne": "candidatures.models.campagne",
    # Le circuit
    "passages": "candidatures.circuit.passages",
    "conditions": "candidatures.circuit.conditions",
    "franchir": "candidatures.circuit.franchir",
    "verrou": "candidatures.verrou",
    # Les règles
    "regles": "candidatures.regles",
    # Plusieurs mains
    "empreintes": "candidatures.plusieurs_mains.empreintes",
    "historique": "candidatures.plusieurs_mains.historique",
    "differences": "candidatures.plusieurs_mains.differences",
    "presence": "candidatures.plusieurs_mains.presence",
    "verdicts": "candidatures.plusieurs_mains.verdicts",
    "enregistrer": "candidatures.saisie.actions",
    # La cohérence
    "ailleurs": "candidatures.coherence.ailleurs",
    "controles": "candidatures.coherence.controles",
    "couts": "candidatures.coherence.couts",
    "effectifs": "candidatures.coherence.effectifs",
    "financement": "candidatures.coherence.financement",
    "nombres": "candidatures.coherence.nombres",
    "redaction": "candidatures.coherence.redaction",
    "rapprochements": "candidatures.coherence.rapprochements",
    "rapprochement": "candidatures.models.rapprochement",
    # Les avis
    "avis": "avis.actions",
    "attendus": "avis.attendus",
    "regles_des_avis": "avis.regles",
    "manques": "avis.manques",
    "courriels_des_avis": "avis.courriels",
    "taches_des_avis": "avis.taches",
    # Les décisions
    "decision": "candidatures.circuit.decision",
    "decisions": "pilotage.decisions.dossiers",
    "publier": "pilotage.decisions.actions",
    "enveloppe": "pilotage.decisions.enveloppe",
    # Les fichiers des annexes
    "antivirus": "candidatures.annexes.fichiers.antivirus",
    "bureautique": "candidatures.annexes.fichiers.bureautique",
    "images": "candidatures.annexes.fichiers.images",
    "lecteur": "candidatures.annexes.fichiers.liseuse",
    "noms": "candidatures.annexes.fichiers.noms",
    "pdf": "candidatures.annexes.fichiers.pdf",
    "reconnaitre": "candidatures.annexes.fichiers.reconnaitre",
    # L'envoi
    "envoi": "hlm_projets.envoi.envoi",
    "courriel": "hlm_projets.models",
}
"""Le nom d'un module dans les listes de fautes, et son nom pour Python."""

ESSAIS = {
    "actions": "tests/candidatures/saisie/test_actions.py",
    "etats": "tests/candidatures/test_etats.py",
    "etat_de_plus": "tests/candidatures/circuit/test_etat_de_plus.py",
    "annexes_antivirus": "tests/candidatures/annexes/test_antivirus.py",
    "annexes_depot": "tests/candidatures/annexes/test_depot.py",
    "annexes_fichiers": "tests/candidatures/annexes/test_fichiers.py",
    "avis_a_traiter": "tests/avis/test_a_traiter.py",
    "avis_circuit": "tests/avis/test_circuit_des_avis.py",
    "avis_conflits": "tests/avis/test_conflits.py",
    "avis_courriels": "tests/avis/test_courriels.py",
    "avis_droits": "tests/avis/test_droits.py",
    "avis_reouverture": "tests/avis/test_reouverture.py",
    "avis_saisie": "tests/avis/test_saisie.py",
    "avis_taches": "tests/avis/test_taches.py",
    "bornes_coherence": "tests/bornes/test_bornes_coherence.py",
    "bornes_courriels": "tests/bornes/test_bornes_courriels_et_historique.py",
    "bornes_echeances": "tests/bornes/test_bornes_echeances.py",
    "bornes_limites": "tests/bornes/test_bornes_limites.py",
    "bornes_nombres": "tests/bornes/test_bornes_nombres.py",
    "circuit": "tests/candidatures/circuit/test_circuit.py",
    "coherence": "tests/candidatures/coherence/test_coherence.py",
    "conflits": "tests/candidatures/plusieurs_mains/test_conflits.py",
    "controles": "tests/candidatures/coherence/test_coherence_controles.py",
    "decisions": "tests/pilotage/test_decisions.py",
    "enveloppe": "tests/pilotage/test_enveloppe.py",
    "envoi": "tests/hlm_projets/test_envoi.py",
    "historique": "tests/candidatures/plusieurs_mains/test_historique.py",
    "page_des_decisions": "tests/pilotage/test_page_des_decisions.py",
    "presence": "tests/candidatures/plusieurs_mains/test_presence.py",
    "publication": "tests/pilotage/test_publication.py",
    "rapprochements": "tests/candidatures/coherence/test_rapprochements.py",
    "regles": "tests/candidatures/test_regles.py",
    "saisie": "tests/candidatures/saisie/test_saisie.py",
    "secret": "tests/pilotage/test_secret.py",
    "tues": "tests/bornes/test_fautes_tuees.py",
    "tues_ensuite": "tests/bornes/test_fautes_tuees_ensuite.py",
    "verrous": "tests/bornes/test_verrous.py",
    "visibilite": "tests/candidatures/test_visibilite.py",
}
"""Le nom d'un fichier d'essais dans les listes de fautes, et son chemin."""
