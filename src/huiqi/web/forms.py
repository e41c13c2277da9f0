"""Forms as the theme draws them: label, hint, error, field, one below the other."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "web/form.html"
    field_template_name = "web/field.html"
