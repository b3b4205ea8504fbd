"""explain: `otspipe explain` as a function: configuration files and records in, one object a record out."""
import json
import os
import pathlib
import subprocess

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")
JSON_CONVERTER = "org.apache.kafka.connect.json.JsonConverter"
STRING_CONVERTER = "org.apache.kafka.connect.storage.StringConverter"

WORKER = f"""\
bootstrap.servers=127.0.0.1:1
key.converter={JSON_CONVERTER}
value.converter={JSON_CONVERTER}
"""


def escaped(text):
    """As java.util.Properties reads it back: ISO-8859-1, everything else by its number, a surrogate pair beyond 16 bits."""
    units = text.encode("utf-16-be")
    numbers = [int.from_bytes(units[at:at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(unit) if 0x20 <= unit < 0x7f and chr(unit) not in "\\" else f"\\u{unit:04x}" for unit in numbers)


def connect_files(folder, settings):
    """A worker and a connector as the manual has them (1.1.4); `settings` goes over what every connector needs."""
    folder = pathlib.Path(folder)
    (folder / "worker.properties").write_text(WORKER)
    whole = {"name": "judge", "connector.class": "TableStoreSinkConnector", "tasks.max": "1", "topics": "t",
             "tablestore.endpoint": "http://127.0.0.1:1", "tablestore.instance.name": "i", "tablestore.access.key.id": "a",
             "tablestore.access.key.secret": "b"} | settings
    (folder / "connector.properties").write_text("".join(f"{key}={escaped(value)}\n" for key, value in whole.items()))
    return [folder / "worker.properties", folder / "connector.properties"]


def yaml_file(folder, tables, topics=("t",)):
    """`tables` is what a YAML configuration says about its tables, as an object: JSON is YAML."""
    path = pathlib.Path(folder) / "job.yaml"
    whole = {"name": "judge", "kafka": {"brokers": ["127.0.0.1:1"], "topics": list(topics)},
             "tablestore": {"endpoint": "http://127.0.0.1:1", "instance": "i", "access_key_id": "a", "access_key_secret": "b"}}
    path.write_text("\n".join(f"{key}: {json.dumps(part)}" for key, part in (whole | tables).items()) + "\n")
    return [path]


def explain_lines(files, lines):
    """Lines of JSON in, as many lines out."""
    done = subprocess.run([BIN, "explain", *map(str, files)], input="".join(line + "\n" for line in lines), capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    out = done.stdout.split("\n")[:-1]
    assert len(out) == len(lines), f"{len(lines)} records in, {len(out)} lines out\n{done.stderr}"
    return out


def explain(files, records):
    return [json.loads(line) for line in explain_lines(files, [json.dumps(record) for record in records])]
