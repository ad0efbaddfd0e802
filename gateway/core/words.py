"""Chinese words of the closed sets, for titles and cures."""

LEVEL_ZH = {"tertiary": "三级", "secondary": "二级", "primary": "一级", "ungraded": "无等级"}
SEX_ZH = {"male": "男", "female": "女"}
VISIT_KIND_ZH = {"outpatient": "门诊", "inpatient": "住院", "rehabilitation": "工伤康复", "device": "辅助器具配置"}
PROVIDER_KIND_ZH = {
    "hospital": "医院",
    "rehabilitation_centre": "工伤康复机构",
    "device_supplier": "辅助器具配置机构",
}
AUTHORIZATION_KIND_ZH = {
    "treatment": "工伤认定",
    "referral": "转诊转院",
    "out_of_area": "异地就医",
    "relapse": "旧伤复发",
    "rehabilitation": "康复确认",
    "device": "辅助器具配置确认",
}
BEARER_ZH = {"worker": "工伤职工", "employer": "用人单位", "provider": "协议机构"}
