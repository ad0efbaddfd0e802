"""Gold: the page that an engineer reads is complete; the test of one bill through all dialects has this one."""

import re
from collections.abc import Iterator

from adapters.kit.bench import Bench

UNFILLED = "TO FILL"
"""What `gateway adapter new` leaves to be written."""
SUBJECTS = {
    "where the message id comes from (**Message id**)": r"message id|报文编号",
    "which fields are transport (**Transport**)": r"transport|传输字段",
    "what is carried and judged by nobody (**Carried**)": r"carried|随附",
    "what is refused and why (**Refused**)": r"refused|拒收",
    "what is answered (**Answers**)": r"answer|应答",
    "the settings of a profile (**Profile**)": r"profile|settings of a provider|机构设置",
}


def complete(bench: Bench) -> Iterator[str]:
    """Its page has every subject, and names every verb and every charset."""
    if not bench.page.strip():
        yield "there is no page: write README.md beside the module"
        return
    if UNFILLED in bench.page:
        yield f"README.md still says {UNFILLED}: write what is so"
    for subject, words in SUBJECTS.items():
        if not re.search(words, bench.page, re.IGNORECASE):
            yield f"README.md does not say {subject}"
    for verb in bench.statement.VERBS:
        if verb not in bench.page:
            yield f"README.md does not name {verb}"
    for charset in bench.statement.CHARSETS:
        if charset not in bench.page.lower():
            yield f"README.md does not name the charset {charset}"


def among_all(bench: Bench) -> Iterator[str]:
    """One bill through all dialects has this one among them."""
    if not bench.among_all:
        yield f"no file of tests/one_bill names {bench.adapter.NAME!r}: add its sender there"
