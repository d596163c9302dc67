"""What the generator accepts can be imported: entity modules with a mistake in them, at random."""

import pytest
from linked_project import link_sources
from source_mutations import (
    MUTATIONS,
    Mutation,
    forget_import,
    import_text,
    misspell_import,
    mutated,
)
from valid_sources import QUIZ, SHOP

SOURCES = {"shop": SHOP, "quiz": QUIZ}
SEEDS = range(8)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_sources_are_right(source: str) -> None:
    import_text(source)
    assert link_sources(source).app.entities


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_what_is_accepted_can_be_imported(mutation: Mutation, source: str) -> None:
    broken = 0
    for seed in SEEDS:
        text = mutated(source, mutation, seed)
        if text is None:
            continue
        linked = link_sources(text)
        if any(each.severity == "error" for each in linked.diagnostics):
            broken += 1
            continue
        import_text(text)
    # Some of them leave the source as good as it was; of these most are mistakes.
    assert broken >= (len(SEEDS) / 2 if mutation in (forget_import, misspell_import) else 1)
