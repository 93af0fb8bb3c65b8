"""Les adresses des comptes."""

from django.urls import path

from comptes.views import invitation, organismes, personnes, services

app_name = "comptes"
urlpatterns = [
    path("invitation/<str:jeton>/", invitation.invitation, name="invitation"),
    path("organismes/", organismes.organismes, name="organismes"),
    path("organismes/creer/", organismes.organisme_creer, name="organisme_creer"),
    path("organismes/<int:pk>/", organismes.organisme_modifier, name="organisme_modifier"),
    path("services/", services.services, name="services"),
    path("personnes/", personnes.personnes, name="personnes"),
    path("personnes/inviter/", personnes.personne_inviter, name="personne_inviter"),
    path("personnes/<int:pk>/", personnes.personne_modifier, name="personne_modifier"),
    path("personnes/<int:pk>/reinviter/", personnes.personne_reinviter, name="personne_reinviter"),
]
