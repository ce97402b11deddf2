"""What people do at the same time, and what they were told: every acknowledgement is kept, to be held against the database."""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from techfinder.core.db import new_key
from tests.benchmarks.client import Answer, Browser, Fields, send
from tests.benchmarks.figures import Clock
from tests.benchmarks.people import Editing, Tab, World, offer_fields, request_fields

WRITES = {"reply": 40, "autosave": 18, "edit": 12, "read mark": 12, "dismissal": 8, "guest": 5, "post": 5}  # shares
READS = {"search": 12, "inbox": 5, "news": 5, "front": 3, "request": 1}
SEARCHES = ("q=robots&postcode=5701", "q=windmolen&afstand=25&postcode=3011", "q=programmeren&niveau=po_7", "soort=site_visit", "q=brug+bouwen", "")
_LAST = re.compile(r"nieuw\?na=(\d+)")  # where an open page asks next
TRIES = 6  # of somebody whose connection broke


@dataclass(frozen=True)
class Save:
    """A draft was saved: from which version, as which, with which text, and how often it was sent."""

    base: int
    version: int
    mark: str
    tries: int


@dataclass
class Told:
    """What the site said yes to."""

    messages: dict[str, int] = field(default_factory=dict)  # key → conversation, answered yes
    maybe: dict[str, int] = field(default_factory=dict)  # sent, but the connection broke and stayed broken
    saves: dict[int, list[Save]] = field(default_factory=lambda: defaultdict(list))  # by offer
    edits: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))  # request → (base, mark)
    edits_maybe: int = 0
    posts: list[int] = field(default_factory=list)
    posts_maybe: int = 0
    guests: dict[int, str] = field(default_factory=dict)  # request → mail address
    guests_maybe: int = 0
    dismissals: set[tuple[int, int]] = field(default_factory=set)
    conflicts: int = 0
    wrong: list[str] = field(default_factory=list)  # answers that should not have been given


class Actions:
    """One method for each thing people do; `at` is the moment at which the person clicked (time.perf_counter)."""

    def __init__(self, world: World, port: int, seed: int) -> None:
        self.world, self.port, self.told, self.clock = world, port, Told(), Clock()
        self.random = random.Random(seed)
        self.guests: list[Browser] = []
        self.writes: dict[str, Callable[[float], Awaitable[None]]] = {
            "reply": self.reply, "autosave": self.autosave, "edit": self.edit, "read mark": self.mark_read,
            "dismissal": self.dismiss, "guest": self.guest, "post": self.post,
        }  # fmt: skip

    async def open_guests(self, number: int = 12) -> None:
        """Browsers without an account, with the form open."""
        for n in range(number):
            page = await send("GET", "/aanvragen/nieuw", self.port, Browser(f"10.2.0.{n}"))
            self.guests.append(Browser("", page.cookie, page.token))

    async def any_write(self, at: float) -> None:
        """One of the writes, by their shares."""
        await self.writes[self.random.choices(list(WRITES), list(WRITES.values()))[0]](at)

    async def any_read(self, at: float) -> None:
        """One of the reads."""
        what = self.random.choices(list(READS), list(READS.values()))[0]
        talk, editing = self.random.choice(self.world.talks), self.random.choice(self.world.edits)
        person = editing.person if what == "request" else talk.person
        path = {
            "search": "/aanbod?" + self.random.choice(SEARCHES), "inbox": "/berichten", "front": "/",
            "news": f"/berichten/{talk.id}/nieuw?na={talk.seen}", "request": f"/aanvragen/{editing.id}",
        }[what]  # fmt: skip
        answer = await self._ask("read: " + what, "GET", path, person.browser, None, at, (200, 204))
        if what == "news" and (last := _LAST.search(answer.text)):
            talk.seen = int(last[1])

    async def search(self, at: float) -> None:
        """Somebody without an account looks for an offer."""
        await self._ask("read: search", "GET", "/aanbod?" + self.random.choice(SEARCHES), Browser("10.3.0.1"), None, at, (200,))

    async def reply(self, at: float) -> None:
        """A message; one in ten is sent twice, as by a double click."""
        talk, key = self.random.choice(self.world.talks), new_key()
        fields = {"key": key, "body": f"Bericht {key}: wij komen graag langs, past dinsdag om tien uur?"}
        double = self.random.random() < 0.1
        answers = await asyncio.gather(
            *(self._ask("write: reply", "POST", f"/berichten/{talk.id}", talk.person.browser, fields, at, (302,), retry=True)
              for _ in range(1 + double))
        )  # fmt: skip
        kept = self.told.messages if any(a.status == 302 for a in answers) else self.told.maybe
        kept[key] = talk.id
        if len({a.location for a in answers if a.status == 302}) > 1:
            self.told.wrong.append(f"a double click led to two places: {[a.location for a in answers]}")

    async def autosave(self, at: float) -> None:
        """Somebody types in one of two windows with the same draft; what the other window saved answers with a conflict."""
        free = [tab for tab in self.world.tabs if not tab.busy]
        if not free:
            return await self.reply(at)
        tab = self.random.choices(free, [one.often for one in free])[0]
        tab.busy = True
        try:
            await self._save(tab, at)
        finally:
            tab.busy = False

    async def _save(self, tab: Tab, at: float) -> None:
        mark, base = new_key(), tab.version
        fields = offer_fields(tab.person, mark, tab.key, base)
        answer = await self._ask(
            "write: autosave", "POST", f"/aanbod/{tab.offer_id}/bewaar", tab.person.browser, fields, at, (200, 409), retry=True
        )
        tab.unseen += answer.tries
        if answer.status == 200:
            tab.version = int(answer.json["fields"]["version"])
            self.told.saves[tab.offer_id].append(Save(base, tab.version, mark, tab.unseen))
        elif answer.status == 409:
            self.told.conflicts += 1
            page = await self._ask(
                "read: form", "GET", f"/aanbod/{tab.offer_id}/bewerk", tab.person.browser, None, time.perf_counter(), (200,)
            )
            tab.version, tab.key = page.version or tab.version, new_key()
        if answer.status:
            tab.unseen = 0

    async def edit(self, at: float) -> None:
        """A request is opened and changed; one in ten in two windows at once, of which one must win."""
        editing = self.random.choice(self.world.edits)
        page = await self._ask("read: form", "GET", f"/aanvragen/{editing.id}/pas-aan", editing.person.browser, None, at, (200,))
        if page.status != 200:
            return
        double = self.random.random() < 0.1
        began = time.perf_counter()
        await asyncio.gather(*(self._edit(editing, page.version, began) for _ in range(1 + double)))

    async def _edit(self, editing: Editing, base: int, at: float) -> None:
        mark = new_key()
        fields = request_fields(f"Wie vertelt ons over techniek? Kenmerk {mark}", version=str(base))
        answer = await self._ask(
            "write: edit", "POST", f"/aanvragen/{editing.id}/pas-aan", editing.person.browser, fields, at, (302, 409)
        )
        if answer.status == 302:
            self.told.edits[editing.id].append((base, mark))
        elif answer.status == 409:
            self.told.conflicts += 1
        else:
            self.told.edits_maybe += 1

    async def mark_read(self, at: float) -> None:
        """A conversation came into view."""
        talk = self.random.choice(self.world.talks)
        await self._ask("write: read mark", "POST", f"/berichten/{talk.id}/gelezen", talk.person.browser, {"tot": "999999999"}, at, (302, 204))

    async def dismiss(self, at: float) -> None:
        """ "Past niet"."""
        editing, offer_id = self.random.choice(self.world.edits), self.random.choice(self.world.offers)
        answer = await self._ask(
            "write: dismissal", "POST", f"/aanvragen/{editing.id}/past-niet", editing.person.browser,
            {"offer": str(offer_id), "side": "school", "weights": "1"}, at, (302,), retry=True,
        )  # fmt: skip
        if answer.status == 302:
            self.told.dismissals.add((editing.id, offer_id))

    async def guest(self, at: float) -> None:
        """A request from somebody without an account."""
        browser, number = self.random.choice(self.guests), self.random.randrange(1 << 24)
        browser = Browser(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", browser.cookie, browser.token)
        email = f"{new_key()[:12]}@gast.example"
        fields = request_fields(
            "Een les over bruggen voor groep 7", school_id=str(self.random.choice(self.world.schools)), person="Gast Vrij", email=email
        )
        answer = await self._ask("write: guest", "POST", "/aanvragen/nieuw", browser, fields, at, (302,))
        if answer.status == 302:
            self.told.guests[_number(answer)] = email
        else:
            self.told.guests_maybe += 1

    async def post(self, at: float) -> None:
        """A request of a member, out at once."""
        person = self.random.choice(self.world.side("school"))
        fields = request_fields("Wij zoeken iemand die met ons een robot bouwt", organisation_id=str(person.organisation_id))
        answer = await self._ask("write: post", "POST", "/aanvragen/nieuw", person.browser, fields, at, (302,))
        if answer.status == 302:
            self.told.posts.append(_number(answer))
        else:
            self.told.posts_maybe += 1

    async def _ask(
        self, what: str, method: str, path: str, browser: Browser, fields: Fields | None, at: float, fine: tuple[int, ...],
        retry: bool = False,
    ) -> Answer:  # fmt: skip
        """Ask, note how long the person waited, and keep what should not have been answered.

        `retry`: a person whose connection broke clicks again, with the same form.
        """
        answer = await send(method, path, self.port, browser, fields)
        for tries in range(2, 2 + TRIES if retry else 2):
            if answer.status:
                break
            await asyncio.sleep(0.3)
            answer = replace(await send(method, path, self.port, browser, fields), tries=tries)
        self.clock.note(what, (time.perf_counter() - at) * 1000, answer.status)
        if answer.status not in fine and answer.status:
            self.told.wrong.append(f"{what}: {answer.status} on {method} {path}")
        return answer


def _number(answer: Answer) -> int:
    """The id in the address that we were sent to."""
    digits = [part for part in answer.location.split("?")[0].split("/") if part.isdigit()]
    return int(digits[0]) if digits else 0
