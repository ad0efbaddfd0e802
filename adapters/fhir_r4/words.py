"""The code systems of our own that answers speak in, each code with its words in zh and en."""

from adapters.fhir_r4.settings import OWN

ADJUDICATION = f"{OWN}adjudication"
REASON = f"{OWN}reason"
FAULT = f"{OWN}fault"
FACT = f"{OWN}fact"
SORT = f"{OWN}sort"
BENEFIT = f"{OWN}benefit"
ENTITLEMENT = f"{OWN}entitlement"
OUTPUT = f"{OWN}output"
ITEM_NO = f"{OWN}item-no"
SETTLEMENT_DAY = f"{OWN}settlement-day"
DECISION = f"{OWN}decision-sha256"
ORIGINAL = f"{OWN}original-settlement"
INTERIM = f"{OWN}interim-no"
LANGUAGES = "urn:ietf:bcp:47"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

SHARES = {
    "charged": "费用 charged",
    "fund": "基金支付 fund",
    "worker": "职工负担 worker",
    "employer": "用人单位负担 employer",
    "provider": "协议机构负担 provider",
}
"""ADJUDICATION: charged = fund + worker + employer + provider, of each line, group and bill."""
FINDING = "finding"
"""ADJUDICATION: what one rule takes from the fund; its reason names the rule."""
THIRD_PARTY = "third-party"
"""ADJUDICATION: what of the worker's share a third party has paid."""

INSURER = {"display": "工伤保险经办机构 work-injury insurance agency"}
OUTCOMES = {"settled": "已生效", "refused": "已拒绝", "reversed": "已冲正", "not_seen": "未收到"}
CANCELLED = "曾生效，其后结算已被撤销 / settled, and its settlement cancelled since"
REVERSED = {
    "settled": ("原报文已生效，现已冲正", "the original had taken effect and is now undone"),
    "not_seen": ("原报文未收到，今后到达也不再受理", "the original had not arrived and never will take effect"),
    "refused": ("原报文已被拒绝，今后到达也不再受理", "the original was refused and never will take effect"),
    "reversed": ("原报文此前已冲正", "the original had been reversed before"),
}
BEARERS = {"worker": "职工", "employer": "用人单位", "provider": "协议机构"}
