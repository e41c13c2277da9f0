"""政策工坊: officials write a policy, try it out, have it approved; runs over all firms."""

from datetime import timedelta

from huiqi.kernel.registry import MenuEntry, NoticeKind, Permission, Schedule, Service
from huiqi.kernel.roles import DECIDERS, READERS

SERVICE = Service(
    name="workshop",
    title="政策工坊",
    order=40,
    urls="huiqi.services.workshop.urls",
    permissions=(
        Permission("workshop.run_batch", "发起批量测算", DECIDERS, ("工信", "财政")),
        Permission("workshop.read_batch", "查看批量测算", READERS),
    ),
    menu=(
        MenuEntry(
            "政策工坊",
            "workshop",
            "definitions.read",
            order=40,
            summary="修改政策，先试算给谁、花多少，再由另一个人审核发布。",
        ),
        MenuEntry(
            "批量测算",
            "batches",
            "workshop.read_batch",
            order=42,
            summary="所有企业对照所有政策算一遍，看每项政策惠及多少企业、多少钱。",
        ),
    ),
    handlers={"policies.submitted": ("huiqi.services.workshop.tasks.tell_approvers",)},
    schedules=(
        Schedule(
            "definitions.announce",
            "通报到期生效的政策",
            "huiqi.kernel.definitions.tasks.announce",
            every=timedelta(minutes=10),
        ),
    ),
    notices=(NoticeKind("approval", "政策审核"),),
)
