"""Officials find firms, firms tell their facts and get a certificate, auditors read all of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from huiqi.demo.seed import seed

pytestmark = pytest.mark.django_db(transaction=True)
FIRMS = 60
BOTH = pytest.mark.parametrize(
    ("size", "javascript"),
    [("phone", True), ("desk", False)],
    ids=["phone with script", "desk without"],
)


@pytest.fixture
def start(open_page, settings, tmp_path):
    """A page of the demonstration, signed in by one click as one of its people."""
    settings.HUIQI_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    seed(FIRMS)

    def begin(username: str, size: str, javascript: bool) -> Page:
        page = open_page(size, javascript=javascript)
        page.goto("/login")
        page.locator(f'button[value="{username}"]').click()
        return page

    return begin


@BOTH
def test_an_official_finds_opens_and_exports(start, check_page, size, javascript):
    page = start("clerk", size, javascript)
    page.goto("/enterprises")
    everything = page.get_by_role("status").filter(has_text="共").inner_text()
    page.goto("/enterprises?size=微型")
    fewer = page.get_by_role("status").filter(has_text="共").inner_text()
    assert fewer != everything
    if javascript:
        check_page(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel").click()
    assert waiting.value.suggested_filename == "企业库.xlsx"
    page.locator("table.list-table tbody a").first.click()
    expect(page.get_by_role("heading", name="登记信息")).to_be_visible()
    if javascript:
        check_page(page)


@BOTH
def test_a_firm_tells_its_facts_and_gets_its_certificate(start, check_page, size, javascript):
    page = start("owner", size, javascript)
    page.goto("/enterprises/own")
    told = page.url
    page.get_by_text("填报其他信息").click()
    page.get_by_role("link", name="人员", exact=False).last.click()
    page.locator("input[name=employees]").fill("23")
    page.locator("main form button.btn-primary").last.click()
    expect(page.get_by_text("已保存")).to_be_visible()

    page.goto(told)
    page.get_by_role("link", name="划型证明", exact=True).click()
    if javascript:
        check_page(page)
    page.get_by_role("button", name="出具划型证明").click()
    notice = page.get_by_text("划型证明已出具")
    expect(notice).to_be_visible()
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", notice.inner_text())[0]
    page.get_by_role("link", name=code, exact=True).click()
    expect(page.get_by_text("有效", exact=True).first).to_be_visible()
    if javascript:
        check_page(page)


@BOTH
def test_an_auditor_reads_all_and_writes_nothing(start, check_page, size, javascript):
    official = start("clerk", "desk", False)
    official.goto("/enterprises")
    official.locator("table.list-table tbody a").first.click()
    expect(official.get_by_role("heading", name="登记信息")).to_be_visible()

    page = start("auditor", size, javascript)
    page.goto("/oversight")
    expect(page.get_by_text("查看档案").first).to_be_visible()
    if javascript:
        check_page(page)
    page.locator("table.list-table tbody a").first.click()
    expect(page.get_by_role("heading", name="改动前后")).to_be_visible()
    if javascript:
        check_page(page)
    page.goto("/oversight/chain?check=1")
    expect(page.get_by_text("全部一致")).to_be_visible()
    if javascript:
        check_page(page)
    page.goto("/enterprises")
    page.locator("table.list-table tbody a").first.click()
    expect(page.get_by_role("link", name="填报")).to_have_count(0)
    writing = page.locator('main form[method="post"]')
    expect(writing).to_have_count(0)


@BOTH
def test_numbers_have_a_table_with_and_without_script(start, check_page, size, javascript):
    page = start("clerk", size, javascript)
    page.goto("/enterprises/statistics")
    expect(page.locator("main table").first).to_be_visible()
    expect(page.get_by_text("示意图").first).to_be_visible()
    if javascript:
        check_page(page)
