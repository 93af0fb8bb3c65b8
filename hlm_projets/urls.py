"""Les adresses du site. Chaque route a un nom, et une ligne dans la matrice des droits (`tests/droits/matrice.py`)."""

from django.urls import include, path, re_path

from comptes.connexion import demonstration
from comptes.connexion import views as connexion
from hlm_projets.site import erreurs, pages

urlpatterns = [
    path("", pages.accueil, name="accueil"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", pages.donnees_personnelles, name="donnees_personnelles"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("plan-du-site/", pages.plan_du_site, name="plan_du_site"),
    path("aide/", pages.aide, name="aide"),
    path("contact/", pages.contact, name="contact"),
    path("sante/", pages.sante, name="sante"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
    path("connexion/", connexion.connexion, name="account_login"),
    path("connexion/jeton/", connexion.jeton, name="jeton"),
    path("connexion/demonstration/", demonstration.demonstration, name="demonstration"),
    path("deconnexion/", connexion.deconnexion, name="account_logout"),
    path("mot-de-passe/", connexion.mot_de_passe, name="account_change_password"),
    path("mot-de-passe/oublie/", connexion.mot_de_passe_oublie, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", connexion.lien_envoye, name="account_reset_password_done"),
    re_path(  # la clé contient un tiret, la personne jamais
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        connexion.nouveau_mot_de_passe,
        name="account_reset_password_from_key",
    ),
    path("mot-de-passe/nouveau/fait/", connexion.mot_de_passe_choisi, name="account_reset_password_from_key_done"),
    path("comptes/", include("comptes.urls")),
    path("candidatures/", include("candidatures.urls")),
    path("avis/", include("avis.urls")),
    path("pilotage/", include("pilotage.urls")),
]

handler400 = erreurs.requete_invalide
handler403 = erreurs.acces_refuse
handler404 = erreurs.introuvable
handler429 = erreurs.trop_de_requetes
handler500 = erreurs.erreur_serveur
