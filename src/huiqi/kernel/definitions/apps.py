from django.apps import AppConfig


class DefinitionsConfig(AppConfig):
    name = "huiqi.kernel.definitions"
    label = "definitions"
    verbose_name = "规则定义"
