"""flow: the real binary between a real broker and the emulator, judged by the oracle."""
import collections
import json
import pathlib
import random
import signal

import oracle
from job import Job, config_text, wait_for

RECORDS = 1_000_000


def write_config(folder, text, name="job.yaml"):
    path = pathlib.Path(folder) / name
    path.write_text(text)
    return path


def judge(broker, emulator, truth, table, group, lives_ms=(0,)):
    emulator.flush()
    seen = oracle.check(emulator.journal, truth, table, lives_ms)
    commits = oracle.check_commits(oracle.read_commits(broker, group), truth, seen["first_time"])
    assert commits["commits"] > 0
    return seen | commits


def test_a_million_records_over_eight_partitions_arrive_in_order(broker, emulator, tmp_path):
    topic = broker.create_topic("million", 8)
    truth = oracle.Truth(topic)
    truth.produce(broker, 8, RECORDS, keys=200_000)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(0)
    assert job.summary()["records"] == RECORDS
    seen = judge(broker, emulator, truth, topic, f"connect-{topic}")
    assert seen["applied"] == RECORDS and seen["replays"] == 0 and seen["checked"] == RECORDS
    assert sum(broker.committed(f"connect-{topic}", topic).values()) == RECORDS
    assert emulator.counters()["keys_in_flight_twice"] == 0


def test_twenty_kills_lose_nothing_and_reorder_nothing(broker, emulator_slow, tmp_path):
    """kill -9 at random moments; each life has a group.instance.id of its own, so that the next need not wait for it."""
    emulator = emulator_slow
    topic = broker.create_topic("kills", 8)
    truth = oracle.Truth(topic)
    truth.produce(broker, 8, RECORDS, keys=100_000)
    group = f"connect-{topic}"
    chance = random.Random(20)
    lives_ms = []
    for life in range(20):
        text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 200ms\n",
                           properties={"group.instance.id": f"life-{life}", "session.timeout.ms": "2000", "heartbeat.interval.ms": "500"})
        before = emulator.counters()["rows"]
        job = Job(tmp_path, [write_config(tmp_path, text)])
        lives_ms.append(job.started_ms)
        # A random moment in the work, not in the waiting for the group: so many rows after the first.
        wanted = before + chance.randrange(1, 40_000)
        wait_for(lambda: emulator.counters()["rows"] >= wanted or job.process.poll() is not None, "rows before the kill")
        assert job.process.poll() is None, job.tail()
        job.kill()
        # What the dead one had sent may still be applied: the next life begins after that.
        wait_for(lambda: emulator.counters()["in_flight"] == 0, "the dead one's requests to be over")
    text = config_text(broker.address, emulator, [topic], name=topic,
                       properties={"group.instance.id": "last", "session.timeout.ms": "2000", "heartbeat.interval.ms": "500"})
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end")
    lives_ms.append(job.started_ms)
    job.end(0)
    seen = judge(broker, emulator, truth, topic, group, lives_ms)
    assert seen["lives"] == 21, "every life must have written something"
    assert seen["replays"] > 0, "a kill that repeats nothing was no kill in the middle of the work"
    assert emulator.counters()["keys_in_flight_twice"] == 0
    assert sum(broker.committed(group, topic).values()) == RECORDS


def test_sigterm_with_a_hung_service_ends_within_the_drain_limit(broker, emulator, tmp_path):
    topic = broker.create_topic("hung", 2)
    truth = oracle.Truth(topic)
    truth.produce(broker, 2, 20_000, keys=5_000)
    settings = dict(name=topic, extra="drain_timeout: 2s\n")
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], **settings))
    emulator.faults([{"operation": "BulkImport", "action": "hang"}])
    job = Job(tmp_path, [config])
    wait_for(lambda: emulator.counters()["in_flight"] > 0, "requests in flight")
    job.terminate()
    job.end(143, limit_s=15)
    emulator.faults([])
    first_life = job.started_ms
    job = Job(tmp_path, [config], "--until-end").end(0)
    judge(broker, emulator, truth, topic, f"connect-{topic}", [first_life, job.started_ms])


def test_two_processes_share_the_group_one_killed_one_joined(broker, emulator_slow, tmp_path):
    emulator = emulator_slow
    topic = broker.create_topic("shared", 8)
    truth = oracle.Truth(topic)
    truth.produce(broker, 8, 400_000, keys=50_000)
    group = f"connect-{topic}"

    def start(number, *options):
        text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 200ms\n",
                           properties={"session.timeout.ms": "2000", "heartbeat.interval.ms": "500"})
        return Job(tmp_path, [write_config(tmp_path, text, f"{number}.yaml")], *options)

    one, two = start(1), start(2)
    wait_for(lambda: "assigned: partitions=4" in one.text() and "assigned: partitions=4" in two.text(), "four and four")
    wait_for(lambda: emulator.counters()["rows"] > 20_000, "rows")
    one.kill()
    three = start(3)
    wait_for(lambda: "assigned: partitions=4" in three.text(), "the third in the first one's place")
    wait_for(lambda: sum(broker.committed(group, topic).values()) == 400_000, "everything committed", limit_s=120)
    for job in (two, three):
        job.terminate()
    two.end(143)
    three.end(143)
    emulator.flush()
    # Order holds within one owner of a partition. With each assignment (eager: of all members) owners change and go on from
    # the last commits.
    owners = sorted(when for job in (one, two, three) for when in job.times_ms("assigned: partitions="))
    seen = oracle.check(emulator.journal, truth, topic, [0, *owners])
    assert seen["applied"] >= 400_000
    assert emulator.counters()["keys_in_flight_twice"] == 0


def test_faults_in_the_middle_lose_nothing(broker, emulator, tmp_path):
    topic = broker.create_topic("faults", 4)
    truth = oracle.Truth(topic)
    truth.produce(broker, 4, 60_000, keys=3_000)
    emulator.faults([
        {"operation": "BulkImport", "action": "row_error", "code": "OTSServerBusy", "probability": 0.02},
        {"operation": "BulkImport", "action": "cut_before", "probability": 0.02},
        {"operation": "BulkImport", "action": "cut_after", "probability": 0.02},
        {"operation": "BulkImport", "action": "delay", "ms": 30, "probability": 0.2}], seed=7)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic,
                                                write="settle: 100ms\nretry_first: 5ms\n"))
    Job(tmp_path, [config], "--until-end").end(0, limit_s=180)
    seen = judge(broker, emulator, truth, topic, f"connect-{topic}")
    assert seen["replays"] > 0 and seen["unanswered"] > 0
    assert emulator.counters()["keys_in_flight_twice"] == 0


def test_a_request_takes_no_more_rows_than_it_may(broker, emulator, tmp_path):
    topic = broker.create_topic("small", 1)
    broker.produce(topic, [json.dumps({"k": str(number)}).encode() for number in range(1000)])
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, write="max_batch_rows: 7\nlinger: 1s\n"))
    Job(tmp_path, [config], "--until-end").end(0)
    emulator.flush()
    requests = collections.Counter(json.loads(line)["request"] for line in emulator.journal.open())
    assert sum(requests.values()) == 1000 and max(requests.values()) == 7


def test_a_blocked_table_does_not_stop_another(broker, emulator, tmp_path):
    slow, quick = broker.create_topic("blocked", 2), broker.create_topic("free", 2)
    truths = {name: oracle.Truth(name) for name in (slow, quick)}
    for truth in truths.values():
        truth.produce(broker, 2, 100_000, keys=20_000)
    emulator.faults([{"operation": "BulkImport", "table": slow, "action": "error", "code": "OTSServerBusy",
                      "status": 503}])
    config = write_config(tmp_path, config_text(broker.address, emulator, [slow, quick], name=quick,
                                                write="retry_most: 500ms"))
    job = Job(tmp_path, [config])
    wait_for(lambda: sum(broker.committed(f"connect-{quick}", quick).values()) == 100_000, "the free table's commits")
    assert sum(broker.committed(f"connect-{quick}", slow).values()) == 0
    emulator.faults([])
    wait_for(lambda: sum(broker.committed(f"connect-{quick}", slow).values()) == 100_000, "the other one's")
    job.terminate()
    job.end(143)
    for name, truth in truths.items():
        judge(broker, emulator, truth, name, f"connect-{quick}")


def test_a_bad_record_stops_the_channel_at_its_place(broker, emulator, tmp_path):
    topic = broker.create_topic("bad", 1)
    truth = oracle.Truth(topic)
    truth.produce(broker, 1, 1000, keys=100)
    broker.produce(topic, [b"this is not JSON"], partition=0)
    truth.produce(broker, 1, 1000, keys=100)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic))
    job = Job(tmp_path, [config], "--until-end").end(1)
    assert f"topic={topic} partition=0 offset=1000" in job.text()
    assert broker.committed(f"connect-{topic}", topic) == {0: 1000}
    tolerant = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic,
                                                  errors="tolerance: all\n"))
    job = Job(tmp_path, [tolerant], "--until-end", "--summary", "json").end(3)
    assert job.summary()["errors"] == 1
    judge(broker, emulator, truth, topic, f"connect-{topic}", [0, job.started_ms])


def test_gaps_headers_and_timestamps_pass(broker, emulator, tmp_path):
    """Transactional markers leave gaps in offsets; headers and times are no reason for anything."""
    topic = broker.create_topic("gaps", 1)
    values = [json.dumps({"k": f"g{i}", "n": i}).encode() for i in range(30)]
    for begin in range(0, 30, 10):
        broker.produce_transaction(topic, values[begin:begin + 10], headers=[("h", b"1")])
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(0)
    assert job.summary()["records"] == 30
    assert broker.committed(f"connect-{topic}", topic)[0] >= 32


def test_a_process_that_was_stopped_for_long_joins_again(broker, emulator_slow, tmp_path):
    """SIGSTOP until the group has thrown it out: it must send nothing of what it held, and go on from the last commit."""
    emulator = emulator_slow
    topic = broker.create_topic("slept", 4)
    truth = oracle.Truth(topic)
    truth.produce(broker, 4, 100_000, keys=10_000)
    group = f"connect-{topic}"
    text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 200ms\n",
                       properties={"session.timeout.ms": "2000", "heartbeat.interval.ms": "500"})
    job = Job(tmp_path, [write_config(tmp_path, text)])
    wait_for(lambda: emulator.counters()["rows"] > 5_000, "rows")
    job.process.send_signal(signal.SIGSTOP)
    wait_for(lambda: broker.members(group) == 0, "the group to throw it out")
    job.process.send_signal(signal.SIGCONT)
    wait_for(lambda: sum(broker.committed(group, topic).values()) == 100_000, "everything committed", limit_s=120)
    job.terminate()
    job.end(143)
    assert "was away" in job.text()
    judge(broker, emulator, truth, topic, group, [0, *job.times_ms("assigned: partitions=")])
    assert emulator.counters()["keys_in_flight_twice"] == 0
