"""A visitor looks for a policy, reads it, takes it along."""

import pytest

from huiqi.services.sitesearch.tasks import refresh_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("size", "javascript"), [("phone", False), ("desk", True)])
def test_from_two_characters_to_paper(open_page, check_page, size, javascript):
    refresh_now()
    page = open_page(size, javascript=javascript)
    page.goto("/")
    page.get_by_label("搜索", exact=True).fill("社保")
    page.get_by_role("search", name="全站搜索").get_by_role("button").click()
    assert page.get_by_role("heading", name="政策（").is_visible()
    page.get_by_role("link", name="到政策库").click()

    page.get_by_role("search", name="查找政策").get_by_label("关键词").fill("社保")
    page.get_by_text("按条件筛选").click()
    page.get_by_label("层级").select_option("国家")
    page.get_by_role("button", name="筛选").click()
    assert page.get_by_role("link", name="层级：国家").is_visible()
    if javascript:
        check_page(page)

    page.locator(".policy-item a").first.click()
    for box in ("给谁", "给多少", "到什么时候", "怎么办", "问谁"):
        assert page.get_by_role("heading", name=box).is_visible()
    if javascript:
        check_page(page)
    leaflet = page.get_by_role("link", name="下载单页").get_attribute("href")
    answer = page.request.get(leaflet)
    assert answer.body().startswith(b"%PDF")

    page.goto("/policies")
    feed = page.get_by_role("link", name="订阅（Atom）").get_attribute("href")
    assert "atom+xml" in page.request.get(feed).headers["content-type"]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_results_and_verification_fit(open_page, check_page, size):
    refresh_now()
    page = open_page(size)
    for address in ("/search?q=企业", "/search", "/verify"):
        page.goto(address)
        check_page(page)
