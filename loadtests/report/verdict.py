"""Says in plain words, Chinese and English, what a run showed and what would break first, derived from its figures."""

from collections.abc import Iterator
from statistics import fmean

from msgspec import Struct

from loadtests import figures, measures
from loadtests.bundle import Bundle, Step

FULL_SHARE = 0.9
"""So much of the machine's cores in use is full."""
GROWN_TIMES = 2.0
"""A stage's mean that grew so many times is told."""
MEMORY_GROWN = 0.1
STEADY_SECONDS_MIN = 60
ROUNDED_PER_S = 0.1
"""A knee's rates are rounded to so much."""
CROWDED = ("http_429", "http_503")
SIDES = {
    "client": ("压测客户端", "the client"),
    "gateway": ("网关", "the gateway"),
    "postgres": ("数据库", "PostgreSQL"),
}
STAGES_ZH = {
    "queue": "排队",
    "lock": "加锁",
    "read": "读取",
    "adjudicate": "审核",
    "write": "写入",
    "commit": "提交",
    "sign": "签名",
}
STAGES_MEAN = {
    "queue": ("批次跟不上到达的速度", "batches do not keep up with what arrives"),
    "lock": ("不同批次争用同一职工", "batches wait for the same workers"),
    "read": ("数据库读取变慢", "reading contexts gets slower"),
    "adjudicate": ("审核规则占用处理器", "rules take the processor"),
    "write": ("写入数据库变慢", "writing rows gets slower"),
    "commit": ("磁盘落盘变慢", "the disk takes longer to make commits durable"),
    "sign": ("签名占用处理器", "signatures take the processor"),
}


class Said(Struct, frozen=True, kw_only=True):
    """One sentence in both languages; is_alarm where it forbids to trust the figures or names a failure."""

    zh: str
    en: str
    is_alarm: bool = False


def said(bundle: Bundle) -> tuple[Said, ...]:
    """Return what a reader must know, most important first."""
    step = judged(bundle)
    told = [*_money(bundle), *_knee(bundle)]
    if step is not None:
        told += [*_tired(step), *_unsent(step), *_first_to_break(bundle, step), *_stages(bundle, step)]
    return (*told, *_crowded(bundle), *_memory(bundle))


def judged(bundle: Bundle) -> Step | None:
    """Return the step from which the end is read: the lowest that broke, else the one that answered most a second."""
    broke = bundle.knee.breaks_per_s if bundle.knee else None
    beyond = [step for step in bundle.steps if broke is not None and step.target_per_s >= broke - ROUNDED_PER_S]
    if beyond:
        return min(beyond, key=lambda step: step.target_per_s)
    return max(bundle.steps, key=lambda step: step.answered_per_s, default=None)


def _money(bundle: Bundle) -> Iterator[Said]:
    audit = bundle.audit
    if audit is None:
        zh = "本次未做账目核对（--no-audit）：数字只说明速度，不说明账目正确。"
        yield Said(zh=zh, en="No audit was made (--no-audit): the figures speak of speed only.", is_alarm=True)
    elif not audit.is_clean:
        zh = f"账目核对未通过，共{len(audit.faults)}处：本次压测无效，速度不作数。"
        en = f"The audit failed with {len(audit.faults)} faults: the run has failed, whatever its speed."
        yield Said(zh=zh, en=en, is_alarm=True)


def _knee(bundle: Bundle) -> Iterator[Said]:
    if bundle.knee is not None:
        knee = bundle.knee
        holds = figures.rate(knee.holds_per_s)
        if knee.breaks_per_s is None:
            yield Said(zh=f"每秒{holds}笔仍然承受得住，未见拐点。", en=f"{holds}/s still held: no knee was reached.")
            return
        breaks = figures.rate(knee.breaks_per_s)
        if not knee.holds_per_s:
            zh = f"最低的一段（每秒{breaks}笔）就已不能承受：{knee.because_zh}。"
            yield Said(zh=zh, en=f"Not even the lowest step held, {breaks}/s: {knee.because}.")
            return
        yield Said(
            zh=f"每秒{holds}笔承受得住，每秒{breaks}笔时不再承受：{knee.because_zh}。",
            en=f"{holds}/s held, {breaks}/s did not: {knee.because}.",
        )


def _tired(step: Step) -> Iterator[Said]:
    if not measures.is_tired(step):
        return
    lag = figures.duration(step.client_lag.p99_us)
    late = figures.share(step.sent_late, step.due)
    yield Said(
        zh=f"“{step.name}”一段受压测客户端自身限制（客户端滞后p99 {lag}，迟发{late}）：时延不能算在网关头上。"
        "请增加压测机或进程后重测。",
        en=f"In “{step.name}” the client itself was the limit (its own lag p99 {lag}, sent late {late}): the latency is"
        " not the gateway's. Add machines or processes for the client and run again.",
        is_alarm=True,
    )


def _unsent(step: Step) -> Iterator[Said]:
    """Say whose fault it is that messages found no connection, where the client was awake."""
    if step.dropped and not measures.is_tired(step):
        dropped, lag = figures.count(step.dropped), figures.duration(step.client_lag.p99_us)
        yield Said(
            zh=f"“{step.name}”时有{dropped}笔到时无空闲连接而未能发出：连接都在等网关应答（客户端滞后p99仅{lag}）。",
            en=f"In “{step.name}” {dropped} messages found no free connection and were never sent: all connections were"
            f" waiting for the gateway (the client's lag p99 was only {lag}).",
        )


def _first_to_break(bundle: Bundle, step: Step) -> Iterator[Said]:
    """Name the side that runs out of processor, or say that none does."""
    busy = {name: measures.cores(measures.side(step, name), step.seconds) for name in measures.SIDES}
    known = {name: value for name, value in busy.items() if value is not None}
    unknown = [name for name in busy if name not in known]
    if unknown:
        zh, en = "、".join(SIDES[name][0] for name in unknown), " and ".join(SIDES[name][1] for name in unknown)
        yield Said(
            zh=f"未测{zh}的处理器用量：下面的核数不含它。",
            en=f"The CPU of {en} was not measured: no core below is theirs.",
        )
    if sum(known.values()) >= FULL_SHARE * bundle.machine.cores:
        yield _machine_full(bundle, step, known)
    elif "gateway" in known and known["gateway"] >= FULL_SHARE * step.gateway.processes:
        yield _gateway_full(step, known["gateway"])
    elif not unknown:
        yield _room_left(bundle, step, known)


def _machine_full(bundle: Bundle, step: Step, busy: dict[str, float]) -> Said:
    zh, en = SIDES[max(busy, key=lambda name: busy[name])]
    shares_zh = "，".join(f"{SIDES[name][0]}{value:.2f}核" for name, value in busy.items())
    shares_en = ", ".join(f"{SIDES[name][1]} {value:.2f}" for name, value in busy.items())
    cores = bundle.machine.cores
    return Said(
        zh=f"先耗尽的是处理器：“{step.name}”时{cores}个核已用满（{shares_zh}），用得最多的是{zh}。",
        en=f"The processor runs out first: in “{step.name}” all {cores} cores are in use ({shares_en});"
        f" most of it by {en}.",
    )


def _gateway_full(step: Step, busy: float) -> Said:
    number = step.gateway.processes
    return Said(
        zh=f"先到顶的是网关进程：“{step.name}”时{number}个进程用了{busy:.2f}核，机器还有余核：增加工作进程。",
        en=f"The gateway's processes fill up first: in “{step.name}” {number} of them used {busy:.2f} cores, while the"
        " machine has cores left: add workers.",
    )


def _room_left(bundle: Bundle, step: Step, busy: dict[str, float]) -> Said:
    used, cores = sum(busy.values()), bundle.machine.cores
    return Said(
        zh=f"“{step.name}”时三方共用{cores}个核中的{used:.2f}核：若机器上没有其他程序，处理器就不是瓶颈。",
        en=f"In “{step.name}” the three sides used {used:.2f} of {cores} cores: unless other programs took the rest,"
        " the processor is not the limit.",
    )


def _stages(bundle: Bundle, step: Step) -> Iterator[Said]:
    """Name the stage that takes most, and the one that grew most since the first step."""
    way = measures.way_us(step)
    if not way:
        yield Said(
            zh="网关未给出各阶段用时：不知时间花在哪里。", en="No stages were measured: where time goes is not known."
        )
        return
    name = max(step.stages, key=lambda name: measures.mean_us(step.stages[name]))
    zh, en = STAGES_MEAN.get(name, ("", ""))
    share = figures.share(measures.mean_us(step.stages[name]), way)
    yield Said(
        zh=f"“{step.name}”时服务端最费时的阶段是{STAGES_ZH.get(name, name)}（{share}）{'：' + zh if zh else ''}。",
        en=f"In “{step.name}” the stage that takes most is {name} ({share}){': ' + en if en else ''}.",
    )
    grown = _grown(measures.by_rate(bundle.steps)[0], step)
    if grown is not None:
        yield _grew(*grown, step, is_told=grown[0] == name)


def _grown(first: Step, last: Step) -> tuple[str, float] | None:
    """Return the stage whose mean grew most from the first step, and how many times; None below GROWN_TIMES."""
    times = {
        name: measures.mean_us(last.stages[name]) / measures.mean_us(stage)
        for name, stage in first.stages.items()
        if name in last.stages and measures.mean_us(stage)
    }
    name = max(times, key=lambda name: times[name], default=None)
    return (name, times[name]) if name is not None and times[name] >= GROWN_TIMES else None


def _grew(name: str, times: float, step: Step, *, is_told: bool) -> Said:
    zh, en = ("", "") if is_told else STAGES_MEAN.get(name, ("", ""))
    stage, grown = STAGES_ZH.get(name, name), figures.ratio(times)
    return Said(
        zh=f"从第一段到“{step.name}”，增长最多的阶段是{stage}（{grown}）{'：' + zh if zh else ''}。",
        en=f"From the first step to “{step.name}” the stage that grew most is {name} ({grown})"
        f"{': ' + en if en else ''}.",
    )


def _crowded(bundle: Bundle) -> Iterator[Said]:
    crowded = sum(bundle.errors.get(kind, 0) for kind in CROWDED)
    if crowded:
        yield Said(
            zh=f"网关以429或503婉拒了{figures.count(crowded)}笔：到了自己的上限，没有让客户端空等。",
            en=f"The gateway turned {figures.count(crowded)} away with 429 or 503: it met its own bounds and let nobody"
            " hang.",
        )


def _memory(bundle: Bundle) -> Iterator[Said]:
    """Judge the longest step, if it is long enough to tell growth from the first load's warming up."""
    longest = max(bundle.steps, key=lambda step: step.seconds, default=None)
    if longest is None or longest.seconds < STEADY_SECONDS_MIN:
        return
    seconds = [second for second in measures.seconds_of(bundle, longest) if second.gateway_memory_bytes]
    grown = measures.growth(seconds, lambda second: second.gateway_memory_bytes)
    if grown is not None and grown > MEMORY_GROWN:
        mean = figures.size(int(fmean(second.gateway_memory_bytes for second in seconds)))
        yield Said(
            zh=f"网关内存在“{longest.name}”一段中增长{figures.share(grown, 1)}（平均{mean}）："
            "请以更长的压测确认是否泄漏。",
            en=f"The gateway's memory grew by {figures.share(grown, 1)} in “{longest.name}” (mean {mean}): a longer run"
            " tells whether it leaks.",
        )
