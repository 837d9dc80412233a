"""What `sayso check` says of a survey file's Easy Read."""

from collections.abc import Iterator

from consultation.surveys.lint import lint


def easy_read_in_words(body: str, *, hints: bool) -> Iterator[str]:
    """What is to be mended, a line each; what may be easier is counted, or listed where `hints` are asked for."""
    found = lint(body)
    sure = [each for each in found if each.sure]
    perhaps = [each for each in found if not each.sure]
    yield f"Easy Read: {len(sure) or 'nothing'} to mend{':' if sure else '.'}"
    yield from (f"  {each}" for each in sure)
    if perhaps and not hints:
        yield f"  {len(perhaps)} more may be easier: --hints lists them."
    yield from (f"  perhaps: {each}" for each in perhaps if hints)
