"""Which pool is in front of which database."""

from collections.abc import Callable

import pytest

from batten.check import Selection, Stack, examine

MakeStack = Callable[..., Stack]


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ("DB_HOST: db", 1),
        ("DATABASE_URL: 'postgres://u:p@db:5432/shop'", 1),
        ("DB_HOST: db2", 0),
        ("DB_HOST: replica.db.example", 0),
        ("DB_HOST: db-old", 0),
    ],
)
def test_a_pool_belongs_to_the_database_that_it_names(
    stack: MakeStack, variables: str, found: int
) -> None:
    """A name inside of another name is another database."""
    made = stack(f"""
      services:
        db: {{image: 'postgres:17'}}
        pool:
          image: edoburu/pgbouncer:v1.25.2-p0
          environment: {{DEFAULT_POOL_SIZE: "200", {variables}}}
    """)
    chosen = Selection(only=("pool-above-max-connections",))
    assert found == len(examine(made, chosen).findings)
