from django.urls import path

from huiqi.services.takeup import views

urlpatterns = [
    path("take-up", views.overview, name="take-up"),
    path("take-up/firms", views.firms, name="take-up-firms"),
    path("take-up/public", views.public, name="take-up-public"),
]
