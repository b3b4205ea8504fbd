"""increment: tables whose key column the service numbers."""
import json
from collections import Counter
from types import SimpleNamespace

import pytest
from cutting_proxy import CuttingProxy
from job import Job, config_text

RECORDS = 3000
KEYS = (("k", "string"), ("n", "auto_increment"))


@pytest.fixture
def proxy(emulator):
    """Of every third write the answer never comes."""
    made = CuttingProxy(emulator.address, "BulkImport", lambda number: number % 3 == 1)
    yield made
    made.stop()


def service_behind(proxy, emulator):
    return SimpleNamespace(endpoint=proxy.endpoint, instance=emulator.instance, access_key_id=emulator.access_key_id,
                           access_key_secret=emulator.access_key_secret)


def test_after_a_cut_there_is_one_application_for_each_send_of_ours(broker, emulator, proxy, tmp_path):
    topic = broker.create_topic("increment", 1)
    producer = broker.producer()
    for number in range(RECORDS):
        producer.produce(topic, json.dumps({"k": f"k-{number}", "v": number}).encode())
    assert producer.flush(60) == 0
    (tmp_path / "job.yaml").write_text(config_text(broker.address, service_behind(proxy, emulator), [topic], name=topic, keys=KEYS,
                                                   write="settle: 50ms\nretry_first: 5ms\nretry_most: 20ms\n"))
    job = Job(tmp_path, [tmp_path / "job.yaml"], "--until-end", "--summary", "json").end(0)
    emulator.flush()
    applied = [line for line in map(json.loads, emulator.journal.read_text().splitlines()) if line.get("op") == "put"]
    requests = Counter(line["request"] for line in applied)
    assert proxy.kept >= 5, "answers were kept back"
    assert len(requests) == proxy.whole == job.summary()["requests"], "nothing was sent behind our back"
    values = Counter(line["columns"][0][2] for line in applied)
    assert set(values) == set(range(RECORDS))
    assert max(values.values()) > 1, "what was written and not answered is written again"
    assert "primary key column n is auto_increment" in job.text()
