"""Machine clients of the API: administrators make them, give them scopes, end them."""

from huiqi.kernel.registry import MenuEntry, Permission, Service

SERVICE = Service(
    name="clients",
    title="接口客户端",
    order=95,
    urls="huiqi.services.clients.urls",
    permissions=(Permission("machines.manage", "管理接口客户端", ("administrator",)),),
    menu=(
        MenuEntry(
            "接口客户端",
            "machines",
            "machines.manage",
            order=95,
            summary="给部门和机构的系统开通接口，收回时立即失效。",
        ),
    ),
)
