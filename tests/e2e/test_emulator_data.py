"""--data FILE: what was answered is there after kill -9 at any moment, what was not is there whole or not at all."""
import random
import resource
import signal
import subprocess
import threading

import pytest
from service_fixture import BIN, Service
from tablestore import (INF_MAX, INF_MIN, PK_AUTO_INCR, BatchWriteRowRequest, CapacityUnit, Condition, OTSClient, PutRowItem,
                        ReservedThroughput, ReturnType, Row, RowExistenceExpectation, TableInBatchWriteRowItem, TableMeta, TableOptions)
from tablestore.error import OTSServiceError
from tablestore.retry import NoRetryPolicy

KILLS, WRITERS, BATCH = 20, 3, 10
ANY = Condition(RowExistenceExpectation.IGNORE)
THROUGHPUT = ReservedThroughput(CapacityUnit(0, 0))


def client_of(service):
    return OTSClient(service.endpoint, service.access_key_id, service.access_key_secret, service.instance,
                     retry_policy=NoRetryPolicy(), socket_timeout=20)


def all_rows(client, table, first=INF_MIN):
    """{primary key values: {column: value}}"""
    rows, start = {}, [("who", first), ("n", INF_MIN)]
    while start is not None:
        _, start, got, _ = client.get_range(table, "FORWARD", start, [("who", INF_MAX), ("n", INF_MAX)])
        rows.update({tuple(value for _, value in row.primary_key): {column[0]: column[1] for column in row.attribute_columns}
                     for row in got})
    return rows


class Writer(threading.Thread):
    """In turns: a batch of new rows, a row that is written over and over, a row that goes. Until the service is gone."""

    def __init__(self, service, name, acknowledged):
        super().__init__()
        self.client, self.name, self.acknowledged = client_of(service), name, acknowledged
        self.batches = self.latest = self.gone = 0  # answered
        self.error = None

    def batch(self, number):
        rows = [PutRowItem(Row([("who", self.name), ("n", number * BATCH + i)], [("a", number), ("b", "x" * (7 * i))]), ANY)
                for i in range(BATCH)]
        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem("t", rows))
        assert self.client.batch_write_row(request).is_all_succeed()

    def step(self):
        self.batch(self.batches)
        self.batches += 1
        self.client.update_row("t", Row([("who", self.name), ("n", -1)],
                                        {"PUT": [("a", self.latest + 1), ("b", f"{self.latest + 1}" * 50)]}), ANY)
        self.latest += 1
        self.client.delete_row("t", Row([("who", self.name), ("n", self.gone * BATCH)]), ANY)
        self.gone += 1

    def run(self):
        try:
            while True:
                self.step()
                self.acknowledged.release()
        except OTSServiceError as error:
            self.error = error
        except Exception:  # the connection, in the words of the SDK's HTTP library  # noqa: BLE001
            pass

    def rows_of_batch(self, number):
        return {(self.name, number * BATCH + i): {"a": number, "b": "x" * (7 * i)} for i in range(BATCH)}

    def judge(self, rows):
        """`rows`: all of this writer's. What was in flight when the service was killed may be there or not."""
        expected = {}
        for number in range(self.batches):
            expected.update(self.rows_of_batch(number))
        last = self.rows_of_batch(self.batches)
        there = {key: rows.pop(key) for key in last if key in rows}
        assert there in ({}, last)
        latest = rows.pop((self.name, -1), {"a": 0, "b": ""})
        assert latest["a"] in (self.latest, self.latest + 1)
        assert latest["b"] == (f"{latest['a']}" * 50 if latest["a"] else "")
        for number in range(self.gone):
            expected.pop((self.name, number * BATCH), None)
        in_flight = (self.name, self.gone * BATCH)
        if in_flight in expected and in_flight not in rows:
            del expected[in_flight]
        assert rows == expected


def rows_of(rows, name):
    return {key: columns for key, columns in rows.items() if key[0] == name}


def life(folder, data, number, chance):
    """One life of the service under load, ended by kill -9 once some requests are answered."""
    (folder / f"life{number}").mkdir()
    service = Service(folder / f"life{number}", "--data", str(data))
    if number == 0:
        client_of(service).create_table(TableMeta("t", [("who", "STRING"), ("n", "INTEGER")]), TableOptions(), THROUGHPUT)
    acknowledged = threading.Semaphore(0)
    writers = [Writer(service, f"{number:02d}-{index}", acknowledged) for index in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(chance.randrange(1, 60)):
        assert acknowledged.acquire(timeout=60)
    service.process.send_signal(signal.SIGKILL)
    service.process.wait(20)
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive() and writer.error is None
    return writers


def test_what_was_answered_survives_twenty_kills(tmp_path):
    chance = random.Random(4)
    data = tmp_path / "tables"
    writers = []
    for number in range(KILLS):
        lived = life(tmp_path, data, number, chance)
        writers += lived
        (tmp_path / f"check{number}").mkdir()
        service = Service(tmp_path / f"check{number}", "--data", str(data))
        rows = all_rows(client_of(service), "t", first=lived[0].name)
        for writer in lived:
            writer.judge(rows_of(rows, writer.name))
        service.process.kill()
        service.process.wait(20)
    (tmp_path / "end").mkdir()
    service = Service(tmp_path / "end", "--data", str(data))
    rows = all_rows(client_of(service), "t")
    assert len({key[0] for key in rows}) == len([writer for writer in writers if rows_of(rows, writer.name)])
    for writer in writers:
        writer.judge(rows_of(rows, writer.name))
    service.stop()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["tables"]


def test_tables_are_as_they_were(tmp_path):
    data = tmp_path / "tables"
    (tmp_path / "first").mkdir()
    service = Service(tmp_path / "first", "--data", str(data))
    client = client_of(service)
    meta = TableMeta("kept", [("who", "STRING"), ("n", "INTEGER", PK_AUTO_INCR)], [("colour", "STRING")])
    client.create_table(meta, TableOptions(86400 * 7, 3), THROUGHPUT)
    client.create_table(TableMeta("gone", [("k", "BINARY")]), TableOptions(), THROUGHPUT)
    client.update_table("kept", TableOptions(-1, 5), None)
    client.delete_table("gone")
    _, row = client.put_row("kept", Row([("who", "a"), ("n", PK_AUTO_INCR)], [("v", 1.5)]), ANY, ReturnType.RT_PK)
    before = client.describe_table("kept")
    service.process.kill()
    service.process.wait(20)
    (tmp_path / "second").mkdir()
    service = Service(tmp_path / "second", "--data", str(data))
    client = client_of(service)
    after = client.describe_table("kept")
    assert list(client.list_table()) == ["kept"]
    assert (after.table_options.time_to_live, after.table_options.max_version) == (-1, 5)
    assert vars(after.table_meta).keys() == vars(before.table_meta).keys()
    assert after.table_meta.schema_of_primary_key == before.table_meta.schema_of_primary_key
    assert str(after.table_meta.defined_columns) == str(before.table_meta.defined_columns) and "colour" in str(after.table_meta.defined_columns)
    assert all_rows(client, "kept") == {tuple(value for _, value in row.primary_key): {"v": 1.5}}
    _, second = client.put_row("kept", Row([("who", "a"), ("n", PK_AUTO_INCR)], [("v", 2)]), ANY, ReturnType.RT_PK)
    assert second.primary_key[1][1] > row.primary_key[1][1]
    service.stop()


def test_instances_share_a_file_and_one_may_stay_away(tmp_path):
    data = tmp_path / "tables"

    def names(folder, *instances):
        (tmp_path / folder).mkdir()
        service = Service(tmp_path / folder, "--data", str(data), *[word for name in instances for word in ("--instance", name)])
        found = {}
        for name in instances:
            client = OTSClient(service.endpoint, service.access_key_id, service.access_key_secret, name)
            found[name] = list(client.list_table())
            client.create_table(TableMeta(f"{folder}_{name}", [("k", "STRING")]), TableOptions(), THROUGHPUT)
        service.process.kill()
        service.process.wait(20)
        return found

    assert names("first", "one", "two") == {"one": [], "two": []}
    assert names("second", "two") == {"two": ["first_two"]}
    assert names("third", "three", "one") == {"three": [], "one": ["first_one"]}
    assert names("fourth", "two", "three", "one") == {"two": ["first_two", "second_two"], "three": ["third_three"],
                                                      "one": ["first_one", "third_one"]}


def test_a_full_disk_refuses_writes_and_the_service_lives(tmp_path):
    data = tmp_path / "tables"
    (tmp_path / "first").mkdir()
    service = Service(tmp_path / "first", "--data", str(data))
    client = client_of(service)
    client.create_table(TableMeta("t", [("who", "STRING"), ("n", "INTEGER")]), TableOptions(), THROUGHPUT)
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (2 << 20, resource.RLIM_INFINITY))
    written = 0
    with pytest.raises(OTSServiceError) as refused:
        while written < 1000:
            client.put_row("t", Row([("who", "a"), ("n", written)], [("v", "x" * 50000)]), ANY)
            written += 1
    assert refused.value.get_error_code() == "OTSInternalServerError" and 10 < written < 100
    assert len(all_rows(client, "t")) == written
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    client.put_row("t", Row([("who", "a"), ("n", written)], [("v", "x")]), ANY)
    service.stop()
    (tmp_path / "second").mkdir()
    service = Service(tmp_path / "second", "--data", str(data))
    assert len(all_rows(client_of(service), "t")) == written + 1
    service.stop()


def test_a_second_emulator_and_other_files_are_refused(tmp_path):
    data, letter = tmp_path / "tables", tmp_path / "letter"
    (tmp_path / "first").mkdir()
    service = Service(tmp_path / "first", "--data", str(data))
    letter.write_text("this is a letter, and no database\n" * 100)
    for file, words in [(data, "in use"), (letter, "not a data file"), (tmp_path, "unable to open")]:
        ended = subprocess.run([BIN, "emulator", "--listen", "127.0.0.1:0", "--data", str(file)], capture_output=True, text=True,
                               timeout=30)
        assert ended.returncode == 2 and f"{file}: " in ended.stderr and words in ended.stderr
    service.stop()


def test_the_greeting_counts_what_was_read(tmp_path):
    data = tmp_path / "tables"
    (tmp_path / "first").mkdir()
    service = Service(tmp_path / "first", "--data", str(data))
    client = client_of(service)
    client.create_table(TableMeta("t", [("k", "INTEGER")]), TableOptions(), THROUGHPUT)
    for number in range(3):
        client.put_row("t", Row([("k", number)], [("v", number)]), ANY)
    service.stop()
    process = subprocess.Popen([BIN, "emulator", "--listen", "127.0.0.1:0", "--data", str(data)], stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(5)]
    assert lines[4] == f"data               {data}: 1 table, 3 rows\n"
    process.terminate()
    process.communicate(timeout=20)
