from django.urls import path

from huiqi.services.oversight import views

urlpatterns = [
    path("oversight", views.events, name="audit-events"),
    path("oversight/chain", views.chain, name="audit-chain"),
    path("oversight/<int:number>", views.event, name="audit-event"),
]
