from django.urls import path

from huiqi.services.clients import views

urlpatterns = [
    path("machines", views.index, name="machines"),
    path("machines/new", views.new, name="machine-new"),
    path("machines/<int:pk>/revoke", views.revoke, name="machine-revoke"),
    path("api/oauth/token", views.token, name="oauth-token"),
]
