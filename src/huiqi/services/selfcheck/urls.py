from django.urls import path

from huiqi.services.selfcheck import views

urlpatterns = [
    path("self-check", views.start, name="selfcheck-start"),
    path("self-check/step", views.step, name="selfcheck-step"),
    path("self-check/result", views.result, name="selfcheck-result"),
    path("self-check/save", views.save, name="selfcheck-save"),
]
