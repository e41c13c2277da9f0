from django.urls import path

from huiqi.services.sitesearch import views

urlpatterns = [path("search", views.search, name="search")]
