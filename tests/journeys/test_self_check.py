"""A visitor finds out what a firm is entitled to, on a phone and at a desk, with and without JS."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def answer(page: Page) -> None:
    """Whatever is asked, answered as a small software firm would."""
    if page.locator("input[name=rest]").count():
        for key in (
            "resident_company",
            "independent_legal_person",
            "private_enterprise",
            "research",
        ):
            box = page.locator(f"input[name=ticked][value={key}]")
            if box.count():
                box.check()
        page.get_by_label("都没有，都不是").check()
    if page.locator("input[name=industry]").count():
        page.locator("input[name=industry]").fill("软件")
        page.get_by_role("button", name="查找").click()
        page.locator("input[name=industry-pick]").first.check()
    for name in ("employees", "revenue_0", "total_assets_0", "taxable_income_0"):
        if page.locator(f"input[name={name}]").count():
            page.locator(f"input[name={name}]").fill("30")
    if page.locator("input[name=area-pick]").count():
        page.locator("input[name=area-pick]").first.check()
    elif page.locator("form.one-question input[type=radio]:not([name=rest])").count():
        page.locator("form.one-question input[type=radio]:not([name=rest])").first.check()
    page.locator('button.btn-primary:has-text("继续")').click()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "plain"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_from_the_first_page_to_the_result(open_page, check_page, size, javascript):
    page = open_page(size, javascript=javascript)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="政策自测").click()
    page.get_by_role("link", name="开始自测").click()
    for number in range(1, 9):
        expect(page.get_by_text(f"第 {number} 题")).to_be_visible()
        if javascript:
            check_page(page)
        answer(page)
    expect(page.get_by_role("heading", name="自测结果")).to_be_visible()
    if javascript:
        check_page(page)
    first = page.locator("details.determination").first
    first.locator("summary").click()
    expect(first.get_by_text("依据：")).to_be_visible()
    shared = page.url
    page.goto("/")
    page.goto(shared)
    expect(page.get_by_role("heading", name="自测结果")).to_be_visible()


def test_a_refused_answer_keeps_what_was_typed(open_page, check_page):
    page = open_page("phone")
    page.goto("/self-check/step?q=size")
    page.locator("input[name=revenue_0]").fill("很多")
    page.locator("input[name=employees]").fill("12")
    page.locator('button.btn-primary:has-text("继续")').click()
    expect(page.get_by_role("alert")).to_contain_text("营业收入")
    expect(page.locator("input[name=employees]")).to_have_value("12")
    check_page(page)
