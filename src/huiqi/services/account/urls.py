from django.urls import path

from huiqi.services.account import views

urlpatterns = [
    path("login", views.login, name="login"),
    path("login/demo", views.demo_login, name="demo-login"),
    path("logout", views.logout, name="logout"),
]
