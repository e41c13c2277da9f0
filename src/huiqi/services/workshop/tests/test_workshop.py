"""From a change of a text to the published version, and what others may not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import rulebook, shipped
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.notices.models import Notice
from huiqi.services.workshop import queries
from huiqi.services.workshop.models import Trial

pytestmark = pytest.mark.django_db
KEY = "haixi_achievement_award"
TODAY = timezone.localdate()
WINDOW, LONGER = "每年6月1日至7月15日", "每年6月1日至8月31日"
RIGHT, WRONG = "成果转化收入 >= 50万元", "成果转化收入 >= 50人"


@pytest.fixture
def clerk(person, office, signed_in):
    return signed_in(person("clerk", office=office("工信")))


@pytest.fixture
def supervisor(person, office, signed_in):
    return signed_in(person("supervisor", office=office("工信")))


@pytest.fixture
def draft(clerk) -> DefinitionVersion:
    assert clerk.post(f"/workshop/policies/{KEY}/draft").status_code == 302
    return DefinitionVersion.objects.get()


def save(client, version, text, note="延长申报时间", **more):
    data = {"text": text, "note": note, "revision": version.revision, "save": "stay", **more}
    return client.post(f"/workshop/drafts/{version.pk}", data)


def test_a_fault_is_shown_beside_its_line(clerk, draft):
    wrong = draft.text.replace(RIGHT, WRONG)
    line = wrong[: wrong.index(WRONG)].count("\n") + 1
    live = clerk.post(f"/workshop/drafts/{draft.pk}/check", {"text": wrong}).content.decode()
    assert f'data-line="{line}"' in live
    assert WRONG.replace(">", "&gt;") in live
    assert DefinitionVersion.objects.get().text == draft.text  # looking keeps nothing
    data = {"text": wrong, "note": "", "revision": 1, "check": "1"}
    page = clerk.post(f"/workshop/drafts/{draft.pk}", data).content.decode()
    assert f'data-line="{line}"' in page
    assert "没有发现错误" in clerk.get(f"/workshop/drafts/{draft.pk}").content.decode()


def test_the_whole_way(clerk, supervisor, draft, client, firm, django_capture_on_commit_callbacks):
    assert save(clerk, draft, draft.text.replace(WINDOW, LONGER)).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        answer = clerk.post(f"/workshop/drafts/{draft.pk}/simulate")
    work = Work.objects.get()
    assert answer.headers["location"] == f"/jobs/{work.pk}"
    assert (work.state, work.error) == ("done", "")
    result = clerk.get(work.link).content.decode()
    assert "增加" in result
    with django_capture_on_commit_callbacks(execute=True):
        assert clerk.post(f"/workshop/drafts/{draft.pk}/submit").status_code == 302
    assert Notice.objects.filter(kind="approval").count() == 1
    page = supervisor.get(f"/workshop/drafts/{draft.pk}/review").content.decode()
    assert LONGER in page
    assert work.link in page
    answer = supervisor.post(f"/workshop/drafts/{draft.pk}/approve", {"effective_from": TODAY})
    assert answer.status_code == 302
    assert rulebook().policy(KEY, TODAY).hash != shipped().policy(KEY, TODAY).hash
    assert LONGER in client.get(f"/policies/{KEY}").content.decode()
    assert LONGER in client.get(f"/policies/{KEY}/versions").content.decode()
    draft.refresh_from_db()
    file = clerk.get(f"/workshop/drafts/{draft.pk}/file")
    assert file.content == draft.text.encode()


def test_what_two_save_at_once_is_shown_to_both(clerk, draft, person, office, signed_in):
    other = signed_in(person("clerk", office=office("工信")))
    assert save(clerk, draft, draft.text.replace(WINDOW, LONGER)).status_code == 302
    answer = save(other, draft, draft.text.replace(WINDOW, "每年9月"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert LONGER in page
    assert "每年9月" in page
    assert 'name="revision" value="2"' in page
    draft.refresh_from_db()
    assert LONGER in draft.text


def test_an_empty_note_or_a_wrong_example_can_not_be_submitted(clerk, draft):
    save(clerk, draft, draft.text, note="")
    assert clerk.post(f"/workshop/drafts/{draft.pk}/submit").status_code == 422
    draft.refresh_from_db()
    save(clerk, draft, draft.text.replace("成果转化实际支出 * 30%", "成果转化实际支出 * 31%"))
    assert clerk.post(f"/workshop/drafts/{draft.pk}/submit").status_code == 422
    page = clerk.get(f"/workshop/drafts/{draft.pk}/review").content.decode()
    assert "个不对" in page


def test_sending_back(clerk, supervisor, draft):
    save(clerk, draft, draft.text.replace(WINDOW, LONGER))
    clerk.post(f"/workshop/drafts/{draft.pk}/submit")
    address = f"/workshop/drafts/{draft.pk}/return"
    assert supervisor.post(address, {"reason": ""}).status_code == 422
    assert supervisor.post(address, {"reason": "窗口太长"}).status_code == 302
    assert "窗口太长" in clerk.get(f"/workshop/drafts/{draft.pk}").content.decode()


def test_retiring(clerk, supervisor):
    answer = clerk.post(f"/workshop/policies/{KEY}/retire", {"reason": "办法废止"})
    version = DefinitionVersion.objects.get()
    assert answer.headers["location"] == f"/workshop/drafts/{version.pk}/review"
    supervisor.post(f"/workshop/drafts/{version.pk}/approve", {"effective_from": TODAY})
    assert KEY not in {policy.key for policy in rulebook().in_force(TODAY)}


def test_a_new_policy_starts_whole(clerk, supervisor):
    data = {"key": "new_award", "title": "新奖励（示例）"}
    assert clerk.post("/workshop/new", {**data, "key": KEY}).status_code == 409
    assert clerk.post("/workshop/new", {**data, "key": "大写"}).status_code == 422
    assert clerk.post("/workshop/new", data).status_code == 302
    version = DefinitionVersion.objects.get()
    page = clerk.get(f"/workshop/drafts/{version.pk}/review").content.decode()
    assert "4 个都对" in page
    save(clerk, version, version.text, note="新设")
    clerk.post(f"/workshop/drafts/{version.pk}/submit")
    supervisor.post(f"/workshop/drafts/{version.pk}/approve", {"effective_from": TODAY})
    assert rulebook().policy("new_award", TODAY).title == data["title"]


def test_pages_cost_few_queries(clerk, draft, django_assert_max_num_queries):
    for address in (
        "/workshop",
        f"/workshop/policies/{KEY}",
        f"/workshop/drafts/{draft.pk}",
        f"/workshop/drafts/{draft.pk}/review",
    ):
        with django_assert_max_num_queries(12):
            assert clerk.get(address).status_code == 200


@pytest.mark.parametrize("address", ["workshop", f"workshop/policies/{KEY}", "workshop/drafts/{}"])
def test_firms_and_visitors_stay_out(draft, person, firm, signed_in, client, address):
    address = "/" + address.format(draft.pk)
    assert signed_in(person("owner", enterprise=firm)).get(address).status_code == 403
    assert signed_in(person("administrator")).get(address).status_code == 403
    assert client.get(address).status_code == 302


def test_auditors_read_and_write_nothing(draft, person, office, signed_in):
    auditor = signed_in(person("auditor", office=office("审计")))
    assert auditor.get(f"/workshop/drafts/{draft.pk}/review").status_code == 200
    for verb in ("submit", "approve", "return", "simulate", "discard"):
        assert auditor.post(f"/workshop/drafts/{draft.pk}/{verb}").status_code == 403


def test_a_trial_of_a_text_changed_since_says_nothing(clerk, draft, firm):
    from huiqi.services.workshop import tasks

    trial = Trial(version=draft, text_hash="another", on=TODAY)
    trial.started_by_id, trial.snapshot = draft.drafted_by_id, _snapshot()
    trial.save()
    tasks.simulate(Work(title="模拟"), trial=trial.pk)
    trial.refresh_from_db()
    assert trial.finished_at is None
    assert clerk.get(f"/workshop/simulations/{trial.pk}").status_code == 404


def _snapshot():
    from huiqi.kernel.access import system
    from huiqi.kernel.facts.snapshots import freeze

    return freeze(by=system("测试"), on=TODAY)


def test_the_base_of_a_draft_is_the_text_in_force(draft):
    assert queries.base_text(draft) == shipped().policy(KEY, TODAY).document.text
