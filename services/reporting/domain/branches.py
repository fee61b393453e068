"""The branches of the rules that decide a status: a closed vocabulary, each with the status it decides.

A rule returns a branch and nothing else decides, so a status and the reason given for it can never disagree.
`docs/status.md` has the rules in their order.
"""

from dataclasses import dataclass
from typing import Final

from services.contracts.errors import Text
from services.contracts.fields import StatusName


@dataclass(frozen=True, slots=True)
class Branch:
    """`otherwise`: the status on the other side of the number that was required, where one more or less leads there.

    `early`: it decides a closed period while inputs are missing, which makes the decision provisional.
    """

    code: str
    status: StatusName
    text: Text
    otherwise: StatusName | None = None
    early: bool = False


# ---- nothing to judge

NOT_OPEN: Final = Branch("period_not_open", "not_due", Text("Kỳ báo cáo chưa bắt đầu.", "The period has not begun."))
NOTHING_OWED: Final = Branch(
    "nothing_owed",
    "not_due",
    Text("Chưa có báo cáo nào đến kỳ và chưa nhận được gì.", "Nothing is owed yet, and nothing has been received."),
)
NOTHING_DECIDED: Final = Branch(
    "nothing_decided",
    "not_due",
    Text("Chưa báo cáo nào đến hạn hoặc đã nộp.", "No report has fallen due or come in yet."),
)
DENOMINATOR_ZERO: Final = Branch(
    "denominator_zero",
    "not_due",
    Text("Mẫu số bằng 0: không có gì để tính.", "The denominator is 0: nothing to judge."),
)
NO_TIPS: Final = Branch(
    "no_tips", "not_due", Text("Kỳ này không có tin tố giác nào để tính.", "No tip belongs to the period.")
)
COUNTED: Final = Branch(
    "counted",
    "not_due",
    Text("Chỉ đếm và cho biết, không có mức phải đạt.", "It is counted and shown; there is no target to judge it by."),
)
TOO_SMALL_TO_SHOW: Final = Branch(
    "too_small_to_show",
    "not_due",
    Text(
        "Không công bố số liệu từ đó suy ra được số tin của riêng một xã, phường, để bảo vệ người báo tin.",
        "Nothing is told from which the tips of a single ward can be made out, for the safety of those who tell.",
    ),
)

# ---- something is missing

DENOMINATOR_UNKNOWN: Final = Branch(
    "denominator_unknown",
    "no_data",
    Text("Có đơn vị chưa có mẫu số; không có số liệu không phải là 0.", "A unit has no denominator; missing is not 0."),
)
MISSING: Final = Branch(
    "input_missing",
    "no_data",
    Text("Thiếu số liệu, chưa quá hạn; chưa thể kết luận.", "An input is missing and not yet overdue."),
)
OVERDUE: Final = Branch(
    "input_overdue",
    "overdue",
    Text("Thiếu số liệu và đã quá hạn nộp.", "An input is missing and its due instant has passed."),
)
UNDECIDED: Final = Branch(
    "undecided",
    "no_data",
    Text(
        "Kỳ đã khép nhưng phần chưa ngã ngũ còn có thể quyết định kết quả.",
        "The period is closed, but what is undecided can still tip the result.",
    ),
)

# ---- the period is open

EVEN_BEST_FAILS_OPEN: Final = Branch(
    "even_best_fails_open",
    "lost",
    Text(
        "Dù phần còn lại tốt nhất cũng không đạt được nữa.",
        "Even if all that is still to come turns out best, the target fails.",
    ),
)
TARGET_REACHED: Final = Branch(
    "target_reached",
    "on_track",
    Text("Đã đạt mức của cả kỳ trước khi kỳ khép.", "The whole target is reached before the period closes."),
)
ON_PACE: Final = Branch(
    "on_pace",
    "on_track",
    Text("Số đã có theo kịp phần mức phải đạt đến nay.", "What is known keeps up with the share of the target so far."),
    otherwise="at_risk",
)
BEHIND_PACE: Final = Branch(
    "behind_pace",
    "at_risk",
    Text(
        "Số đã có chưa theo kịp phần mức phải đạt đến nay.", "What is known is behind the share of the target so far."
    ),
    otherwise="on_track",
)
WITHIN_LIMIT: Final = Branch(
    "within_limit",
    "on_track",
    Text("Đến nay chưa vượt mức tối đa.", "What is known is still within the limit."),
    otherwise="lost",
)
PASSES_SO_FAR: Final = Branch(
    "passes_so_far",
    "on_track",
    Text("Số hiện có đạt mức yêu cầu.", "The value as it stands passes."),
    otherwise="at_risk",
)
FAILS_SO_FAR: Final = Branch(
    "fails_so_far",
    "at_risk",
    Text("Số hiện có chưa đạt mức yêu cầu.", "The value as it stands does not pass."),
    otherwise="on_track",
)
BEST_PASSES: Final = Branch(
    "best_passes", "on_track", Text("Nếu phần còn lại tốt thì vẫn đạt.", "At its best the target is reached.")
)
BEST_FAILS: Final = Branch(
    "best_fails", "at_risk", Text("Dù phần còn lại tốt cũng chưa đạt.", "At its best the target is not reached.")
)
ONE_LATE: Final = Branch(
    "one_late",
    "lost",
    Text("Đã có tin quá hạn mà mức yêu cầu là tất cả.", "A tip is late already and the target is all of them."),
)

# ---- the period is closed

PASSES: Final = Branch(
    "passes",
    "met",
    Text("Kỳ đã khép, số liệu quyết định: đạt.", "The period is closed and the value passes."),
    otherwise="not_met",
)
FAILS: Final = Branch(
    "fails",
    "not_met",
    Text("Kỳ đã khép, số liệu quyết định: chưa đạt.", "The period is closed and the value does not pass."),
    otherwise="met",
)
EVEN_WORST_PASSES: Final = Branch(
    "even_worst_passes",
    "met",
    Text(
        "Kỳ đã khép; phần còn thiếu dù xấu nhất vẫn đạt (tạm tính).",
        "The period is closed; even if all that is missing turns out worst, it passes (provisional).",
    ),
    early=True,
)
EVEN_BEST_FAILS: Final = Branch(
    "even_best_fails",
    "not_met",
    Text(
        "Kỳ đã khép; phần còn thiếu dù tốt nhất vẫn không đạt (tạm tính).",
        "The period is closed; even if all that is missing turns out best, it fails (provisional).",
    ),
    early=True,
)
WORST_PASSES: Final = Branch(
    "worst_passes",
    "met",
    Text("Kỳ đã khép; phần chưa ngã ngũ dù xấu nhất vẫn đạt.", "The period is closed; even the worst outcome passes."),
)
WORST_FAILS: Final = Branch(
    "worst_fails",
    "not_met",
    Text(
        "Kỳ đã khép; không còn gì để chờ, hoặc dù tốt nhất vẫn không đạt.",
        "The period is closed; nothing is undecided, or even the best outcome fails.",
    ),
)

BRANCHES: Final = {found.code: found for found in tuple(globals().values()) if isinstance(found, Branch)}
