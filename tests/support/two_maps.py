"""A small programme over 1/7/2025: a town of three wards until then, two wards under the province from then on.

Two wards and a commune that took no part become one ward, which has the code of the first; the third is renamed.
"""

from datetime import date
from functools import cache

from services.contracts.programme import Programme, parse

PROVINCE, TOWN = "42@2018-01-01", "437@2018-01-01"
W1, W2, W3, OUTSIDE = (f"{code}@2018-01-01" for code in ("18115", "18121", "18118", "18400"))
N1, N2 = "18115@2025-07-01", "18118@2025-07-01"
OLD_WARDS, NEW_WARDS = (W1, W2, W3), (N1, N2)
LAST_OLD_DAY, FIRST_NEW_DAY = date(2025, 6, 30), date(2025, 7, 1)
HOLIDAYS = ("2025-01-01", "2025-05-01", "2025-09-02")

_PROGRAMME = """
id: two-maps
name: {vi: Hai bản đồ, en: Two maps}
calendar: nd09
first_year: 2025
last_year: 2025
root: 42@2018-01-01
decisions: [{number: 1/QĐ, name: {vi: Quyết định, en: Decision}, provisional: false}]
pledge_texts: [{version: "2024.1", text: {vi: Cam kết, en: We pledge}}]
tips: {handover_days: 2, provisional: false, source: QĐ}
"""
_UNITS = """code,valid_from,valid_to,kind,name,parent_code,note
42,2018-01-01,,province,Tỉnh Hà Tĩnh,,
437,2018-01-01,2025-06-30,town,Thị xã Hồng Lĩnh,42,
18115,2018-01-01,2025-06-30,ward,Phường Bắc Hồng,437,
18121,2018-01-01,2025-06-30,ward,Phường Trung Lương,437,
18118,2018-01-01,2025-06-30,ward,Phường Nam Hồng,437,
18400,2018-01-01,2025-06-30,commune,Xã Xuân Lam,,không tham gia
18115,2025-07-01,,ward,Phường Bắc Hồng Lĩnh,42,
18118,2025-07-01,,ward,Phường Nam Hồng Lĩnh,42,
"""
_SUCCESSION = """old_unit,new_unit,on,extent,decision
18115@2018-01-01,18115@2025-07-01,2025-07-01,whole,1/QĐ
18121@2018-01-01,18115@2025-07-01,2025-07-01,whole,1/QĐ
18400@2018-01-01,18115@2025-07-01,2025-07-01,whole,1/QĐ
18118@2018-01-01,18118@2025-07-01,2025-07-01,whole,1/QĐ
"""
_AGENCIES = """id,name_vi,name_en,kind,unit
ca-42,Công an tỉnh,Police,police,42@2018-01-01
ca-437,Công an thị xã,Police,police,437@2018-01-01
ca-18115,Công an,Police,police,18115@2018-01-01
ca-18121,Công an,Police,police,18121@2018-01-01
ca-18118,Công an,Police,police,18118@2018-01-01
ca-18115-moi,Công an,Police,police,18115@2025-07-01
ca-18118-moi,Công an,Police,police,18118@2025-07-01
"""
_DENOMINATORS = """unit,kind,as_of,value,provisional,source
18115@2018-01-01,household,2024-12-15,10,false,x
18121@2018-01-01,household,2024-12-15,10,false,x
18118@2018-01-01,household,2024-12-15,10,false,x
18115@2025-07-01,household,2025-07-01,30,false,x
18118@2025-07-01,household,2025-07-01,10,false,x
"""
_FORMS = """
forms:
  - code: BC-THANG
    name: {vi: Báo cáo tháng, en: Monthly report}
    owner_kind: police
    frequency: month
    due: {working_days: 2, at: "17:00", provisional: false, source: QĐ}
    measures:
      - {code: sessions, name: {vi: Buổi, en: Sessions}, type: flow, unit: {vi: buổi, en: sessions}}
      - {code: hotspots, name: {vi: Tụ điểm, en: Hotspots}, type: stock, unit: {vi: điểm, en: points}}
      - {code: plan, name: {vi: Kế hoạch, en: Plan}, type: flag, unit: {vi: có/không, en: yes/no}}
"""


def _indicator(code: str, kind: str, fed_by: str, target: str) -> str:
    return f"""
  - code: {code}
    name: {{vi: Chỉ tiêu, en: Indicator}}
    definition: {{vi: Định nghĩa, en: Definition}}
    kind: {kind}
    {fed_by}
    frequency: month
    owner_kind: police
    target: {{{target}, decision: 1/QĐ, provisional: false, source: QĐ}}"""


_INDICATORS = "indicators:" + "".join(
    [
        _indicator(
            "CT11", "flow", "form: BC-THANG\n    measure: sessions", "op: at_least, num: 1, den: 1, per: unit_month"
        ),
        _indicator("CT14", "flow", "form: BC-THANG\n    measure: sessions", "op: at_most, num: 12, den: 1"),
        _indicator("CT13", "stock", "form: BC-THANG\n    measure: hotspots", "op: at_most, num: 0, den: 1"),
        _indicator("CT02", "flag", "form: BC-THANG\n    measure: plan", "op: at_least, num: 1, den: 1"),
        _indicator("CT05", "coverage", "signer_kind: household", "op: at_least, num: 1, den: 2"),
        _indicator("CT28", "tips_in_time", "trajectory: step", "op: at_least, num: 1, den: 1"),
        _indicator("CT30", "reports_on_time", "trajectory: step", "op: at_least, num: 1, den: 1"),
    ]
)


@cache
def two_maps_files() -> dict[str, bytes]:
    days_off = "".join(f"{day},holiday,Nghỉ,QĐ\n" for day in ("2024-12-25", *HOLIDAYS))
    texts = {
        "programme.yaml": _PROGRAMME,
        "units.csv": _UNITS,
        "succession.csv": _SUCCESSION,
        "groups.csv": "unit,group,name,provisional,source\n",
        "denominators.csv": _DENOMINATORS,
        "organisations.csv": "unit,id,name,kind\n",
        "agencies.csv": _AGENCIES,
        "holidays.csv": "day,kind,name,decision\n" + days_off,
        "forms.yaml": _FORMS,
        "indicators.yaml": _INDICATORS + "\n",
    }
    return {name: text.encode() for name, text in texts.items()}


@cache
def two_maps() -> Programme:
    parsed = parse(two_maps_files())
    return parsed.activated(parsed.id, 1, sandbox=False)
