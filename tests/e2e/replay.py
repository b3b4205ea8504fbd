"""replay: topics with puts, updates, deletes of rows and of columns, and records of which no row can be made; what becomes of each record
says the model (mapping_model), and the emulator's journal is held against it.

Within one life of the process, a key's writes are its records from the group's last commit on, one after the other, none left out: that
is order and at least once in one. At the end every key is what its records make of it when they are replayed.
"""
import json
import random
from collections import defaultdict

from mapping_model import table

REFUSED = "refused"  # the key whose rows the service refuses
BODY = "x" * 20
COLUMNS = ("s", "b", "t")


class Entry:
    """One record: where it is, and what it shall become."""
    __slots__ = ("partition", "offset", "key", "line", "written_ms")

    def __init__(self, partition, offset, key, line):
        self.partition, self.offset, self.key, self.line, self.written_ms = partition, offset, key, line, None

    def place(self):
        return self.partition, self.offset

    def stage(self):
        """Where it ends as a bad record; None: it is a good one."""
        return self.line.get("stage", "write" if self.key == REFUSED else None)

    def is_write(self, line):
        return (self.line["op"], self.line["columns"]) == (line["op"], line["columns"])


class Topic:
    """One topic into a table of its own name, with its own modes."""

    def __init__(self, broker, partitions, insert, delete):
        self.name = broker.create_topic(f"{insert}_{delete}", partitions)
        self.partitions = partitions
        self.insert, self.delete = insert, delete
        self.model = table.Settings(key_format="string", mode="record_key", keys=[("k", "string")], insert=insert, delete=delete,
                                    map_values="typed", nested="text", table=self.name)
        self.entries = defaultdict(dict)  # partition -> offset -> Entry

    def route(self):
        return "\n".join([f"  - topic: {self.name}", f"    table: {self.name}",
                          "    primary_key: {mode: record_key, columns: [{name: k, type: string}]}", "    key: {format: string}",
                          f"    write: {{insert_mode: {self.insert}, delete_mode: {self.delete}}}"])

    def produce(self, broker, records, keys, seed):
        chance = random.Random(f"{seed} {self.insert} {self.delete}")
        client = broker.producer()
        for number in range(records):
            key = REFUSED if number % 97 == 0 else f"key-{chance.randrange(keys):05d}"
            value = value_of(chance, number)
            client.produce(self.name, value, key=key, partition=hash_of(key) % self.partitions, on_delivery=self._note(key, value))
            client.poll(0)
        assert client.flush(60) == 0

    def _note(self, key, value):
        def on_delivery(error, message):
            assert error is None, error
            place = {"topic": self.name, "partition": message.partition(), "offset": message.offset(), "timestamp": 0}
            line = table.explain(self.model, place | {"key": key.encode(), "value": value})
            self.entries[message.partition()][message.offset()] = Entry(message.partition(), message.offset(), key, line)
        return on_delivery

    def all(self):
        return [entries[offset] for _, entries in sorted(self.entries.items()) for offset in sorted(entries)]

    def of_keys(self):
        """key -> what is written of it, in the order of the topic."""
        found = defaultdict(list)
        for entry in self.all():
            if not entry.stage():
                found[entry.key].append(entry)
        return found


    def set_aside(self, *stages):
        return {(self.name, *entry.place()) for entry in self.all() if entry.stage() in stages}


def hash_of(key):
    return sum(key.encode())


def value_of(chance, number):
    """Full rows, some nulls, every field null, tombstones; what is no JSON, and a column's name that no table takes."""
    kind = chance.choices(["full", "some", "none", "tombstone", "no json", "bad name"], [40, 20, 8, 20, 6, 6])[0]
    if kind in ("tombstone", "no json"):
        return None if kind == "tombstone" else b"this is no JSON %d" % number
    full = {"s": number, "b": BODY, "t": f"t{number}"}
    if kind == "some":
        full[chance.choice(["b", "t"])] = None
    return json.dumps({"none": dict.fromkeys(COLUMNS), "bad name": full | {"no name!": 1}}.get(kind, full)).encode()


def replayed(entries):
    """The row that these writes leave, as {column: value}; None: there is none."""
    row = None
    for entry in entries:
        new = {name: value for name, kind, value in entry.line["columns"] if kind != "delete_all"}
        gone = {name for name, kind, _ in entry.line["columns"] if kind == "delete_all"}
        if entry.line["op"] == "delete":
            row = None
        elif entry.line["op"] == "put":
            row = new
        elif row is not None or new:
            row = {name: value for name, value in (row or {}).items() if name not in gone} | new
    return row


class Judge:
    """The journal of all topics against what was produced. `commits` as oracle.read_commits() has them; `lives_ms`: when each
    process was started."""

    def __init__(self, topics, journal, errors, commits, lives_ms):
        self.topics = {topic.name: topic for topic in topics}
        self.errors, self.commits, self.lives_ms = errors, sorted(commits, key=lambda commit: commit[3]), lives_ms
        self.of_keys = {name: topic.of_keys() for name, topic in self.topics.items()}
        self.next = {}  # (topic, key) -> how many of its writes are behind it in this life
        self.life = -1
        self.writes = self.replays = 0
        for line in map(json.loads, journal.read_text().splitlines()):
            if line.get("result") == "ok":
                self.take(line)

    def take(self, line):
        while self.life + 1 < len(self.lives_ms) and line["time_ms"] >= self.lives_ms[self.life + 1]:
            self.life += 1
            self.next = {}
        if line["table"] == self.errors:
            self.take_error(line)
        else:
            self.take_write(line)

    def take_error(self, line):
        place, offset = (cell[2] for cell in line["primary_key"])
        name, partition = place.rsplit("_", 1)
        entry = self.topics[name].entries[int(partition)][offset]
        entry.written_ms = entry.written_ms or line["time_ms"]

    def take_write(self, line):
        name, key = line["table"], line["primary_key"][0][2]
        entries = self.of_keys[name][key]
        at = self.next.get((name, key))
        if at is None:
            at = self.first_of_life(name, entries)
        assert at < len(entries) and entries[at].is_write(line), \
            f"order: {name} {key}, life {self.life}: {line} where {entries[at].line if at < len(entries) else 'nothing'} comes next"
        self.next[name, key] = at + 1
        self.writes += 1
        self.replays += entries[at].written_ms is not None
        entries[at].written_ms = entries[at].written_ms or line["time_ms"]

    def first_of_life(self, name, entries):
        """The first of the key's writes that was not committed when this life began."""
        began = self.lives_ms[self.life]
        done = max((offset for topic, partition, offset, when in self.commits
                    if (topic, partition) == (name, entries[0].partition) and when < began), default=0)
        return sum(entry.offset < done for entry in entries)

    def lost(self):
        """Writes that were never applied."""
        return [entry.line for topic in self.topics.values() for entry in topic.all() if not entry.stage() and entry.written_ms is None]

    def check_commits(self, confirmed):
        """Nothing was committed before it was written or set aside; `confirmed`: (topic, partition, offset) of what is
        elsewhere, since when nobody knows."""
        reached = defaultdict(int)
        for name, partition, offset, when in self.commits:
            if name not in self.topics:
                continue
            for at in range(reached[name, partition], offset):
                entry = self.topics[name].entries[partition][at]
                if (name, partition, at) in confirmed:
                    continue
                assert entry.written_ms is not None and entry.written_ms <= when + 1, \
                    f"commit ahead: {name} {partition}: {offset} committed at {when}, but {at} written at {entry.written_ms}"
            reached[name, partition] = max(reached[name, partition], offset)
        return reached
