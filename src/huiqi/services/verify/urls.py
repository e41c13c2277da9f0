from django.urls import path

from huiqi.services.verify import views

urlpatterns = [
    path("verify", views.start, name="verify-start"),
    path("verify/<str:code>", views.document, name="verify"),
]
