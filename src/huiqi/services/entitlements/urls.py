from django.urls import path

from huiqi.services.entitlements import views

urlpatterns = [
    path("entitlements", views.mine, name="my-entitlements"),
    path("entitlements/<slug:code>", views.firm, name="entitlements"),
    path("entitlements/<slug:code>/answers", views.answer, name="entitlement-answers"),
    path("entitlements/<slug:code>/marks", views.mark, name="entitlement-marks"),
    path("entitlements/<slug:code>/history", views.history, name="entitlement-history"),
    path("entitlements/<slug:code>/history/<int:number>", views.change, name="entitlement-change"),
    path("entitlements/<slug:code>/record/<slug:policy>", views.record, name="entitlement-record"),
]
