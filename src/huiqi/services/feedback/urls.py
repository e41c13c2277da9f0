from django.urls import path

from huiqi.services.feedback import views

urlpatterns = [
    path("feedback", views.new, name="feedback-new"),
    path("feedback/list", views.index, name="feedback-list"),
    path("feedback/<slug:number>", views.one, name="feedback-one"),
]
