from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "huiqi.kernel.parties"
    label = "parties"
    verbose_name = "主体"
