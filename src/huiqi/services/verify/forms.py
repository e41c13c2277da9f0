"""What one types or hands in to verify a document."""

from __future__ import annotations

from django import forms
from django.core.files.base import File

LARGEST = 20 * 1024 * 1024


class CodeForm(forms.Form):
    code = forms.CharField(
        label="校验码",
        max_length=40,
        help_text="在文书的页脚和二维码旁边，16 位字母和数字，如 ABCD-1234-EFGH-5678。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label="您手里的 PDF 文件", help_text="只用来比对，不保存。不超过 20 兆字节。"
    )

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过 20 兆字节，不会是本平台出具的文书。")
        return file
