"""What the dialect states of itself for the contract (adapters/README.md)."""

VERBS = (
    "SignIn",
    "SignOut",
    "VerifyPerson",
    "RegisterVisit",
    "CancelVisit",
    "AmendVisit",
    "UploadItems",
    "WithdrawItems",
    "Presettle",
    "Settle",
    "CancelSettlement",
    "Reverse",
    "FileReferral",
    "QueryReferral",
    "CancelReferral",
    "DownloadCatalog",
    "QueryItems",
    "QueryVisits",
)
TRANSPORT = (
    "inf_time",
    "opter",
    "opter_name",
    "opter_type",
    "sign_no",
    "recer_sys_code",
    "infver",
    "idfi_mode",
)
_ROW = (
    "bilg_dept_name",
    "bilg_dr_name",
    "memo",
    "rx_circ_flag",
)
_SETTLED = ("adm_dept_codg", "atddr_no", "diag_dscr", "setl_time")
CARRIED = (
    *(f"**feedetail/*/{name}" for name in _ROW),
    *(f"{verb}:input/{name}" for verb in ("Presettle", "Settle") for name in _SETTLED),
    "VerifyPerson:input/card_sn",
    "VerifyPerson:input/mdtrt_cert_no",
    "CancelVisit:input/mdtrt_id",
    "AmendVisit:input/mdtrt_id",
    "CancelReferral:input/memo",
    "CancelReferral:input/psn_no",
    "Reverse:input/oinfno",
    "Reverse:input/psn_no",
)
LINES = {
    "**feedetail/*": {
        "item_no": "feedetl_sn",
        "quantity": "cnt",
        "unit_price_yuan": "pric",
        "amount_fen": "det_item_fee_sumamt",
        "refunds_item_no": "init_feedetl_sn",
    }
}
TOTALS = {"input/medfee_sumamt": "charged_fen", "input/data/medfee_sumamt": "charged_fen"}
SUMS = {
    "output/medfee_sumamt": ("charged",),
    "output/hifp_pay": ("fund",),
    "output/psn_cash_pay": ("worker", "employer"),
}
