from django.urls import path

from huiqi.services.inbox import views

urlpatterns = [
    path("inbox", views.inbox, name="inbox"),
    path("inbox/read", views.read_all, name="read-all-notices"),
    path("inbox/settings", views.preferences, name="notice-preferences"),
    path("inbox/stop/<str:token>", views.stop, name="stop-notices"),
    path("inbox/<int:number>", views.notice, name="notice"),
    path("inbox/<int:number>/unread", views.mark_unread, name="mark-notice-unread"),
]
