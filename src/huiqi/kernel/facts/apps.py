from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "huiqi.kernel.facts"
    label = "facts"
    verbose_name = "企业信息"
