from django.urls import path

from huiqi.services.outreach import views

urlpatterns = [path("reach", views.reach, name="reach")]
