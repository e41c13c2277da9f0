from django.urls import path

from huiqi.services.policies import views

urlpatterns = [
    path("policies", views.library, name="policies"),
    path("policies/calendar", views.calendar, name="policy-calendar"),
    path("policies/calendar.ics", views.calendar_feed, name="policy-calendar-feed"),
    path("policies/handbook.pdf", views.handbook, name="policy-handbook"),
    path("policies/feed.atom", views.feed, name="policy-feed"),
    path("policies/<slug:key>", views.policy, name="policy"),
    path("policies/<slug:key>/leaflet.pdf", views.leaflet, name="policy-leaflet"),
    path("policies/<slug:key>/versions", views.versions, name="policy-versions"),
    path("policies/<slug:key>/definition.<slug:suffix>", views.definition, name="policy-file"),
]
