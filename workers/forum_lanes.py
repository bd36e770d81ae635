"""Posts in the forum: what is wanted there is made, each once, whatever happens in between.

Before a topic is asked for it is looked for, by the external id that it has or would get; so it is after
every answer that does not tell what became of it. That it is about to be asked for is committed first.
"""

from sqlalchemy.orm import Session

from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.factory import Product
from app.feature_requests.filing import rules, service
from app.feature_requests.filing.forum import Forum
from app.feature_requests.filing.rules import (
    Absent,
    Found,
    Hidden,
    Later,
    Outcome,
    Pause,
    Queued,
    Refused,
    State,
    Unknown,
    Verdict,
)
from app.feature_requests.filing.service import PostTask
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from workers import holding

_HIDDEN_TOPIC = (
    "The forum says that it has this topic and does not show it: it was removed, or this user may not see it."
)
_NO_FORUM = "No forum is set any more (FORUM_URL)."


def answer(product: Product, account_id: str) -> None:
    """Post what waits, for a slice of time; one at a time, for the forum counts them together."""
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, service.KIND, limit=1)
        if not claims:
            break
        try:
            _follow(product, claims[0])
        except Exception as error:  # noqa: BLE001 - recorded, and other posts go on
            holding.let_go(product, claims[0], [], error)


def _follow(product: Product, claim: Claim) -> None:
    with product.database.reading() as session:
        task = service.post_task(session, int(claim.key.removeprefix(f"{service.KIND}:")))
    if task is None:
        with product.database.transaction() as session:
            lanes.finish(session, claim, now=lease_time())
        return
    access, was_asked = product.settings.forum, task.state is not State.WANTED
    if access is None:
        _record(product, claim, "", task, Hidden(_NO_FORUM) if was_asked else Refused(_NO_FORUM))
        return
    forum = Forum(access, product.settings.monday_timeout_seconds)
    verdict = _look(product, claim, forum, task)
    if isinstance(verdict, Absent):
        verdict = _ask(product, claim, forum, task)
    _record(product, claim, access.url, task, verdict)


def _look(product: Product, claim: Claim, forum: Forum, task: PostTask) -> Verdict | Absent:
    """Whether it is there, or on its way there; absent when it may be asked for."""
    _stay(product, claim)
    looked = rules.after_looking(forum.find(task.external_id), forum.access.url)
    is_first = task.state is State.WANTED and not task.is_again
    if is_first or isinstance(looked, Found | Later):
        return looked
    if isinstance(looked, Refused):
        return looked if task.state is State.WANTED else Hidden(looked.reason)
    _stay(product, claim)
    waiting = rules.after_asking_for_queue(forum.queued(), task.title, task.body)
    return rules.after_not_found(waiting, task.state)


def _ask(product: Product, claim: Claim, forum: Forum, task: PostTask) -> Verdict:
    with product.database.transaction() as session:
        lanes.renew(session, claim, now=lease_time(), lease_seconds=product.settings.lane_lease_seconds)
        service.note_asked(session, task.wish_id)
    reach("forum.before_call")
    verdict = rules.after_asking(forum.post(task.title, task.body, task.external_id))
    reach("forum.after_call")
    if isinstance(verdict, Unknown) and verdict.is_taken:
        _stay(product, claim)
        looked = rules.after_looking(forum.find(task.external_id), forum.access.url)
        return Hidden(_HIDDEN_TOPIC) if isinstance(looked, Absent | Refused) else _still(looked, verdict)
    return verdict


def _still(looked: Found | Later, asked: Unknown) -> Verdict:
    """What was found; where that can't be said now, it is as unknown as before."""
    return looked if isinstance(looked, Found) else asked


def _record(product: Product, claim: Claim, access_url: str, task: PostTask, verdict: Verdict) -> None:
    with product.database.transaction() as session:
        lanes.confirm_held(session, claim)
        # Otherwise a person has settled it meanwhile.
        if service.post_task(session, task.wish_id) is not None:
            found = rules.outcome(verdict, task.state, claim.attempts)
            service.record(session, task.wish_id, found, access_url, now=product.clock.now())
            _let_go(session, claim, found)
        else:
            lanes.finish(session, claim, now=lease_time())
        reach("forum.before_commit")


def _let_go(session: Session, claim: Claim, found: Outcome) -> None:
    if isinstance(found, Pause):
        until = lease_time() + found.seconds
        lanes.snooze(session, claim, until=until, failed=found.counts)
        if found.is_for_all:
            here = (claim.account_id, claim.kind, claim.priority)
            lanes.put_off(session, *here, now=lease_time(), until=until)
    elif isinstance(found, Queued):
        lanes.snooze(session, claim, until=lease_time() + rules.MODERATION_SECONDS, failed=False)
    else:
        lanes.finish(session, claim, now=lease_time())


def _stay(product: Product, claim: Claim) -> None:
    """Hold the lane for as long as the next question may take."""
    with product.database.transaction() as session:
        lanes.renew(session, claim, now=lease_time(), lease_seconds=product.settings.lane_lease_seconds)
