"""Les adresses des archives."""

from django.urls import path

from candidatures.archives import views

urlpatterns = [
    path("archives/", views.archive_creer, name="archive_creer"),
    path("archives/<uuid:pk>/", views.archive, name="archive"),
    path("archives/<uuid:pk>/candidatures.zip", views.archive_telecharger, name="archive_telecharger"),
]
