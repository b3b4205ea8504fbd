"""replay: kill -9 with tombstones, deletes and bad records in the mix, error topic and error table in the accounts."""
import json
import random

import oracle
import pytest
import replay
import tablestore
from job import Job, config_text, wait_for
from tablestore import INF_MAX, INF_MIN
from test_errors import read_messages, refuse_one_row
from test_flow import write_config

MODES = [(insert, delete) for insert in ("put", "update") for delete in ("row", "column", "row_and_column")]
LIVES, RECORDS, KEYS, PARTITIONS = 6, 5000, 250, 2


def config(broker, emulator, topics, errors, name, life):
    """All topics in one job: what cannot be read goes to an error topic, all else to an error table."""
    aside = f"tolerance: all\nsink: table\ntable: {errors}\nconvert_sink: topic\nconvert_topic: {errors}\n"
    head, _ = config_text(broker.address, emulator, [topic.name for topic in topics], name=name, errors=aside,
                          properties={"group.instance.id": f"life-{life}", "session.timeout.ms": "2000",
                                      "heartbeat.interval.ms": "500"}).split("routes:")
    return head + "commit_interval: 50ms\nroutes:\n" + "\n".join(topic.route() for topic in topics) + "\n"


def rows_of(emulator, name, *keys):
    """Primary key -> columns, of the whole table."""
    client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    start, found = [(key, INF_MIN) for key in keys], {}
    while start is not None:
        _, start, rows, _ = client.get_range(name, "FORWARD", start, [(key, INF_MAX) for key in keys], max_version=1)
        for row in rows:
            found[tuple(value for _, value, *_ in row.primary_key)] = {name: value for name, value, _ in row.attribute_columns}
    return found


def check_end(broker, emulator, topics, errors):
    """Every key is what its topic says in the end, every bad record in the sink that is for it, and nothing else there. Answers
    which are in the error topic."""
    letters = [dict(message.headers()) for message in read_messages(broker, errors)]
    in_topic = {(why["ErrorTopic"].decode(), int(why["ErrorPartition"]), int(why["ErrorOffset"])) for why in letters}
    places = [(*place.rsplit("_", 1), offset) for place, offset in rows_of(emulator, errors, "topic_partition", "offset")]
    in_table = {(name, int(partition), offset) for name, partition, offset in places}
    assert in_topic == set().union(*(topic.set_aside("convert") for topic in topics))
    assert in_table == set().union(*(topic.set_aside("map", "limit", "transform", "write") for topic in topics))
    for topic in topics:
        wanted = {(key,): replay.replayed(entries) for key, entries in topic.of_keys().items()}
        assert rows_of(emulator, topic.name, "k") == {key: row for key, row in wanted.items() if row is not None}
    return in_topic


def run_lives(broker, emulator, folder, topics, errors, name):
    """Killed at random moments in the work; answers when each life began."""
    chance, lives_ms = random.Random(6), []
    for life in range(LIVES):
        last = life == LIVES - 1
        before = emulator.counters()["rows"]
        job = Job(folder, [write_config(folder, config(broker, emulator, topics, errors, name, life))], *(["--until-end"] if last else []))
        lives_ms.append(job.started_ms)
        if last:
            job.end(3)
            continue
        wanted = before + chance.randrange(500, 5_000)
        wait_for(lambda: emulator.counters()["rows"] >= wanted, "rows before the kill")
        assert job.process.poll() is None, job.tail()
        job.kill()
        wait_for(lambda: emulator.counters()["in_flight"] == 0, "the dead one's requests to be over")
    return lives_ms


def produced(broker, records):
    topics = [replay.Topic(broker, PARTITIONS, insert, delete) for insert, delete in MODES]
    for topic in topics:
        topic.produce(broker, records, KEYS, seed=1)
    return topics


def test_kills_leave_every_key_as_its_topic_says_and_lose_no_bad_record(broker, emulator_slow, tmp_path):
    emulator = emulator_slow
    topics, errors = produced(broker, RECORDS), broker.create_topic("mixed_errors", 1)
    name = topics[0].name
    refuse_one_row(emulator)
    lives_ms = run_lives(broker, emulator, tmp_path, topics, errors, name)
    emulator.flush()
    judge = replay.Judge(topics, emulator.journal, errors, oracle.read_commits(broker, f"connect-{name}"), lives_ms)
    assert judge.lost() == [] and judge.replays > 0 and judge.life == LIVES - 1
    reached = judge.check_commits(check_end(broker, emulator, topics, errors))
    assert reached == {(topic.name, partition): len(entries) for topic in topics for partition, entries in topic.entries.items()}
    assert emulator.counters()["keys_in_flight_twice"] == 0


def test_faults_leave_every_key_as_its_topic_says(broker, emulator, tmp_path):
    """Rows and requests fail and are repeated, some after they were applied; deletes stand between puts and updates."""
    topics, errors = produced(broker, RECORDS // 2), broker.create_topic("mixed_errors", 1)
    emulator.faults([{"operation": "BulkImport", "action": "row_error", "code": "OTSParameterInvalid", "key": "refused"},
                     {"operation": "BulkImport", "action": "row_error", "code": "OTSServerBusy", "probability": 0.05},
                     {"operation": "BulkImport", "action": "cut_before", "probability": 0.03},
                     {"operation": "BulkImport", "action": "cut_after", "probability": 0.03}], seed=7)
    text = config(broker, emulator, topics, errors, topics[0].name, 0).replace("routes:", "write: {settle: 100ms, retry_first: 5ms}\nroutes:")
    Job(tmp_path, [write_config(tmp_path, text)], "--until-end").end(3)
    emulator.faults([])
    emulator.flush()
    check_end(broker, emulator, topics, errors)
    assert emulator.counters()["keys_in_flight_twice"] == 0


# ---- the judge itself

class Names:
    def create_topic(self, name, partitions):
        return name


VALUES = [b'{"s":1,"b":"x"}', None, b'{"s":2,"b":null}', b'{"s":3,"b":"y"}']


def small_topic():
    topic = replay.Topic(Names(), 1, "update", "row_and_column")
    for offset, value in enumerate(VALUES):
        record = {"topic": topic.name, "partition": 0, "offset": offset, "timestamp": 0, "key": b"a", "value": value}
        topic.entries[0][offset] = replay.Entry(0, offset, "a", replay.table.explain(topic.model, record))
    return topic


def judged(folder, change, commit):
    """What the judge says of four writes of one key, and of a commit of (offset, when); write n was at 10 n ms, in one life."""
    topic = small_topic()
    lines = [entry.line | {"time_ms": 10 * (number + 1), "result": "ok"} for number, entry in enumerate(topic.all())]
    journal = folder / "journal"
    journal.write_text("".join(json.dumps(line) + "\n" for line in change(lines)))
    judge = replay.Judge([topic], journal, "errors", [(topic.name, 0, *commit)], [0])
    judge.check_commits(set())
    assert judge.lost() == []


def test_the_judge_takes_what_is_right(tmp_path):
    judged(tmp_path, lambda lines: lines, (4, 40))


@pytest.mark.parametrize("change, commit", [
    (lambda lines: [lines[1], lines[0], *lines[2:]], (0, 0)), (lambda lines: [lines[0], *lines[2:]], (0, 0)), (lambda lines: lines[:3], (0, 0)),
    (lambda lines: [*lines, lines[3]], (0, 0)), (lambda lines: [lines[0], lines[0], *lines[1:]], (0, 0)),
    (lambda lines: [*lines[:3], lines[3] | {"columns": [["s", "integer", 4]]}], (0, 0)), (lambda lines: lines, (3, 25))],
    ids=["swapped", "a delete left out", "the last left out", "one more", "twice in one life", "changed", "committed too early"])
def test_the_judge_sees_what_is_wrong(change, commit, tmp_path):
    with pytest.raises(AssertionError):
        judged(tmp_path, change, commit)
