"""The morning itself: which messages are sent, in which order, and what must come of them."""

import asyncio
import itertools
from typing import Any

import aiohttp

from gateway.cli.demo.caller import Caller, Said
from gateway.cli.demo.jiangsu import Hospital
from gateway.cli.demo.served import Served
from gateway.cli.demo.table import Shown, native_row

BURST_BILLS = 48
KILL_AFTER_ANSWERS = 6
OK = 200
OVERTAKEN = 409


class Morning:
    """Plays the world's situations against a serving gateway; the rows of the table gather in `rows`."""

    def __init__(self, world: dict[str, Any], served: Served, caller: Caller) -> None:
        """Take the world, the process and the way to it."""
        self._world = world
        self._cases = {case["name"]: case for case in world["cases"]}
        self._served = served
        self._caller = caller
        self.rows: list[Shown] = []
        self.receipt = ""
        self.lost = 0

    async def play(self) -> None:
        """Play everything, in order."""
        await self.stay()
        await self.session("a rehabilitation course", "rehabilitation-within-days")
        await self.document("a device, and again too soon", "device-within-service-life")
        await self.document("injured before enrolled", "injured-before-enrolled")
        await self.document("a device over its ceiling", "over-ceiling-device")
        await self.overtaken("clean-outpatient")
        await self.killed()

    async def stay(self) -> None:
        """A stay in Jiangsu's dialect, from sign-in to cancellation."""
        hospital = next(
            one["code"]
            for one in self._world["providers"]
            if one["dialect"] == "jiangsu_injury" and one["area"] == "321100" and one["level"] == "tertiary"
        )
        worker_id = self._cases["clean-inpatient"]["request"]["visit"]["worker_id"]
        worker = next(one for one in self._world["workers"] if one["worker_id"] == worker_id)
        kinds = ("service", "drug", "consumable")
        items = [one for one in self._world["items"] if not one["restricted"] and one["kind"] in kinds][:10]
        billing = Hospital(self._caller, hospital)
        await billing.stay(worker, items)
        self.rows += billing.rows

    async def session(self, what: str, name: str) -> None:
        """A case as a native session: register, upload, preview, settle."""
        case = self._cases[name]
        provider, request = case["provider"], case["request"]
        visit = f"/v1/visits/{request['visit']['visit_no']}"
        await self._native("register", provider, "/v1/visits", request["visit"], f"{name}-1")
        await self._native("upload", provider, f"{visit}/items", {"items": request["items"]}, f"{name}-2")
        await self._native("preview", provider, f"{visit}/presettle", request["bill"], None)
        said = await self._native(f"settle: {what}", provider, f"{visit}/settle", request["bill"], f"{name}-3")
        self._expect(said, case)

    async def document(self, what: str, name: str) -> None:
        """A case as one document."""
        case = self._cases[name]
        self._expect(await self._native(what, case["provider"], "/v1/bills", case["request"], name), case)

    async def overtaken(self, name: str) -> None:
        """A reversal that comes before its original keeps it out for ever."""
        case = self._cases[name]
        provider = case["provider"]
        what = {"original_message_id": "late"}
        said = await self._native("reverse what has not come yet", provider, "/v1/reversals", what, "late-reversal")
        kept_out = await self._native("the original arrives late", provider, "/v1/bills", case["request"], "late")
        if (said.status, kept_out.status, kept_out.body.get("code")) != (OK, OVERTAKEN, "message.reversed"):
            raise RuntimeError(f"a reversed message took effect: {kept_out.body}")

    async def killed(self) -> None:
        """A burst of bills, the process killed in its middle, everything sent again until it is answered."""
        provider = self._cases["clean-outpatient"]["provider"]
        bills = [self._bill(number) for number in range(BURST_BILLS)]
        sending = [asyncio.create_task(self._answered(provider, number, bill)) for number, bill in enumerate(bills)]
        for first_answers in itertools.islice(asyncio.as_completed(sending), KILL_AFTER_ANSWERS):
            await first_answers
        await self._served.kill()
        first = await asyncio.gather(*sending)
        await self._served.start()
        await self._caller.open(self._served.url)
        lost = [number for number, said in enumerate(first) if said is None]
        self.lost = len(lost)
        again = await asyncio.gather(*(self._answered(provider, number, bills[number]) for number in lost))
        answers = [said for said in (*first, *again) if said is not None]
        if len(answers) != BURST_BILLS or any(said.status != OK for said in answers):
            raise RuntimeError("a bill of the burst was not settled")
        self.rows.append(burst_row(provider, answers, self.lost))

    async def _answered(self, provider: str, number: int, bill: dict[str, Any]) -> Said | None:
        """Send a bill of the burst; None where the answer was lost."""
        try:
            return await self._caller.native(provider, "/v1/bills", bill, f"burst-{number}")
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            return None

    def _bill(self, number: int) -> dict[str, Any]:
        """Return a small bill for one of the world's other workers."""
        others = [
            one
            for one in self._world["workers"]
            if one["case"] is None and one["qualifications"][0]["state"] == "recognised"
        ]
        worker = others[number]
        injury = worker["qualifications"][0]
        template = self._cases["clean-outpatient"]["request"]
        visit = template["visit"] | {
            "visit_no": f"BURST-{number}",
            "worker_id": worker["worker_id"],
            "qualification_ids": [injury["qualification_id"]],
            "diagnosis_codes": [f"{code}.5" for code in injury["diagnosis_codes"][:1]],
        }
        return {"visit": visit, "bill": template["bill"] | {"bill_no": f"BURST-{number}"}, "items": template["items"]}

    async def _native(self, what: str, provider: str, path: str, body: object, message_id: str | None) -> Said:
        said = await self._caller.native(provider, path, body, message_id)
        self.rows.append(native_row(what, provider, said))
        self.receipt = said.receipt or self.receipt
        return said

    def _expect(self, said: Said, case: dict[str, Any]) -> None:
        """Hold an answer against the sums that the world's author worked out by hand."""
        sums = said.body.get("sums", {})
        wrong = {
            name: sums.get(name) for name, fen in case["expect"].items() if name != "rules" and sums.get(name) != fen
        }
        if said.status != OK or wrong:
            raise RuntimeError(f"{case['name']}: expected {case['expect']}, got {said.status} {wrong or said.body}")


def burst_row(provider: str, answers: list[Said], lost: int) -> Shown:
    """Return the row of the whole burst."""
    names = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")
    return Shown(
        what=f"{len(answers)} bills, kill -9 in the middle",
        provider=provider,
        dialect="native",
        lines=sum(len(said.body["lines"]) for said in answers),
        sums={name: sum(said.body["sums"][name] for said in answers) for name in names},
        findings=f"{lost} answers lost, sent again; {sum(said.repeated for said in answers)} had settled already",
        milliseconds=sum(said.milliseconds for said in answers) / len(answers),
    )
