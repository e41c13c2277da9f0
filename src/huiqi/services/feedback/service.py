"""Reports of mistakes on pages 网页找错: anyone sends one, administrators answer."""

from huiqi.kernel.registry import MenuEntry, Permission, Service

SERVICE = Service(
    name="feedback",
    title="网页找错",
    order=96,
    urls="huiqi.services.feedback.urls",
    permissions=(Permission("feedback.handle", "处理网页找错", ("administrator",)),),
    menu=(
        MenuEntry("网页找错", "feedback-new", place="footer"),
        MenuEntry(
            "网页找错", "feedback-list", "feedback.handle", order=96, summary="网友指出的页面错误。"
        ),
    ),
)
