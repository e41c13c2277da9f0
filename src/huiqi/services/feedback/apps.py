from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "huiqi.services.feedback"
    label = "feedback"
    verbose_name = "网页找错"
