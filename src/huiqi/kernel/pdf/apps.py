from django.apps import AppConfig


class PdfConfig(AppConfig):
    name = "huiqi.kernel.pdf"
    label = "pdf"
    verbose_name = "文书"
