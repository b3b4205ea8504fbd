"""page: docs/troubleshooting.md as tests use it: what is asserted must stand there, word for word."""
import pathlib
import re

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "troubleshooting.md"


def messages():
    """What stands between backticks in the first column."""
    rows = [line.split("|")[1] for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {message for row in rows for message in re.findall(r"`([^`]+)`", row)}


def pattern(message):
    """<...> stands for anything within a line."""
    return "".join(".+?" if part.startswith("<") else re.escape(part) for part in re.split(r"(<[a-z]+>)", message))


def said(text, message):
    """The message of the page is in the text; a message that the page does not have is an error of the test."""
    assert message in messages(), f"not in docs/troubleshooting.md: {message}"
    return re.search(pattern(message), text) is not None
