"""文书查验: whether a document that somebody was handed is ours and still holds."""

from huiqi.kernel.registry import MenuEntry, Service

SERVICE = Service(
    name="verify",
    title="文书查验",
    order=85,
    urls="huiqi.services.verify.urls",
    menu=(MenuEntry("文书查验", "verify-start", order=10, place="footer"),),
)
