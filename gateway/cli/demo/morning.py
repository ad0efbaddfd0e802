"""The morning itself: which messages are sent, in which order, and what must come of them."""

import asyncio
import itertools
from collections.abc import Awaitable
from typing import Any

from msgspec import convert

from gateway.cli.demo.caller import Caller, Told
from gateway.cli.demo.jiangsu import Hospital
from gateway.cli.demo.served import Served
from gateway.cli.demo.table import Shown, native_row
from gateway.client import Answered
from schemas.answers import Settled
from schemas.requests import Presettle, RegisterVisit, Reverse, Settle, SubmitBill, UploadItems

BURST_BILLS = 48
BURST_SECONDS_BETWEEN = 0.004
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
        self.again = 0

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
        visit = {"visit_no": request["visit"]["visit_no"]}
        client, bill = self._caller.of(provider), request["bill"] | visit
        registration = convert(request["visit"], RegisterVisit)
        await self._native("register", provider, client.register_visit(registration, message_id=f"{name}-1"))
        upload = convert({"items": request["items"]} | visit, UploadItems)
        await self._native("upload", provider, client.upload_items(upload, message_id=f"{name}-2"))
        await self._native("preview", provider, client.presettle(convert(bill, Presettle)))
        settling = client.settle(convert(bill, Settle), message_id=f"{name}-3")
        self._expect(await self._native(f"settle: {what}", provider, settling), case)

    async def document(self, what: str, name: str) -> None:
        """A case as one document."""
        case = self._cases[name]
        self._expect(await self._native(what, case["provider"], self._submit(case, name)), case)

    async def overtaken(self, name: str) -> None:
        """A reversal that comes before its original keeps it out for ever."""
        case = self._cases[name]
        provider = case["provider"]
        reversal = self._caller.of(provider).reverse(Reverse(original_message_id="late"), message_id="late-reversal")
        said = await self._native("reverse what has not come yet", provider, reversal)
        kept_out = await self._native("the original arrives late", provider, self._submit(case, "late"))
        if (said.status, kept_out.status, kept_out.body.get("code")) != (OK, OVERTAKEN, "message.reversed"):
            raise RuntimeError(f"a reversed message took effect: {kept_out.body}")

    async def killed(self) -> None:
        """A burst of bills, the process killed in its middle and started again; the client insists by itself."""
        provider = self._cases["clean-outpatient"]["provider"]
        sending = [asyncio.create_task(self._of_burst(provider, number)) for number in range(BURST_BILLS)]
        for first_answers in itertools.islice(asyncio.as_completed(sending), KILL_AFTER_ANSWERS):
            await first_answers
        await self._served.kill()
        await self._served.start()
        answers = await asyncio.gather(*sending)
        self.again = sum(said.attempts > 1 for said in answers)
        if any(said.status != OK for said in answers):
            raise RuntimeError("a bill of the burst was not settled")
        self.rows.append(burst_row(provider, answers, self.again))

    async def _of_burst(self, provider: str, number: int) -> Told:
        """Send one bill of the burst in its turn."""
        bill = convert(self._bill(number), SubmitBill)
        await asyncio.sleep(number * BURST_SECONDS_BETWEEN)
        return await self._caller.told(self._caller.of(provider).submit_bill(bill, message_id=f"burst-{number}"))

    def _submit(self, case: dict[str, Any], message_id: str) -> Awaitable[Answered[Settled]]:
        request = convert(case["request"], SubmitBill)
        return self._caller.of(case["provider"]).submit_bill(request, message_id=message_id)

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

    async def _native(self, what: str, provider: str, sending: Awaitable[Answered[Any]]) -> Told:
        said = await self._caller.told(sending)
        self.rows.append(native_row(what, provider, said))
        self.receipt = said.receipt or self.receipt
        return said

    def _expect(self, said: Told, case: dict[str, Any]) -> None:
        """Hold an answer against the sums that the world's author worked out by hand."""
        sums = said.body.get("sums", {})
        wrong = {
            name: sums.get(name) for name, fen in case["expect"].items() if name != "rules" and sums.get(name) != fen
        }
        if said.status != OK or wrong:
            raise RuntimeError(f"{case['name']}: expected {case['expect']}, got {said.status} {wrong or said.body}")


def burst_row(provider: str, answers: list[Told], again: int) -> Shown:
    """Return the row of the whole burst."""
    names = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")
    return Shown(
        what=f"{len(answers)} bills, kill -9 in the middle",
        provider=provider,
        dialect="native",
        lines=sum(len(said.body["lines"]) for said in answers),
        sums={name: sum(said.body["sums"][name] for said in answers) for name in names},
        findings=f"{again} sent again after the kill; {sum(said.repeated for said in answers)} had settled already",
        milliseconds=sum(said.milliseconds for said in answers) / len(answers),
    )
