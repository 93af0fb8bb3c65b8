"""Les adresses de la reprise."""

from django.urls import path

from candidatures.reprise import views

urlpatterns = [
    path("<int:pk>/reprendre/", views.reprendre, name="reprendre"),
    path("<int:pk>/section/<slug:code>/relu/<slug:champ>/", views.relu, name="relu"),
]
