"""A firm answers what is missing on its own page and sees its money change."""

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from huiqi.kernel.access import system
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.facts.actions import observe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(firm, person, signed_in):
    """The session of an owner whose taxable income is all that is missing to a relief."""
    assets = shipped().vocabulary["total_assets_quarterly_average"].encode(5_000_000)
    values = {
        "resident_company": 1,
        "restricted_industry": 0,
        "employees_quarterly_average": 30,
        "total_assets_quarterly_average": assets,
    }
    observe(firm, values, source="tax", by=system("test"), on=timezone.localdate())
    client = signed_in(person("owner", enterprise=firm))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "plain"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_answering_in_place_changes_the_money(
    open_page, check_page, live_server, session, size, javascript
):
    page = open_page(size, javascript=javascript)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto("/entitlements?")
    expect(page.get_by_role("heading", name="我的政策")).to_be_visible()
    if javascript:
        check_page(page)
    relief = page.locator("#policy-cit_small_low_profit")
    relief.locator("summary").click()
    relief.get_by_role("link", name="应纳税所得额").click()
    page.locator("input[name=taxable_income_0]").fill("100")
    page.get_by_role("button", name="保存并重新计算").last.click()
    expect(page.get_by_text("合计金额从 0元 变为 20万元")).to_be_visible()
    expect(page.locator("#policy-cit_small_low_profit").get_by_text("有变化")).to_be_visible()
    if javascript:
        check_page(page)
    page.locator("#policy-cit_small_low_profit summary").click()
    page.locator("#policy-cit_small_low_profit").get_by_role("button", name="已申请").click()
    expect(page.get_by_text("已标记为：已申请")).to_be_visible()
