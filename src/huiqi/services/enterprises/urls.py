from django.urls import path

from huiqi.services.enterprises import views

urlpatterns = [
    path("enterprises", views.index, name="enterprises"),
    path("enterprises/own", views.own, name="enterprise-own"),
    path("enterprises/statistics", views.statistics, name="enterprise-statistics"),
    path("enterprises/statistics.<slug:suffix>", views.statistics_file, name="statistics-file"),
    path("enterprises/map.json", views.map_shapes, name="enterprise-map"),
    path("enterprises/<slug:credit_code>", views.file, name="enterprise"),
    path("enterprises/<slug:credit_code>/declare/<str:topic>", views.declare, name="declare"),
    path("enterprises/<slug:credit_code>/facts/<slug:key>", views.history, name="fact-history"),
    path("enterprises/<slug:credit_code>/certificates", views.certificates, name="certificates"),
    path("enterprises/<slug:credit_code>/certificates/new", views.certify, name="certify"),
    path(
        "enterprises/<slug:credit_code>/certificates/<slug:code>.pdf",
        views.certificate,
        name="certificate",
    ),
]
