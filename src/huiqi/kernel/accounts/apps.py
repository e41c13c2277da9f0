from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huiqi.kernel.accounts"
    label = "accounts"
    verbose_name = "账号"
