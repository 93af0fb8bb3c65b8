"""Les besognes du projet : vider la boîte d'envoi."""

from hlm_projets.envoi import envoyer_le_prochain
from hlm_projets.travailleur import besogne

besogne(envoyer_le_prochain)
