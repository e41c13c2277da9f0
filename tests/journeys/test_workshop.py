"""An official changes a policy, sees the fault beside the line, tries it out; another approves."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from huiqi.kernel.definitions.models import DefinitionVersion

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "haixi_achievement_award"
RIGHT, WRONG = "成果转化收入 >= 50万元", "成果转化收入 >= 50人"
WINDOW, LONGER = "每年6月1日至7月15日", "每年6月1日至8月31日"


@pytest.fixture
def page_of(open_page, signed_in, live_server):
    def make(user, size: str, javascript: bool):
        page = open_page(size, javascript)
        value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return page

    return make


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_from_a_fault_to_the_published_version(
    page_of, check_page, person, office, firm, other_firm, size, javascript
):
    # axe itself is a script: it looks at the pages where scripts run.
    look_at = check_page if javascript else (lambda page: None)
    clerk = page_of(person("clerk", office=office("工信")), size, javascript)
    clerk.goto("/workshop")
    look_at(clerk)
    clerk.get_by_label("名称或代号").fill("科技成果转化奖补")
    clerk.get_by_role("button", name="筛选").click()
    clerk.get_by_role("link", name="科技成果转化奖补").click()
    clerk.get_by_role("button", name="修改这项政策").click()
    look_at(clerk)
    text = clerk.get_by_label("政策文本")
    good = text.input_value()
    text.fill(good.replace(RIGHT, WRONG))
    if not javascript:
        clerk.get_by_role("button", name="检查", exact=True).click()
    fault = clerk.locator("tr[data-line] .field-error")
    expect(fault).to_be_visible()
    look_at(clerk)
    clerk.get_by_label("政策文本").fill(good.replace(WINDOW, LONGER))
    clerk.get_by_label("修改说明").fill("申报时间延长到八月底")
    clerk.get_by_role("button", name="保存并去试算、提交").click()
    expect(clerk.get_by_text("个都对")).to_be_visible()
    look_at(clerk)
    clerk.get_by_role("button", name="用全部企业试算").click()
    clerk.get_by_role("link", name="看结果").click()
    expect(clerk.get_by_role("heading", name="试算结果")).to_be_visible()
    look_at(clerk)
    clerk.get_by_role("link", name="科技成果转化奖补").click()
    clerk.get_by_role("button", name="提交审核").click()

    supervisor = page_of(person("supervisor", office=office("工信")), size, javascript)
    supervisor.goto("/workshop")
    supervisor.get_by_role("link", name="科技成果转化奖补").first.click()
    expect(supervisor.get_by_text(LONGER).first).to_be_visible()
    look_at(supervisor)
    supervisor.get_by_role("button", name="批准发布").click()
    expect(supervisor.get_by_text("已批准，今天起施行。")).to_be_visible()
    version = DefinitionVersion.objects.get()
    assert version.effective_from == timezone.localdate()
    supervisor.goto(f"/policies/{KEY}")
    expect(supervisor.get_by_text(LONGER).first).to_be_visible()
    supervisor.goto(f"/policies/{KEY}/versions")
    expect(supervisor.get_by_text(LONGER).first).to_be_visible()
