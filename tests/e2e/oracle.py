"""oracle: records that carry who they are, the emulator's journal as history, one checker.

A record's value is {"k": key, "p": producer, "s": per-key sequence, "b": body, "c": CRC-32 of the rest}; for a time-series table
the names of the series and the time stand beside them, and both together are the key. After a run the
checker says, from the journal alone (every applied write, in the order applied):
  nothing lost    every record was applied, or a later one of its key was; the last application of a key is its newest record
  order           within one life of a process, no write of a key follows the acknowledged write of a later one
  integrity       the checksum of every applied row is right
  commits         at each commit (the broker's own log of them, with its time) every record below it was applied before
"""
import json
import struct
import zlib
from collections import defaultdict


def checksum(key, producer, sequence, body):
    return zlib.crc32(f"{key}|{producer}|{sequence}|{body}".encode())


def value_of(key, producer, sequence, body):
    return json.dumps({"k": key, "p": producer, "s": sequence, "b": body,
                       "c": checksum(key, producer, sequence, body)}, separators=(",", ":")).encode()


class Truth:
    """What was produced: for each partition its records in order, by offset."""

    def __init__(self, topic):
        self.topic = topic
        self.partitions = defaultdict(dict)  # partition -> offset -> (key, sequence)
        self.newest = {}                     # key -> highest sequence

    def count(self):
        return sum(len(records) for records in self.partitions.values())

    def produce(self, broker, partitions, records, keys, body_bytes=20, producer=0, first=0):
        """`records` records round the keys, each key always in the same partition; sequence counts up per key."""
        client = broker.producer()
        body = "x" * body_bytes
        for number in range(first, first + records):
            key = self.key_of(number % keys)
            sequence = self.newest.get(key, -1) + 1
            self.newest[key] = sequence
            partition = (number % keys) % partitions
            client.produce(self.topic, self.value_of(key, producer, sequence, body), key=key.encode(), partition=partition,
                           on_delivery=self._note(key, sequence))
            if number % 1000 == 0:
                client.poll(0)
            while len(client) > 50000:
                client.poll(0.05)
        assert client.flush(60) == 0, "the broker did not take all records"

    def key_of(self, number):
        return f"key-{number:07d}"

    def value_of(self, *parts):
        return value_of(*parts)

    def _note(self, key, sequence):
        def on_delivery(error, message):
            assert error is None, error
            self.partitions[message.partition()][message.offset()] = (key, sequence)
        return on_delivery


class SeriesTruth(Truth):
    """Points of a time-series table that are written again and again: a key is a series and a time. Its settings are SERIES."""
    HOSTS = 100
    SERIES = ("measurement: {field: m}\ndata_source: d\ntags: [region, level]\ntime: {field: ts, unit: microseconds}\n")

    def key_of(self, number):
        return f"host-{number % self.HOSTS}@{1_645_459_200_000_000 + number}"

    def value_of(self, key, *parts):
        host, _, time_us = key.partition("@")
        series = {"m": "cpu", "d": host, "region": "r1", "level": 7, "ts": int(time_us)}
        return json.dumps(series | json.loads(value_of(key, *parts)), separators=(",", ":")).encode()


class Write:
    __slots__ = ("time_ms", "request", "key", "sequence", "good")

    def __init__(self, line):
        point = line["op"] == "timeseries"
        cells = {cell[0]: cell[2] for cell in line["fields" if point else "columns"]}
        self.time_ms = line["time_ms"]
        self.request = line["request"]
        self.key = f"{line['data_source']}@{line['time_us']}" if point else line["primary_key"][0][2]
        self.sequence = cells["s"]
        self.good = cells["c"] == checksum(self.key, cells["p"], cells["s"], cells["b"])


def read_journal(path, table):
    """Applied writes of the table, in order, and the requests whose answer never reached the client."""
    writes, unanswered = [], set()
    with open(path) as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("event") == "unanswered":
                unanswered.add(entry["request"])
            elif entry["table"] == table and entry["result"] == "ok":
                writes.append(Write(entry))
    return writes, unanswered


def check(journal, truth, table, lives_ms=(0,)):
    """Answers counters, so that a test can also say that what it wanted to see was seen. Raises on any broken promise.
    A write whose answer was kept from the client may be repeated, with all that came in its request: order is judged
    against what was acknowledged."""
    first_time = {}   # (key, sequence) -> when it was applied first
    last = {}         # key -> sequence of the last application
    life = 0
    acknowledged = {} # key -> highest sequence acknowledged in this life
    replays = 0
    writes, unanswered = read_journal(journal, table)
    for write in writes:
        assert write.good, f"integrity: {write.key} {write.sequence}"
        while life + 1 < len(lives_ms) and write.time_ms >= lives_ms[life + 1]:
            life += 1
            acknowledged = {}
        before = acknowledged.get(write.key, -1)
        assert write.sequence >= before, f"order: {write.key}: {write.sequence} applied after {before} in life {life}"
        if write.request not in unanswered:
            acknowledged[write.key] = write.sequence
        last[write.key] = write.sequence
        replays += (write.key, write.sequence) in first_time
        first_time.setdefault((write.key, write.sequence), write.time_ms)
    lost = [key for key, sequence in truth.newest.items() if last.get(key) != sequence]
    assert not lost, f"lost or stale: {len(lost)} keys, for example {lost[:3]}: " \
                     f"{[(last.get(key), truth.newest[key]) for key in lost[:3]]}"
    missing = sum((key, sequence) not in first_time for records in truth.partitions.values()
                  for key, sequence in records.values())
    return {"applied": len(writes), "replays": replays, "superseded": missing, "first_time": first_time,
            "unanswered": len(unanswered), "lives": life + 1}


def read_commits(broker, group):
    """Every offset commit of the group, from the broker's own topic: (topic, partition, offset, time in ms)."""
    commits = []
    for key, value in broker.read_all("__consumer_offsets"):
        if key is None or value is None or struct.unpack_from(">h", key)[0] > 1:
            continue
        name, at = _text(key, 2)
        topic, at = _text(key, at)
        if name != group:
            continue
        version, offset = struct.unpack_from(">hq", value)
        at_value = 10 + (4 if version >= 3 else 0)
        _, at_value = _text(value, at_value)
        commits.append((topic, struct.unpack_from(">i", key, at)[0], offset, struct.unpack_from(">q", value, at_value)[0]))
    return commits


def _text(data, at):
    length = struct.unpack_from(">h", data, at)[0]
    return data[at + 2:at + 2 + max(0, length)].decode(), at + 2 + max(0, length)


def check_commits(commits, truth, first_time):
    """No commit ahead of what is written: each record below it was applied before the commit's time (or a later one of
    its key was, where several are in a request)."""
    checked = 0
    applied_by_key = defaultdict(list)
    for (key, sequence), time_ms in first_time.items():
        applied_by_key[key].append((sequence, time_ms))
    reached = defaultdict(int)
    for topic, partition, offset, time_ms in commits:
        if topic != truth.topic:
            continue
        records = truth.partitions[partition]
        for at in range(min(reached[partition], offset), offset):
            if at not in records:
                continue
            key, sequence = records[at]
            when = first_time.get((key, sequence))
            if when is None:
                when = min((t for s, t in applied_by_key[key] if s > sequence), default=None)
            assert when is not None and when <= time_ms + 1, \
                f"commit ahead: {topic} {partition}: {offset} committed at {time_ms}, but offset {at} applied at {when}"
            checked += 1
        reached[partition] = max(reached[partition], offset)
    return {"commits": len(commits), "checked": checked}
