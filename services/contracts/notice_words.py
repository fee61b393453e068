"""What notices say, and what the ledger says of them. Templates in pairs; each names the only values it may hold.

A template is never changed once a release has sent it: its successor has the next number, and messages on their way
keep theirs. The templates about tips can hold a unit and a day, and nothing else is ever handed to them.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Final, NamedTuple

from services.contracts.errors import Text
from services.contracts.programme.notices import NoticeKind


class Template(NamedTuple):
    """`line`: what is said of one cause. `title`: the subject of a message about it alone."""

    title: Text
    line: Text
    variables: frozenset[str]


def _template(variables: str, title: Text, line: Text) -> Template:
    return Template(title, line, frozenset(variables.split()))


_TIP: Final = "unit due_on"
TEMPLATES: Final[Mapping[tuple[NoticeKind, int], Template]] = {
    ("report_due_soon", 1): _template(
        "unit form period due",
        Text("Sắp đến hạn: {form} kỳ {period}", "Soon due: {form}, {period}"),
        Text("{unit}: {form}, kỳ {period}, hạn {due}.", "{unit}: {form}, {period}, due {due}."),
    ),
    ("report_due", 1): _template(
        "unit form period due",
        Text("Đến hạn hôm nay: {form} kỳ {period}", "Due today: {form}, {period}"),
        Text("{unit}: {form}, kỳ {period}, hạn {due}.", "{unit}: {form}, {period}, due {due}."),
    ),
    ("report_overdue", 1): _template(
        "unit form period due",
        Text("Quá hạn báo cáo: {unit}, kỳ {period}", "Report overdue: {unit}, {period}"),
        Text(
            "{unit} chưa nộp {form}, kỳ {period}; hạn là {due}.",
            "{unit} has not filed {form} for {period}; it was due {due}.",
        ),
    ),
    ("report_returned", 1): _template(
        "unit form period due",
        Text("Báo cáo bị trả lại: {unit}, kỳ {period}", "Report returned: {unit}, {period}"),
        Text(
            "{form} của {unit}, kỳ {period}, bị trả lại để sửa.",
            "{form} of {unit} for {period} was sent back to be corrected.",
        ),
    ),
    ("status_worsened", 1): _template(
        "unit indicator period status value",
        Text("{indicator} xấu đi: {unit}", "{indicator} has become worse: {unit}"),
        Text(
            "{unit}: {indicator}, kỳ {period}, nay là: {status} ({value}).",
            "{unit}: {indicator}, {period}, is now: {status} ({value}).",
        ),
    ),
    ("zero_breached", 1): _template(
        "unit indicator period status value",
        Text("Lần đầu khác 0: {indicator}, {unit}", "No longer zero: {indicator}, {unit}"),
        Text(
            "{unit}: {indicator}, kỳ {period}, có {value}; chỉ tiêu là 0.",
            "{unit}: {indicator}, {period}, counts {value}; the target is 0.",
        ),
    ),
    ("status_relapsed", 1): _template(
        "unit indicator period status value",
        Text("Tái diễn: {indicator}, {unit}", "Relapse: {indicator}, {unit}"),
        Text(
            "{unit}: {indicator} đã đạt nay lại không giữ được, kỳ {period} ({value}).",
            "{unit}: {indicator} had been reached and is not kept in {period} ({value}).",
        ),
    ),
    ("coverage_reached", 1): _template(
        "unit indicator period value step",
        Text("Đạt mốc {step} %: {indicator}, {unit}", "{step} % reached: {indicator}, {unit}"),
        Text("{unit}: {indicator} đạt mốc {step} % ({value}).", "{unit}: {indicator} has reached {step} % ({value})."),
    ),
    ("coverage_lost", 1): _template(
        "unit indicator period value step",
        Text("Tụt dưới mốc {step} %: {indicator}, {unit}", "Below {step} % again: {indicator}, {unit}"),
        Text(
            "{unit}: {indicator} tụt dưới mốc {step} % ({value}).",
            "{unit}: {indicator} has fallen below {step} % ({value}).",
        ),
    ),
    ("dead_letter", 1): _template(
        "topic reason",
        Text("Tin hỏng chờ xử lý ở {topic}", "A dead letter waits on {topic}"),
        Text(
            "Một tin của {topic} bị loại ({reason}) và chờ gửi lại hoặc bỏ.",
            "A record of {topic} was refused ({reason}) and waits to be redriven or discarded.",
        ),
    ),
    ("tip_unacknowledged", 1): _template(
        _TIP,
        Text("Có tin tố giác chờ tiếp nhận", "A tip waits to be acknowledged"),
        Text(
            "{unit}: có tin tố giác chưa được tiếp nhận. Mở hộp tin để đọc; hạn theo luật là ngày {due_on}.",
            "{unit}: a tip has not been acknowledged. Open the inbox to read it; its legal date is {due_on}.",
        ),
    ),
    ("tip_due_soon", 1): _template(
        _TIP,
        Text("Tin tố giác sắp hết hạn giải quyết", "A tip's legal date is near"),
        Text(
            "{unit}: một tin tố giác phải giải quyết xong trước hết ngày {due_on}.",
            "{unit}: a tip must be decided by the end of {due_on}.",
        ),
    ),
}
CURRENT_TEMPLATE: Final = 1
MANY: Final = Text("{count} thông báo: {first}", "{count} notices: {first}")
"""The subject of a message that holds several."""
ANSWER: Final = Text(
    "Mở liên kết rồi bấm “Đã nhận, tôi xử lý”. Nếu không ai xác nhận trong hạn, thông báo được chuyển lên cấp trên.",
    "Open the link and press “Taken up”. If nobody does so in time, the level above is told.",
)
FOOTER: Final = Text(
    "Thông báo tự động của chương trình {programme}, gửi cho vai trò {role}, {unit}. Không trả lời thư này.",
    "Sent by the programme {programme} to the role {role}, {unit}. Do not answer this message.",
)
VERDICT_WORDS: Final[Mapping[str, Text]] = {
    "sent": Text("đã gửi", "sent"),
    "grouped": Text("gộp chung", "grouped"),
    "silenced": Text("được tạm tắt", "silenced"),
    "inhibited": Text("không cần gửi", "inhibited"),
    "quiet": Text("chờ giờ làm việc", "quiet"),
    "duplicate": Text("trùng", "duplicate"),
    "throttled": Text("vượt số thư trong ngày", "throttled"),
    "failed": Text("không gửi được", "failed"),
}
RULE_WORDS: Final[Mapping[str, Text]] = {
    "accepted": Text("kênh đã nhận", "the channel took it"),
    "digest": Text("gộp với thông báo cùng giờ hoặc cùng ngày", "it waits for the others of its hour or day"),
    "silence": Text("có người đã tạm tắt, nêu lý do và hạn", "somebody silenced it, with a reason and an end"),
    "hours": Text("ngoài giờ làm việc", "outside working hours"),
    "day_off": Text("ngày nghỉ", "no working day"),
    "same_state": Text("tình trạng này vừa được báo", "this state was told a short while ago"),
    "daily_limit": Text("người nhận đã đủ thư trong ngày", "this person had enough messages today"),
    "no_route": Text("chương trình không quy định báo cho ai", "the programme names nobody for it"),
    "sandbox": Text("chương trình thử nghiệm không gửi cho ai", "a programme for trying out tells nobody"),
    "stale": Text("chuyện đã quá cũ", "it happened too long ago"),
    "longer_period": Text("kỳ ngắn hơn đã nói", "the shorter period says it"),
    "over": Text("việc đã xong trước khi gửi", "it was put right before it was sent"),
    "answered": Text("đã có người nhận xử lý", "somebody had taken it up"),
    "already_told": Text("bậc trước đã báo chính người này", "a rung before addressed the same people"),
    "no_unit": Text("cấp này không có đơn vị nào vào ngày đó", "no unit of that level stands on the day"),
    "no_address": Text("vai trò này chưa đăng ký địa chỉ", "no address is registered for the role"),
    "refused": Text("mọi địa chỉ đều từ chối", "every address refused it"),
    "budget": Text("đã thử hết thời gian cho phép", "it was tried until its time was up"),
}


def names_in(text: str) -> frozenset[str]:
    """The values that a template asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
