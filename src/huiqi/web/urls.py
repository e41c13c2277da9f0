from django.urls import path

from huiqi.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("act-as", views.act_as, name="act-as"),
    path("choose/<str:tree>", views.choose_code, name="choose-code"),
    path("print-size", views.print_size, name="print-size"),
]
