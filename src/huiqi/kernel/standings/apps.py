from django.apps import AppConfig


class StandingsConfig(AppConfig):
    name = "huiqi.kernel.standings"
    label = "standings"
    verbose_name = "政策享受"
