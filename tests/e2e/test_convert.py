"""convert: what comes out does what its source did: the same rows, the same configuration in effect; and the file is handled with
care."""
import json
import os
import pathlib
import re
import stat
import subprocess

import pytest
from job import BIN

TOP = pathlib.Path(__file__).parents[2]
CONNECT = TOP / "configs" / "connect"
QUICKSTART = TOP / "tests" / "manual" / "quickstart"
PARAMETERS = TOP / "tests" / "manual" / "parameters"
TIMESERIES = TOP / "tests" / "manual" / "timeseries"
GOLDEN = TOP / "tests" / "golden"
KEYS = {"TABLESTORE_ACCESS_KEY_ID": "LTAI-id", "TABLESTORE_ACCESS_KEY_SECRET": "s3cret"}
SINK = "connect-tablestore-sink-quickstart"


def sample_pairs():
    yield from ([CONNECT / "worker.properties", CONNECT / f"orders.{form}"] for form in ("properties", "json"))
    for folder in (QUICKSTART, PARAMETERS):
        for worker in ("connect-standalone.properties", "connect-distributed.properties"):
            yield from ([QUICKSTART / worker, folder / f"{SINK}.{form}"] for form in ("properties", "json"))
    yield [TIMESERIES / "connect-standalone.properties", TIMESERIES / f"{SINK}.properties"]
    yield [TIMESERIES / "connect-distributed.properties", TIMESERIES / f"{SINK}.json"]
    for path in sorted((GOLDEN / "convert").glob("*.worker")):
        yield [path.with_suffix(".worker"), path.with_suffix(".properties")]
    for path in sorted((GOLDEN / "check").iterdir()):
        if path.suffix in (".properties", ".json") and path.stem != "worker":
            good = path.with_suffix(".txt").read_text().endswith("exit 0\n")
            if good:
                yield [path] if path.stem.endswith("_alone") else [path.parent / "worker.properties", path]


PAIRS = list(sample_pairs())
assert len(PAIRS) >= 20


def run(*arguments, text=None, env=None, cwd=None):
    return subprocess.run([BIN, *map(str, arguments)], capture_output=True, input=text, text=True, timeout=60, cwd=cwd,
                          env=os.environ | KEYS | (env or {}))


def convert(files, folder, *options):
    target = pathlib.Path(folder) / "converted.yaml"
    done = run("convert", *files, "--output", target, *options)
    assert done.returncode == 0, done.stderr
    return target


def values_of(payload):
    """A payload as converters of every kind find it: bare, in an envelope, as a text."""
    yield json.dumps(payload)
    if isinstance(payload, dict):
        yield json.dumps({"schema": {"type": "map", "keys": {"type": "string"}, "values": {"type": "int64", "optional": True},
                                     "optional": True}, "payload": payload})
    yield json.dumps({"schema": {"type": "string", "optional": True}, "payload": str(payload)})


def messages_for(topic):
    records = [{}, {"value": None}, {"key": None, "value": None}, {"value": ""}, {"value": "not json"}, {"value": "{\"id\": 1"},
               {"value_base64": "/w==", "key": "{}"}, {"key_base64": "AAAAAAAAAAE=", "value": "{}"}]
    point = {"m": "host", "d": "s", "timestamp": 1645459200000, "at": "12", "region": "r", "level": 3, "t": 1.5, "the host": "h"}
    payloads = [point | {"cpu": 10, "CPU": 11, "io": 2, "ok": True}, point | {"Mem_Used": 5.5, "note": None}, point, {}, {"id": 1}, {"id": None, "product": None}, {"id": 1.5, "product": "p", "price": 2}, {"A": "a", "B": 7, "x": True},
                {"id": 9223372036854775808}, {"id": {"nested": [1]}, "price": [1, {"a": 2}]}, {"offset": 3, "topic_partition": "x"},
                {"id": 1, "product": "é\u2028", "price": -0.0, "extra": "much"}, [1], "text", 12, None, True]
    keys = [{"id": 1}, {"A": "a", "B": 7}, "k", None]
    for payload in payloads:
        for value in values_of(payload):
            for key in keys:
                records += [{"key": text, "value": value} for text in values_of(key)]
    return [{"partition": i % 5} | ({"topic": topic} if topic else {}) | record for i, record in enumerate(records)]


def topics_of(printed):
    return [name.strip("\" ") for line in re.findall(r"^  - topics: \[(.*)\]$", printed, re.M) for name in line.split(",")]


def rows_of(printed):
    """Lines; a timestamp that is the time of writing is not compared."""
    now = re.compile(r'\["timestamp","integer",\d{13}\]')
    return [now.sub("now", line) for line in printed.split("\n")[:-1]]


def name_of(files):
    return "+".join(str(file.relative_to(TOP)).replace("/", ".") for file in files)


@pytest.mark.parametrize("files", PAIRS, ids=name_of)
def test_explain_and_check_say_the_same_of_source_and_result(files, tmp_path):
    target = convert(files, tmp_path, "--with-secrets")
    source, result = run("check", *files), run("check", target)
    assert result.returncode == 0, result.stderr
    assert source.stdout == result.stdout and source.stdout
    lines = (QUICKSTART / "messages.jsonl").read_text().splitlines() if topics_of(source.stdout) == ["test"] else []
    for topic in [None, *topics_of(source.stdout)]:
        lines += [json.dumps(record) for record in messages_for(topic)]
    text = "\n".join(lines) + "\n"
    before, after = run("explain", *files, text=text), run("explain", target, text=text)
    assert before.returncode == after.returncode == 0, after.stderr
    wanted, got = rows_of(before.stdout), rows_of(after.stdout)
    assert len(wanted) == len(got) == len(lines)
    assert [pair for pair in zip(wanted, got) if pair[0] != pair[1]][:3] == []


def test_the_manuals_example_comes_out_of_the_converted_file(tmp_path):
    target = convert([QUICKSTART / "connect-standalone.properties", QUICKSTART / f"{SINK}.properties"], tmp_path)
    done = run("explain", target, text=(QUICKSTART / "messages.jsonl").read_text())
    assert done.stdout == (QUICKSTART / "rows.jsonl").read_text()


def test_the_example_on_the_page_is_what_is_printed():
    shown = re.search(r"```yaml\n(# Converted.*?)```", (TOP / "docs" / "convert.md").read_text(), re.S).group(1)
    done = run("convert", "worker.properties", "orders.properties", cwd=CONNECT)
    assert done.stdout == shown
    assert done.stderr == "note: the YAML needs these environment variables: TABLESTORE_ACCESS_KEY_ID, TABLESTORE_ACCESS_KEY_SECRET\n"


def secret_files(folder):
    """A worker and a connector with secrets of every kind in them."""
    worker, connector = folder / "worker.properties", folder / "sink.properties"
    worker.write_text((CONNECT / "worker.properties").read_text() + "consumer.sasl.mechanism=PLAIN\nconsumer.security.protocol=SASL_SSL\n"
                      "consumer.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
                      "username=\"u\" password=\"p4ss\";\nproducer.sasl.password=0ther\nmy.own.thing=h1dden\n")
    connector.write_text((CONNECT / "orders.properties").read_text().replace("${env:TABLESTORE_ACCESS_KEY_SECRET}", "t0psecret"))
    return [worker, connector]


def test_secrets_become_variables_and_are_named(tmp_path):
    files = secret_files(tmp_path)
    done = run("convert", *files)
    assert done.returncode == 0
    for secret in ("t0psecret", "p4ss", "0ther", "h1dden"):
        assert secret not in done.stdout + done.stderr
    assert "access_key_secret: ${TABLESTORE_ACCESS_KEY_SECRET}" in done.stdout
    assert "    sasl.jaas.config: ${KAFKA_SASL_JAAS_CONFIG}" in done.stdout
    assert "KAFKA_SASL_JAAS_CONFIG, TABLESTORE_ACCESS_KEY_ID, TABLESTORE_ACCESS_KEY_SECRET" in \
        ", ".join(sorted(done.stderr.strip().split(": ")[-1].split(", ")))
    target = tmp_path / "job.yaml"
    target.write_text(done.stdout)
    lacking = subprocess.run([BIN, "check", target], capture_output=True, text=True, timeout=30,
                             env={name: value for name, value in os.environ.items() if name not in KEYS})
    assert lacking.returncode == 2 and "KAFKA_SASL_JAAS_CONFIG is not set" in lacking.stderr


def test_with_secrets_the_file_is_its_owners_alone(tmp_path):
    files = secret_files(tmp_path)
    target = convert(files, tmp_path, "--with-secrets")
    text = target.read_text()
    assert "t0psecret" in text and "p4ss" in text
    assert "0ther" not in text and "h1dden" not in text
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    without = convert(files, tmp_path, "--force")
    assert stat.S_IMODE(without.stat().st_mode) == 0o666 & ~umask()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["converted.yaml", "sink.properties", "worker.properties"]


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_file_that_is_there_stays_unless_forced(tmp_path):
    files = [CONNECT / "worker.properties", CONNECT / "orders.properties"]
    target = tmp_path / "job.yaml"
    target.write_text("mine\n")
    done = run("convert", *files, "--output", target)
    assert done.returncode == 1 and "job.yaml: is there already; --force replaces it" in done.stderr
    assert target.read_text() == "mine\n"
    link = tmp_path / "link.yaml"
    link.symlink_to(target)
    assert run("convert", *files, "--output", link, "--force").returncode == 0
    assert link.is_symlink() and target.read_text().startswith("# Converted")
    assert run("convert", *files, "--output", tmp_path, "--force").returncode == 1
    assert run("convert", *files, "--output", tmp_path / "no" / "such" / "folder.yaml").returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job.yaml", "link.yaml"]


def test_mistakes_are_those_of_check_and_nothing_is_written(tmp_path):
    target = tmp_path / "job.yaml"
    for path in sorted((GOLDEN / "check").glob("connect_*.properties")):
        files = [path] if path.stem.endswith("_alone") else [GOLDEN / "check" / "worker.properties", path]
        if path.with_suffix(".txt").read_text().endswith("exit 2\n"):
            done, checked = run("convert", *files, "--output", target), run("check", *files)
            assert (done.returncode, done.stdout, done.stderr) == (2, "", checked.stderr)
            assert not target.exists()


def test_yaml_is_refused_with_what_to_do():
    done = run("convert", TOP / "configs" / "minimal.yaml")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"{TOP}/configs/minimal.yaml: is YAML already; otspipe check shows what is in effect\n"


def test_two_connectors_are_two_calls():
    done = run("convert", CONNECT / "worker.properties", CONNECT / "orders.properties", CONNECT / "orders.json")
    assert done.returncode == 2 and "a second connector" in done.stderr and done.stdout == ""
