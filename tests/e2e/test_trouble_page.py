"""trouble page: every word of advice that the program has stands in docs/troubleshooting.md; test_trouble.py provokes them."""
import ast
import pathlib
import re

TOP = pathlib.Path(__file__).parents[2]
PAGE = TOP / "docs" / "troubleshooting.md"

LITERAL = r'"(?:[^"\\]|\\.)*"'


def texts_of(source, table):
    """All texts of a table in C: neighbours joined, macros of the same file put in."""
    code = (TOP / "src" / source).read_text()
    macros = {name: value for name, value in re.findall(rf"#define (\w+)\s+(?:\\\s+)?((?:{LITERAL}[\s\\]*)+)", code)}
    body = re.search(rf"{table}\[\] = \{{(.*?)\n\}};", code, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    for name, value in macros.items():
        body = re.sub(rf"\b{name}\b", lambda _, value=value: value, body)
    return ["".join(ast.literal_eval(part) for part in re.findall(LITERAL, run))
            for run in re.findall(rf"{LITERAL}(?:[\s\\]*{LITERAL})*", body)]


def sentences(source, table):
    return [text for text in texts_of(source, table) if " " in text and len(text) > 24]


ADVICE = [("kafka/kafka_fault.c", "kafka_fault_rules", 28), ("kafka/peers.c", "peer_states", 5), ("ots/fault.c", "faults", 14),
          ("ots/fault.c", "faults_of_unknown", 2), ("ots/fault.c", "faults_unanswered", 12)]


def page_words():
    return " ".join(PAGE.read_text().replace("`", "").split())


def test_every_advice_of_the_program_is_on_the_page():
    words = page_words()
    for source, table, least in ADVICE:
        found = sentences(source, table)
        assert len(found) >= least, (source, table, found)
        missing = [text for text in found if text not in words]
        assert not missing, f"{source}: not in docs/troubleshooting.md: {missing}"


def test_every_code_that_needs_a_person_is_on_the_page():
    words = page_words()
    codes = {text for text in texts_of("ots/fault.c", "faults") if re.fullmatch(r"OTS[A-Za-z]+", text)}
    assert len(codes) >= 20
    assert not [code for code in codes if code not in words]
