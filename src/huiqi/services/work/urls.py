from django.urls import path

from huiqi.services.work import views

urlpatterns = [
    path("jobs", views.mine, name="my-work"),
    path("jobs/all", views.everybodys, name="all-work"),
    path("jobs/<int:number>", views.one, name="work"),
    path("jobs/<int:number>/retry", views.retry, name="work-retry"),
]
