from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "huiqi.services.workshop"
    label = "workshop"
    verbose_name = "政策工坊"
