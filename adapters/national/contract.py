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
    "FileMatches",
    "WithdrawMatches",
    "QueryItems",
    "QueryVisits",
    "QuerySettlement",
    "QueryStatement",
)
TRANSPORT = (
    "inf_time",
    "opter",
    "opter_name",
    "opter_type",
    "sign_no",
    "mdtrtarea_admvs",
    "insuplc_admdvs",
    "recer_sys_code",
    "infver",
)
_DIAGNOSIS = (
    "diag_type",
    "diag_srt_no",
    "diag_name",
    "diag_dept",
    "dise_dor_no",
    "dise_dor_name",
    "diag_time",
)
_ROW = ("rx_circ_flag", "bilg_dept_name", "bilg_dr_name", "drord_no", "med_type", "memo")
_PERSON = (
    *("psn_cert_type", "fixmedins_code", "med_type", "begntime", "ipt_otp_no", "mdtrt_cert_no"),
    *("atddr_no", "dr_name", "dept_code", "dept_name", "caty"),
)
_ADMISSION = ("mdtrt_cert_no", "coner_name", "medrcdno", "chfpdr_name", "adm_diag_dscr", "adm_dept_name")
_REFERRAL = (
    *("insu_optins", "diag_code", "diag_name", "hosp_agre_refl_flag", "refl_type", "refl_opnn"),
    "reflin_medins_no",
)
_MATCH = ("fixmedins_code", "aprvno", "dosform", "exct_cont", "item_cont", "prcunt", "spec", "pacspec", "memo")
CARRIED = (
    *("fixmedins_name", "dev_no", "dev_safe_info", "cainfo", "signtype"),
    *(f"input/diseinfo/*/{name}" for name in _DIAGNOSIS),
    "RegisterVisit:input/diseinfo/*/diag_code",
    *(f"UploadItems:input/feedetail/**{name}" for name in _ROW),
    *(f"VerifyPerson:input/data/{name}" for name in _PERSON),
    *(f"RegisterVisit:input/mdtrtinfo/{name}" for name in _ADMISSION),
    *(f"FileMatches:input/data/**{name}" for name in _MATCH),
    *(f"WithdrawMatches:input/data/**{name}" for name in ("fixmedins_code", "list_type", "memo")),
    *(f"FileReferral:input/refmedin/{name}" for name in _REFERRAL),
    *(f"{verb}:input/data/{name}" for verb in ("Presettle", "Settle") for name in ("acct_used_flag", "mdtrt_cert_no")),
    *(f"{verb}:input/data/psn_no" for verb in ("CancelReferral", "Reverse", "QuerySettlement", "QueryStatement")),
    *(f"{verb}:input/data/mdtrt_id" for verb in ("QueryVisits", "QuerySettlement", "QueryStatement")),
    *("QueryVisits:input/data/begntime", "QueryVisits:input/data/endtime", "QueryReferral:input/data/begntime"),
    *("CancelVisit:input/data/ipt_otp_no", "QueryItems:input/data/setl_id"),
)
"""Of a diagnosis that is no longer in force its code, of a query's time what is within the day; 2201's ipt_otp_no,
5201's mdtrt_id and 5204's setl_id are heard by the answer."""
_LINE = {
    "item_no": "feedetl_sn",
    "quantity": "cnt",
    "unit_price_yuan": "pric",
    "amount_fen": "det_item_fee_sumamt",
    "refunds_item_no": "init_feedetl_sn",
}
LINES = {"input/feedetail/*": _LINE, "input/feedetail": _LINE}
"""The node holds an array of rows, or the one."""
TOTALS = {"input/data/medfee_sumamt": "charged_fen", "input/data/inscp_scp_amt": "previewed_fund_fen"}
SUMS = {
    "output/setlinfo/medfee_sumamt": ("charged",),
    "output/setlinfo/fund_pay_sumamt": ("fund",),
    "output/setlinfo/psn_part_amt": ("worker", "employer"),
    "output/setlinfo/hosp_part_amt": ("provider",),
}
