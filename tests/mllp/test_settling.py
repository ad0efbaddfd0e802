"""A charge message settles through both doors of a real gateway, once, and its answers are signed."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg

from gateway.path import RECEIPT_HEADER, REPLAY_HEADER
from tests.guarantees.points import Points
from tests.hl7.sample import FACILITY, charge, head, message, own, person, segments, stay
from tests.mllp.standing import OTHER_HL7, TOKEN, Standing, standing


def bill(number: int, **msh: str) -> str:
    """Worker `number`'s bill of three lines."""
    return message(
        [charge(line) for line in range(3)],
        msh=head(f10=f"M{number}", **msh),
        pid=person(f3=f"W{number:05d}^^^JS^WCN"),
        pv1=stay(f19=f"V{number}"),
        zwi=own(f1=f"B{number}", f2=f"QR{number}", f4="30.00^CNY"),
    )


async def posted(stands: Standing, text: str, provider: str = FACILITY) -> tuple[int, bytes, dict[str, str]]:
    headers = {"Content-Type": "x-application/hl7-v2+er7"}
    answer = await stands.gateway.ask("POST", f"/in/{provider}", text.encode(), provider=TOKEN, **headers)
    return answer.status, answer.body, answer.headers


async def settlements(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM settlement"))
    finally:
        await connection.close()


async def test_a_bill_settles_over_http_and_its_repeat_gives_the_same_bytes(database_dsn: str, tmp_path: Path) -> None:
    """G1, G2, G8: AA with sums, lines and receipt; a repeat with a fresh time of sending is the stored answer."""
    async with standing(database_dsn, tmp_path) as stands:
        status, body, headers = await posted(stands, bill(0))
        again, repeated, marks = await posted(stands, bill(0, f7="20261102120500", f8="token"))
        other, conflict, _ = await posted(stands, bill(0).replace("10.00&CNY", "10.01&CNY"))
        count = await settlements(database_dsn)

    assert status == again == other == 200
    assert segments(body, "MSA")[0][1:3] == ["AA", "M0"]
    assert segments(body, "ZSU")[0][2:] == ["30.00^CNY", "30.00^CNY", "0.00^CNY", "0.00^CNY", "0.00^CNY"]
    assert [line[2] for line in segments(body, "ZLN")] == ["I0000", "I0001", "I0002"]
    assert segments(body, "ZRC")[0][3] == headers[RECEIPT_HEADER]
    assert repeated == body
    assert marks[REPLAY_HEADER] == "true"
    assert segments(conflict, "MSA")[0][1] == "AE"
    assert segments(conflict, "ERR")[0][5] == "message.content_differs"
    assert count == 1


async def test_a_bill_settles_over_mllp_through_kill_9(database_dsn: str, tmp_path: Path) -> None:
    """G1, G2, G7: the gateway is killed after its answer; its successor repeats that answer byte for byte."""
    async with standing(database_dsn, tmp_path) as stands:
        body = await (await stands.line()).ask(bill(1))
        same = await (await stands.line()).ask(bill(1))
        await stands.gateway.kill()
    async with standing(database_dsn, tmp_path, is_founded=True) as stands:
        again = await (await stands.line()).ask(bill(1))
        count = await settlements(database_dsn)

    assert segments(body, "MSA")[0][1:3] == ["AA", "M1"]
    assert same == again == body
    assert count == 1


async def test_both_doors_know_a_message_by_the_same_id(database_dsn: str, tmp_path: Path) -> None:
    """G2: what was settled over MLLP is answered over HTTP with the same bytes, and its outcome can be asked for."""
    async with standing(database_dsn, tmp_path) as stands:
        body = await (await stands.line()).ask(bill(2))
        _, over_http, _ = await posted(stands, bill(2))
        outcome = await stands.gateway.ask("GET", f"/v1/outcomes/{FACILITY}:HIS:M2:20261102", provider=TOKEN)

    assert over_http == body
    assert outcome.json["outcome"] == "settled"


async def test_messages_in_one_frame_are_answered_in_their_order(database_dsn: str, tmp_path: Path) -> None:
    """Three messages in a frame, two frames in a packet, one frame in three packets: each gets its own answer."""
    async with standing(database_dsn, tmp_path) as stands:
        line = await stands.line()
        three = bill(3).encode() + bill(4, f9="ADT^A01").encode() + bill(5).encode()
        await line.send(b"\x0b" + three + b"\x1c\r\r\n\x0b" + bill(6).encode() + b"\x1c\r\x0b" + bill(7).encode()[:50])
        await asyncio.sleep(0.1)
        await line.send(bill(7).encode()[50:] + b"\x1c")
        await asyncio.sleep(0.1)
        await line.send(b"\r")
        answers = [await line.answer() for _ in range(5)]
        count = await settlements(database_dsn)

    told = [segments(answer, "MSA")[0] for answer in answers]
    assert [one[1:3] for one in told] == [["AA", "M3"], ["AR", "M4"], ["AA", "M5"], ["AA", "M6"], ["AA", "M7"]]
    assert "(2/3)" in told[1][3]
    assert count == 4


async def test_what_is_out_of_step_is_told_and_ends_the_line(database_dsn: str, tmp_path: Path) -> None:
    """G8, G9: noise between frames, a cut frame, an end without its CR, too large a frame: AR, signed, and the end."""
    frame = b"\x0b" + bill(0).encode() + b"\x1c\r"
    cases = {
        "mllp.not_a_frame": b"noise" + frame,
        "mllp.cut_off": frame[:200] + frame,
        "mllp.frame_end": frame[:-1] + b"x" + frame,
        "mllp.frame_too_large": b"\x0b" + b"x" * 100_000,
        "mllp.too_slow": b"\x0bMSH|",
    }
    limits = {"GATEWAY_MLLP_FRAME_BYTES_MAX": "50000", "GATEWAY_MLLP_FRAME_READ_SECONDS_MAX": "1"}
    told, ended = {}, []
    async with standing(database_dsn, tmp_path, **limits) as stands:
        for code, raw in cases.items():
            line = await stands.line()
            await line.send(raw)
            told[code] = await line.answer()
            ended.append(await line.ended())
        count = await settlements(database_dsn)

    assert {code: segments(answer, "ERR")[0][5] for code, answer in told.items()} == {code: code for code in cases}
    assert {segments(answer, "MSA")[0][1] for answer in told.values()} == {"AR"}
    assert ended == [True] * len(cases)
    assert count == 0


async def test_nobody_speaks_for_another(database_dsn: str, tmp_path: Path) -> None:
    """G10: an unknown facility, one of another dialect, one from elsewhere: the same words, and nothing settles."""
    async with standing(database_dsn, tmp_path) as stands:
        line = await stands.line()
        answers = [await line.ask(bill(0, f4=facility)) for facility in ("H39999999999", "H32110000001", OTHER_HL7)]
        over_http = await posted(stands, bill(0, f4=OTHER_HL7))
        count = await settlements(database_dsn)

    texts = {tuple(segments(answer, "ERR")[0]) for answer in answers}
    assert len(texts) == 1
    assert {segments(answer, "MSA")[0][1] for answer in answers} == {"AR"}
    assert texts.pop()[5] == "mllp.unknown_caller"
    assert segments(over_http[1], "ERR")[0][2] == "MSH^1^4"
    assert count == 0


async def test_a_stopping_gateway_answers_what_is_under_way(database_dsn: str, tmp_path: Path) -> None:
    """SIGTERM while half of a frame has come: the rest is read and answered, idle lines end, the process ends."""
    async with standing(database_dsn, tmp_path) as stands:
        idle, busy = await stands.line(), await stands.line()
        await idle.ask(bill(0))
        raw = bill(1).encode()
        await busy.send(b"\x0b" + raw[:100])
        await asyncio.sleep(0.3)
        stands.gateway.process.send_signal(signal.SIGTERM)
        is_ended = await idle.ended()
        await busy.send(raw[100:] + b"\x1c\r")
        answer = await busy.answer()
        async with asyncio.timeout(20):
            status = await stands.gateway.process.wait()

    assert is_ended
    assert segments(answer, "MSA")[0][1:3] == ["AA", "M1"]
    assert status == 0


async def test_too_many_lines_are_told_so(database_dsn: str, tmp_path: Path) -> None:
    """G13: one line past the bound gets AR with the time to wait, and those within it are served on."""
    async with standing(database_dsn, tmp_path, GATEWAY_MLLP_CONNECTIONS_MAX="2") as stands:
        first, second = await stands.line(), await stands.line()
        await first.ask(bill(0))
        await second.ask(bill(0))
        third = await stands.line()
        told = await third.answer()
        ended = await third.ended()
        again = await first.ask(bill(1))

    assert segments(told, "ERR")[0][5] == "edge.full"
    assert segments(told, "ZPR")[0][4] == "1"
    assert ended
    assert segments(again, "MSA")[0][1] == "AA"


async def test_workers_share_the_port_and_survive_one_another(database_dsn: str, tmp_path: Path) -> None:
    """ADR 0006: two workers accept on one MLLP port; one is killed, and every new line is answered."""
    async with standing(database_dsn, tmp_path, workers=2) as stands:
        answers = [await (await stands.line()).ask(bill(number)) for number in range(4)]
        listing = await asyncio.create_subprocess_exec(
            "ps", "-o", "pid=", "--ppid", str(stands.gateway.process.pid), stdout=asyncio.subprocess.PIPE
        )
        children = [int(pid) for pid in (await listing.communicate())[0].split()]
        os.kill(children[0], signal.SIGKILL)
        later = [await (await stands.line()).ask(bill(number)) for number in range(4, 10)]
        count = await settlements(database_dsn)

    assert {segments(answer, "MSA")[0][1] for answer in (*answers, *later)} == {"AA"}
    assert count == 10


async def test_one_message_through_both_doors_at_once_settles_once(database_dsn: str, tmp_path: Path) -> None:
    """G1: eight copies over MLLP and eight over HTTP at the same time: one settlement, and one answer for all."""
    async with standing(database_dsn, tmp_path, workers=2) as stands:
        lines = [await stands.line() for _ in range(8)]
        over_mllp = asyncio.gather(*(line.ask(bill(0)) for line in lines))
        over_http = asyncio.gather(*(posted(stands, bill(0)) for _ in range(8)))
        bodies = {*await over_mllp, *(body for _, body, _ in await over_http)}
        count = await settlements(database_dsn)

    assert len(bodies) == 1
    assert count == 1


async def test_a_late_answer_is_unknown_and_its_repeat_tells(database_dsn: str, tmp_path: Path) -> None:
    """G9, G13: past the time for an answer AR says that the outcome is unknown; the repeat gets what was settled."""
    points = Points(tmp_path)
    late = {"GATEWAY_MLLP_ANSWER_SECONDS_MAX": "0.5", **points.environ}
    async with standing(database_dsn, tmp_path, **late) as stands:
        points.hold("committed", f"{FACILITY}:HIS:M0:20261102")
        told = await (await stands.line()).ask(bill(0))
        points.release("committed", f"{FACILITY}:HIS:M0:20261102")
        settled = await until_settled(stands, bill(0))
        count = await settlements(database_dsn)

    assert segments(told, "MSA")[0][1:3] == ["AR", "M0"]
    assert segments(told, "ZPR")[0][3:5] == ["edge.answer_late", "5"]
    assert "outcome^unknown" in segments(told, "ZPR")[0][6]
    assert segments(settled, "MSA")[0][1] == "AA"
    assert count == 1


async def until_settled(stands: Standing, text: str) -> bytes:
    """Repeat a message until it is not late any more."""
    async with asyncio.timeout(20):
        while True:
            answer = await (await stands.line()).ask(text)
            if segments(answer, "MSA")[0][1] == "AA":
                return answer


async def test_too_many_messages_in_a_frame_are_refused_together(database_dsn: str, tmp_path: Path) -> None:
    """G13: three messages where two are the bound: one AR, nothing settles, and the line goes on."""
    async with standing(database_dsn, tmp_path, GATEWAY_MLLP_MESSAGES_PER_FRAME_MAX="2") as stands:
        line = await stands.line()
        told = await line.ask(bill(0) + bill(1) + bill(2))
        before = await settlements(database_dsn)
        first, second = await line.ask(bill(0)), await line.ask(bill(1))

    assert segments(told, "ERR")[0][5] == "mllp.too_many_messages"
    assert before == 0
    assert {segments(answer, "MSA")[0][1] for answer in (first, second)} == {"AA"}


async def test_a_hospital_of_gb18030_is_answered_in_it(database_dsn: str, tmp_path: Path) -> None:
    """The profile's charset both ways: a bill settles, a refusal's Chinese words read back, and are signed."""
    async with standing(database_dsn, tmp_path, profile="mllp.peers=127.0.0.1|charset=gb18030") as stands:
        line = await stands.line()
        settled = await line.ask(bill(0, f18="GB 18030-2000").encode("gb18030"))
        refused = await line.ask(bill(1, f18="GB 18030-2000").replace("CG", "PY").encode("gb18030"))
        wrong = await line.ask(bill(2, f18="GB 18030-2000").encode())

    assert segments(settled, "MSA")[0][1] == "AA"
    assert "收款（PY）" in refused.decode("gb18030")
    assert segments(wrong.decode("gb18030").encode(), "MSA")[0][1] in ("AE", "AR")


async def test_a_silent_line_is_ended(database_dsn: str, tmp_path: Path) -> None:
    """G13: a line that says nothing for longer than its bound is closed, without a word."""
    async with standing(database_dsn, tmp_path, GATEWAY_MLLP_IDLE_SECONDS_MAX="0.5") as stands:
        line = await stands.line()
        answer = await line.ask(bill(0))
        is_ended = await line.ended()

    assert segments(answer, "MSA")[0][1] == "AA"
    assert is_ended


async def test_workers_are_renewed_without_losing_a_bill(database_dsn: str, tmp_path: Path) -> None:
    """SIGHUP replaces the workers: idle lines end after their answer, and whoever connects again is served."""
    async with standing(database_dsn, tmp_path, workers=2) as stands:
        old = await stands.line()
        await old.ask(bill(0))
        stands.gateway.process.send_signal(signal.SIGHUP)
        answers = [await (await stands.line()).ask(bill(number)) for number in range(1, 6)]
        is_ended = await old.ended()
        later = await (await stands.line()).ask(bill(0))

    assert {segments(answer, "MSA")[0][1] for answer in (*answers, later)} == {"AA"}
    assert is_ended


async def test_the_log_knows_no_person(database_dsn: str, tmp_path: Path) -> None:
    """G11: settled, refused and broken messages leave codes and figures in the log, and nobody's name or number."""
    async with standing(database_dsn, tmp_path) as stands:
        line = await stands.line()
        for text in (bill(0), bill(1).replace("CG", "PY"), bill(2, f4="测试医院"), "MSH|^~\\&|测试甲|"):
            await line.ask(text)

    log = b"\n".join(log_of(tmp_path))
    assert log.count(b'"route":"/mllp"') == 4
    assert not any(b'"route":"/mllp"' in line and b'"dropped"' in line for line in log_of(tmp_path))
    assert not any(said.encode() in log for said in ("测", "W0000", "MSH", "123456", "S52", "HIS"))


def log_of(folder: Path) -> list[bytes]:
    return (folder / "gateway-0.log").read_bytes().splitlines()
