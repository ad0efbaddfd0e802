"""What imports are tested with: a session with an empty migrated database, seals, and a small sound set of files."""

import os
from collections.abc import AsyncIterator

import pytest

from gateway.store.database import Connection, Pool, connect, open_pool
from gateway.store.sealing import Seals

FILES = {
    "providers": (
        "code,name,kind,area,scheme,dialect,token_sha256,valid_from,valid_to,level,agreement_no,state\n"
        f"H1,示例一医院,hospital,321100,410,native,{'a' * 64},2026-01-01,2026-06-30,primary,X1,in_force\n"
        f"H1,示例一医院,hospital,321100,410,native,{'a' * 64},2026-07-01,,secondary,X2,in_force\n"
    ),
    "employers": "employer_id,area,scheme,name\nE1,321100,410,示例用人单位\n",
    "workers": (
        "worker_id,area,name,certno,sex,birthday,employer_id\n"
        "W1,321100,测试甲,00000019850505001X,male,1985-05-05,E1\n"
        "W2,321100,测试乙,00000019850505002X,female,1985-05-05,E1\n"
    ),
    "enrolments": (
        "worker_id,enrolment_no,area,scheme,employer_id,valid_from,effective_from\n"
        "W1,C1,321100,410,E1,2025-01-01,2025-01-02\n"
    ),
    "recognitions": (
        "worker_id,recognition_no,qualification_id,area,scheme,employer_id,kind,injured_on,applicant,applied_on,state\n"
        "W1,R1,Q1,321100,410,E1,accident,2026-03-01,employer,2026-03-10,pending\n"
    ),
    "authorizations": (
        "worker_id,authorization_no,recognition_no,qualification_id,kind,valid_from,valid_to,items,state\n"
        "W1,A1,R1,QA1,rehabilitation,2026-01-01,2026-12-31,K1,issued\n"
    ),
    "catalog": (
        "area,scheme,code,name,sort,valid_from,valid_to,ceiling_tertiary_yuan\n"
        "321100,410,K1,示例康复,rehabilitation,2026-01-01,2026-06-30,40.00\n"
        "321100,410,K1,示例康复,rehabilitation,2026-07-01,,45.00\n"
    ),
    "matches": (
        "area,scheme,provider_code,local_code,catalog_code,state,valid_from\n"
        "321100,410,H1,本院 001,K1,approved,2026-01-01\n"
    ),
    "policy": "area,scheme,valid_from,tolerance_fen\n321100,410,2026-01-01,2\n",
}

LIMITS = "area,scheme,code,title,valid_from,per_day,stay\n321100,410,K1,示例限制,2026-01-01,2,\n"
PAIRS = (
    "area,scheme,sort,frequency,main_code,sub_code,valid_from,why\n321100,410,contains,day,M,K1,2026-01-01,主项含从项\n"
)
"""Files that `gateway import all` may do without."""


@pytest.fixture
def files() -> dict[str, bytes]:
    return {kind: text.encode() for kind, text in FILES.items()}


@pytest.fixture
def seals() -> Seals:
    return Seals(seal_keys={1: os.urandom(32)}, current=1, index_key=os.urandom(32))


@pytest.fixture
async def session(database_dsn: str) -> AsyncIterator[Connection]:
    connection = await connect(database_dsn, application_name="tests")
    yield connection
    await connection.close()


@pytest.fixture
async def pool(database_dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database_dsn, application_name="tests", connections_max=3)
    yield opened
    await opened.close()
