from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huiqi.web"
    label = "web"
    verbose_name = "网页"
