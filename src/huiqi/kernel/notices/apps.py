from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "huiqi.kernel.notices"
    label = "notices"
    verbose_name = "通知"
