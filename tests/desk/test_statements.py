"""What a statement shows of a person, and of whom it speaks."""

from datetime import date

import pytest

from gateway.desk.statements import level_on, masked_certno, masked_name, statement_worker
from schemas.facts import Agreement, Provider, Worker

WORKER = Worker(
    worker_id="W1",
    area="321100",
    name="测试甲",
    certno="000000190002291234",
    sex="male",
    birthday=date(2000, 2, 29),
    employer_id="E1",
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("测试甲", "测**"), ("测甲", "测*"), ("甲", "甲*"), ("测试·甲乙", "测****")],
)
def test_of_a_name_the_first_character_is_shown(name: str, shown: str) -> None:
    """However short it is, something is hidden."""
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("certno", "shown"),
    [
        ("000000190002291234", "000000********1234"),
        ("E12345678", "********8"),
        ("0123456789", "*********9"),
        ("01234567890", "012345*7890"),
        ("1", "1"),
    ],
)
def test_of_an_identity_number_the_birthday_is_hidden(certno: str, shown: str) -> None:
    """A short one, which has no birthday, shows its last character only."""
    assert masked_certno(certno) == shown


def test_a_masked_worker_shows_age_and_sex_only() -> None:
    """G11: neither birthday nor whole name and number; the age is that on the day of admission."""
    masked = statement_worker(WORKER, date(2026, 2, 28), masked=True)
    whole = statement_worker(WORKER, date(2026, 3, 1), masked=False)

    assert (masked.birthday, masked.age_years, masked.sex) == (None, 25, "male")
    assert (whole.name, whole.certno, whole.birthday, whole.age_years) == (
        WORKER.name,
        WORKER.certno,
        WORKER.birthday,
        26,
    )


def test_the_level_is_that_of_the_day() -> None:
    """Of two agreements the one that covered the day of settlement; of none, none."""

    def spell(year: int, level: str) -> Agreement:
        return Agreement(
            valid_from=date(year, 1, 1),
            valid_to=date(year, 12, 31),
            level=level,
            agreement_no=f"A{year}",
            state="in_force",
        )

    provider = Provider(
        code="H1",
        name="示例医院",
        kind="hospital",
        area="321100",
        scheme="410",
        dialect="native",
        token_sha256="",
        agreements=(spell(2025, "secondary"), spell(2026, "tertiary")),
    )

    assert level_on(provider, date(2025, 12, 31)) == "secondary"
    assert level_on(provider, date(2026, 1, 1)) == "tertiary"
    assert level_on(provider, date(2027, 1, 1)) is None
