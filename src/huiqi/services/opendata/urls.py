from django.urls import path

from huiqi.services.opendata import views

urlpatterns = [
    path("open-data", views.index, name="open-data"),
    path("open-data/<slug:key>.<slug:suffix>", views.download, name="open-data-file"),
]
