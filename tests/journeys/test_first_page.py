"""The first page in every browser people have."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_first_page_is_accessible(open_page, check_page, size):
    page = open_page(size)
    page.goto("/")
    check_page(page)
    page.get_by_role("button", name="大字版").click()
    assert page.locator("html.large-print").count() == 1
    check_page(page)


def test_without_javascript(open_page):
    page = open_page("phone", javascript=False)
    page.goto("/")
    page.get_by_role("button", name="大字版").click()
    page.get_by_role("button", name="标准字号").click()
    assert page.locator("html.large-print").count() == 0
