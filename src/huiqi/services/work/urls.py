from django.urls import path

from huiqi.services.work import views

urlpatterns = [
    path("work", views.mine, name="my-work"),
    path("work/all", views.everybodys, name="all-work"),
    path("work/<int:number>", views.one, name="work"),
    path("work/<int:number>/retry", views.retry, name="work-retry"),
]
