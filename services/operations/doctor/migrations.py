"""Migrations: the database's tables are those of this code, and so is the generation that is served."""

from collections.abc import Iterator
from typing import Final

from services.contracts.errors import Text
from services.kit.migrations import Migrated
from services.operations.doctor.findings import Finding
from services.reporting.store.checkup import Served
from services.reporting.store.schema import PROJECTION_VERSION

_MIGRATE: Final = Text(
    "Sao lưu rồi chạy: python -m services.operations migrate",
    "Back up, then run: python -m services.operations migrate",
)
_NEWER: Final = Text(
    "Dùng bản mới của chương trình máy tính, hoặc khôi phục bản sao lưu trước khi nâng cấp.",
    "Use the newer release, or restore the backup of before the upgrade.",
)
_REBUILD: Final = Text(
    "Chạy lại bản chương trình máy tính đã tạo nó, hoặc dựng lại từ nhật ký: docs/runbook.md, mục Rebuild.",
    "Run the release that made it again, or rebuild from the log: docs/runbook.md, Rebuild.",
)


def of_tables(found: Migrated) -> Iterator[Finding]:
    if found.revision is None:
        what = Text("Cơ sở dữ liệu chưa có bảng nào", "The database has no tables yet")
        yield Finding("fault", what, _MIGRATE)
    elif not found.known:
        what = Text(
            f"Cơ sở dữ liệu ở bản {found.revision}, mới hơn chương trình này ({found.head})",
            f"The database stands at {found.revision}, which is newer than this code ({found.head})",
        )
        yield Finding("fault", what, _NEWER)
    elif found.revision != found.head:
        what = Text(
            f"Cơ sở dữ liệu ở bản {found.revision}, phải là {found.head}",
            f"The database stands at {found.revision}, and must stand at {found.head}",
        )
        yield Finding("fault", what, _MIGRATE)


def of_generation(served: Served | None) -> Iterator[Finding]:
    if served is None:
        what = Text("Chưa có thế hệ nào được phục vụ", "No generation is served")
        yield Finding("fault", what, _REBUILD)
    elif served.projection_version != PROJECTION_VERSION:
        name, version = f"g{served.number}", served.projection_version
        what = Text(
            f"Thế hệ {name} theo phép chiếu {version}, chương trình này dùng {PROJECTION_VERSION}",
            f"Generation {name} is of projection {version}, and this code is of {PROJECTION_VERSION}",
        )
        yield Finding("fault", what, _REBUILD)
