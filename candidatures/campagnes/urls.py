"""Les adresses des campagnes."""

from django.urls import path

from candidatures.campagnes.views import campagnes, controles

urlpatterns = [
    path("campagnes/", campagnes.campagnes, name="campagnes"),
    path("campagnes/creer/", campagnes.campagne_creer, name="campagne_creer"),
    path("campagnes/<int:pk>/controles/", controles.campagne_controles, name="campagne_controles"),
    path("campagnes/<int:pk>/", campagnes.campagne_modifier, name="campagne_modifier"),
]
