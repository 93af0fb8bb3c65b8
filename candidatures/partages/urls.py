"""Les adresses des invités."""

from django.urls import path

from candidatures.partages.views import partages

urlpatterns = [
    path("<int:pk>/partages/", partages.acces, name="partages"),
    path("<int:pk>/partages/<int:partage>/", partages.partage, name="partage"),
    path("<int:pk>/partages/<int:partage>/retirer/", partages.retirer, name="partage_retirer"),
    path("invitation/<str:jeton>/", partages.invitation, name="invitation"),
]
