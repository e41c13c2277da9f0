from django.urls import path

from huiqi.services.claims import views

urlpatterns = [
    path("claims", views.index, name="claims"),
    path("claims/new", views.new, name="claim-new"),
    path("claims/mine", views.mine, name="claims-mine"),
    path("claims/<int:pk>", views.one, name="claim"),
    path("members", views.members, name="members"),
    path("members/new", views.add_member, name="member-new"),
    path("members/<int:pk>/end", views.end_member, name="member-end"),
]
