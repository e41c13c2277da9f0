from django.urls import path

from huiqi.services.duties import views

urlpatterns = [
    path("duties", views.index, name="duties"),
    path("duties/<str:number>", views.duty, name="duty"),
]
