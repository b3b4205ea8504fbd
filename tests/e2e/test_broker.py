"""broker: the fixture itself does what the other tests rely on; and what only a real broker shows of our consumer."""
import json
import uuid

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import NewTopic
from job import Job, config_text, wait_for


def test_what_is_produced_is_read_and_a_commit_is_seen(broker):
    topic = broker.create_topic("fixture", 3)
    values = [f"value {number}".encode() for number in range(50)]
    broker.produce(topic, values, keys=[b"k"] * 50, partition=2)
    assert sorted(broker.read_all(topic)) == sorted((b"k", value) for value in values)
    group = f"group-{topic}"
    assert broker.committed(group, topic) == {}
    client = Consumer({"bootstrap.servers": broker.address, "group.id": group})
    client.commit(offsets=[TopicPartition(topic, 2, 50)], asynchronous=False)
    client.close()
    assert broker.committed(group, topic) == {2: 50}
    broker.produce(topic, values[:7], partition=1)
    assert broker.lags(group, topic) == {0: 0, 1: 7, 2: 0}


def test_a_transaction_leaves_a_gap_behind_its_records(broker):
    topic = broker.create_topic("gap", 1)
    broker.produce_transaction(topic, [b"a", b"b"])
    broker.produce(topic, [b"c"])
    assert [value for _, value in broker.read_all(topic)] == [b"a", b"b", b"c"]
    client = Consumer({"bootstrap.servers": broker.address, "group.id": uuid.uuid4().hex})
    assert client.get_watermark_offsets(TopicPartition(topic, 0), 30) == (0, 4)
    client.close()


def write_config(folder, text, name):
    path = folder / name
    path.write_text(text)
    return path


def test_a_revoke_commits_what_was_written(broker, emulator, tmp_path):
    """The second process gets its partitions only after the first has committed them: nothing is written twice. The commit
    interval is longer than the test, so the commit can only come from the revoke."""
    topic = broker.create_topic("handover", 4)
    values = [json.dumps({"k": f"h{number}", "n": number}).encode() for number in range(1000)]
    for partition in range(4):
        broker.produce(topic, values, partition=partition)
    text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 10m\n")
    group = f"connect-{topic}"
    one = Job(tmp_path, [write_config(tmp_path, text, "one.yaml")])
    wait_for(lambda: emulator.counters()["rows"] >= 4000, "all rows")
    assert broker.committed(group, topic) == {}
    two = Job(tmp_path, [write_config(tmp_path, text, "two.yaml")])
    wait_for(lambda: "assigned: partitions=2" in one.text() and "assigned: partitions=2" in two.text(), "two and two")
    assert broker.committed(group, topic) == {partition: 1000 for partition in range(4)}
    for partition in range(4):
        broker.produce(topic, values[:10], partition=partition)
    wait_for(lambda: emulator.counters()["rows"] >= 4040, "the new rows")
    for job in (one, two):
        job.terminate()
        job.end(143)
    assert emulator.counters()["rows"] == 4040
    assert broker.committed(group, topic) == {partition: 1010 for partition in range(4)}


def test_a_topic_made_anew_is_read_from_its_beginning(broker, emulator, tmp_path):
    """Offsets go back under a running process: it joins again and goes on, it does not stop."""
    topic = broker.create_topic("anew", 1)
    broker.produce(topic, [json.dumps({"k": f"old{number}"}).encode() for number in range(100)])
    text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 100ms\n",
                       properties={"topic.metadata.refresh.interval.ms": "500"})
    job = Job(tmp_path, [write_config(tmp_path, text, "job.yaml")])
    wait_for(lambda: broker.committed(f"connect-{topic}", topic) == {0: 100}, "the first commit")
    for future in broker.admin.delete_topics([topic]).values():
        future.result(30)
    wait_for(lambda: topic not in broker.admin.list_topics(timeout=10).topics, "the topic to be gone")
    for future in broker.admin.create_topics([NewTopic(topic, 1, 1)]).values():
        future.result(30)
    broker.produce(topic, [json.dumps({"k": f"new{number}"}).encode() for number in range(10)])
    wait_for(lambda: emulator.counters()["rows"] >= 110, "the new topic's rows")
    wait_for(lambda: broker.committed(f"connect-{topic}", topic) == {0: 10}, "their commit")
    job.terminate()
    job.end(143)
