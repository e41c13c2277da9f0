from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huiqi.kernel.search"
    label = "search"
    verbose_name = "搜索"
