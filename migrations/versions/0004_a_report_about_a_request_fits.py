"""A report about a request fits: its kind, support_request, has fifteen letters

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.alter_column('kind', existing_type=sa.String(length=14), type_=sa.String(length=20), existing_nullable=False)


def downgrade() -> None:
    op.execute(sa.text("delete from flag where kind = 'support_request'"))
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.alter_column('kind', existing_type=sa.String(length=20), type_=sa.String(length=14), existing_nullable=False)
