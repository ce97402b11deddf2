"""The change log has a key: an index made from another database is not read

Revision ID: 0003
Revises: 0002
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('change_counter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('key', sa.String(length=32), nullable=False, server_default=''))
    op.execute(sa.text("update change_counter set key = :key").bindparams(key=uuid.uuid4().hex))
    with op.batch_alter_table('change_counter', schema=None) as batch_op:
        batch_op.alter_column('key', existing_type=sa.String(length=32), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('change_counter', schema=None) as batch_op:
        batch_op.drop_column('key')
