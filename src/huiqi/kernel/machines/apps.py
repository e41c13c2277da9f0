from django.apps import AppConfig


class MachinesConfig(AppConfig):
    name = "huiqi.kernel.machines"
    label = "machines"
    verbose_name = "接口客户端"
