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
CARRIED = ("fixmedins_name", "dev_no", "dev_safe_info", "cainfo", "signtype")
LINES = {
    "input/feedetail/*": {
        "item_no": "feedetl_sn",
        "quantity": "cnt",
        "unit_price_yuan": "pric",
        "amount_fen": "det_item_fee_sumamt",
        "refunds_item_no": "init_feedetl_sn",
    }
}
TOTALS = {"input/data/medfee_sumamt": "charged_fen", "input/data/inscp_scp_amt": "previewed_fund_fen"}
SUMS = {
    "output/setlinfo/medfee_sumamt": ("charged",),
    "output/setlinfo/fund_pay_sumamt": ("fund",),
    "output/setlinfo/psn_part_amt": ("worker", "employer"),
    "output/setlinfo/hosp_part_amt": ("provider",),
}
