"""How a value is made and where an input stands, in the words of an explanation. Vietnamese first."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import Text
from services.contracts.explanations import InputState
from services.contracts.programme.indicators import IndicatorKind

FORMULAS: Final[Mapping[IndicatorKind, Text]] = {
    "flow": Text(
        "Tổng số đã nhận của mọi đơn vị báo cáo và mọi kỳ cơ sở trong kỳ.",
        "The sum of everything received, over all reporting units and base periods.",
    ),
    "stock": Text(
        "Tổng số hiện có theo báo cáo hiện hành của từng đơn vị báo cáo.",
        "The sum of the numbers in the current report of every reporting unit.",
    ),
    "flag": Text(
        "Số đơn vị báo cáo trả lời có / số đơn vị báo cáo.", "Reporting units that say yes / reporting units."
    ),
    "ratio": Text(
        "Tổng tử số / tổng mẫu số theo báo cáo hiện hành, không phải trung bình các tỷ lệ.",
        "Sum of numerators / sum of denominators of the current reports, never an average of ratios.",
    ),
    "coverage": Text(
        "Số người ký không trùng lặp tính đến ngày xét / tổng mẫu số mới nhất của các đơn vị báo cáo.",
        "Distinct signers up to the day / the sum of the newest denominators of the reporting units.",
    ),
    "signers": Text(
        "Số người ký không trùng lặp tính đến ngày xét; chưa có mẫu số nên không tính tỷ lệ.",
        "Distinct signers up to the day; no share of them, for there is no denominator.",
    ),
    "tips_received": Text(
        "Số tin đã tiếp nhận trong kỳ, theo kênh; kênh có dưới 5 tin không nêu số.",
        "Tips received in the period, by channel; fewer than five by one channel are not told.",
    ),
    "tips_resolved": Text(
        "Số tin được giải quyết trong thời hạn luật định / số tin đến hạn trong kỳ.",
        "Tips closed by the day the law sets / tips due in the period.",
    ),
    "tips_in_time": Text(
        "Số tin được chuyển trong thời hạn / số tin đã tiếp nhận trong kỳ.",
        "Tips handed over within the days allowed / tips received in the period.",
    ),
    "reports_on_time": Text(
        "Số báo cáo nộp lần đầu trước hạn / số báo cáo đã ngã ngũ.",
        "Reports first accepted before they were due / reports in time, late or overdue.",
    ),
}
INPUT_STATES: Final[Mapping[InputState, Text]] = {
    "counts": Text("Đã nhận và được tính.", "Received, and counts."),
    "in_time": Text("Đã nộp đúng hạn.", "Filed in time."),
    "late": Text("Đã nộp nhưng quá hạn.", "Filed, but late."),
    "awaited": Text("Chưa nhận; chưa đến hạn.", "Not received; not yet due."),
    "missing": Text(
        "Còn thiếu; kỳ cơ sở đã khép, chưa quá hạn.", "Missing; its base period is closed, it is not overdue."
    ),
    "overdue": Text("Còn thiếu và đã quá hạn.", "Missing and overdue."),
    "returned": Text("Đã bị trả lại nên coi như còn thiếu.", "Was returned, so it is missing."),
    "no_value": Text(
        "Báo cáo không có số này nên coi như còn thiếu.", "The report says nothing of it, so it is missing."
    ),
    "not_current": Text(
        "Không phải báo cáo hiện hành nên không được tính.", "Not the current report, so it does not count."
    ),
    "not_standing": Text(
        "Đơn vị không tồn tại vào ngày xét nên không được tính.",
        "The unit does not stand on that day: it does not count.",
    ),
    "withheld": Text(
        "Được tính nhưng không công bố: quá ít người.", "Counts, and is not told: it is a share of too few people."
    ),
    "no_denominator": Text("Chưa có mẫu số.", "Has no denominator."),
}
FLAG_REASONS: Final[Mapping[str, Text]] = {
    "target": Text("Mức phải đạt được đánh dấu tạm tính.", "The target is marked provisional."),
    "denominator": Text("Có mẫu số được đánh dấu tạm tính.", "A denominator is marked provisional."),
    "early": Text(
        "Kỳ đã khép được kết luận khi còn thiếu số liệu.", "A closed period was decided while inputs are missing."
    ),
    "left_published": Text(
        "Khác với số liệu đã công bố của kỳ này.", "It is no longer what was published of this period."
    ),
    "late_report": Text(
        "Kỳ đã khép tính cả báo cáo nộp khi đã quá hạn.", "The closed period counts a report accepted after it was due."
    ),
    "above_denominator": Text("Số người ký lớn hơn mẫu số.", "There are more signers than the denominator."),
    "too_few": Text(
        "Không công bố vì là số của quá ít người, hoặc từ đó suy ra được số của một đơn vị như vậy.",
        "Not told: it is of too few people, or would give away the number of a unit of which it is.",
    ),
    "divided": Text(
        "Bản đồ đơn vị thay đổi trong kỳ, hoặc đơn vị bắt đầu hay kết thúc trong kỳ.",
        "The map of units changes inside the period, or the unit began or ended in it.",
    ),
    "dead_letter": Text(
        "Có tin lỗi chưa được gửi lại hoặc loại bỏ.", "A dead letter is neither redriven nor discarded."
    ),
}


def short_by(n: int, then: Text) -> Text:
    return Text(f"Còn cách mức phải đạt {n}; khi đủ: {then.vi}.", f"{n} away from what is required; then: {then.en}.")


def to_spare(n: int, then: Text) -> Text:
    return Text(f"Còn dư {n} so với mức phải đạt; quá số đó: {then.vi}.", f"{n} to spare; beyond that: {then.en}.")


def missing(n: int, overdue: int) -> Text:
    return Text(
        f"Còn chờ {n} số liệu, trong đó {overdue} quá hạn.", f"{n} inputs are still to come, {overdue} of them overdue."
    )


def by_itself(at: str, status: Text) -> Text:
    return Text(f"Nếu không có tin mới: {status.vi} từ {at}.", f"If nothing more is said: {status.en} from {at}.")


def begins(at: str) -> Text:
    return Text(f"Kỳ bắt đầu lúc {at}.", f"The period begins at {at}.")


UNMOVED: Final = Text("Không có gì thay đổi nếu không có tin mới.", "Nothing changes unless something is said.")
