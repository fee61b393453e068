"""What was decided on periods is found without a look at all that was published (ADR 31).

An index that no fold depends on: every generation that there is gets it, none is another one for it.
"""

from alembic import op
from sqlalchemy import text

from services.reporting.store import generations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    connection = op.get_bind()
    for number in generations.numbers(connection):
        connection.execute(
            text(f"""
                create index if not exists remark_decided
                on {generations.schema_name(number)}.remark (programme, (data ->> 'period'))
                where type <> 'vn.binhyen.period.published' or data ->> 'digest' is not null
            """)
        )
