"""What the recorded requests of time series leave in the emulator, read back, and its answers beside the recorded ones."""
import struct

import pytest
import tablestore.protobuf.timeseries_pb2 as series_pb

from model import fields, plainbuffer
from test_emulator_vectors import REQUESTS, VECTORS, before, recorded_body, stage, stage_any_date, stage_for  # noqa: F401 (fixtures)

PUTS = [name for name in REQUESTS if VECTORS[name]["operation"] == "PutTimeseriesData"]
SUFFIXES = {"integer": "i", "double": "d", "boolean": "b", "string": "s", "binary": "y"}


def key_of(key):
    tags = [series_pb.TimeseriesTag(name=name, value=value) for name, value in sorted(key["tags"].items())]
    return series_pb.TimeseriesKey(measurement=key["measurement"], source=key["source"], tag_list=tags)


def tags_text(tags):
    return "[" + ",".join(f'"{name}={value}"' for name, value in sorted(tags.items())) + "]"


def value_of(field):
    if field["type"] == "binary":
        return bytes.fromhex(field["value_hex"])
    if field["type"] == "string":
        return field["value"].encode()
    return {"integer": int, "double": float, "boolean": bool}[field["type"]](field["value"])


def point_of(row):
    """As an answer has it: key values, and fields by their names with suffix."""
    key = row["key"]
    return ((key["measurement"].encode(), key["source"].encode(), tags_text(key["tags"]).encode(), int(row["time_us"])),
            {f"{name}:{SUFFIXES[field['type']]}".encode(): (field["type"], value_of(field)) for name, field in row["fields"].items()})


def points_in(body):
    answer = series_pb.GetTimeseriesDataResponse.FromString(body)
    rows = plainbuffer.decode(answer.rows_data)
    return [(tuple(value for name, (_, value) in row.keys if name != b"_#h"), {cell.name: cell.value for cell in row.cells}) for row in rows]


def read_back(stage, table, key):
    request = series_pb.GetTimeseriesDataRequest(table_name=table, time_series_key=key_of(key))
    return points_in(stage.ask_series("GetTimeseriesData", request))


@pytest.mark.parametrize("name", PUTS)
def test_points_of_a_recorded_put_are_read_back(name, request):
    vector, stage = VECTORS[name], stage_for(name, request)
    stage.prepare(before(name))
    status, body = stage.replay(vector)
    answer = series_pb.PutTimeseriesDataResponse.FromString(body)
    sent = [point_of(row) for row in vector["input"]["rows"]]
    good = [point for point in sent if point[1]]
    assert status == 200
    assert [(row.row_index, row.error_code) for row in answer.failed_rows] == [
        (at, "OTSParameterInvalid") for at, point in enumerate(sent) if not point[1]]
    assert read_back(stage, vector["input"]["table_name"], vector["input"]["rows"][0]["key"]) == good


def test_the_sdks_send_points_in_two_encodings():
    types = {fields.read(fields.read(bytes.fromhex(VECTORS[name]["request"]["body_hex"]))[2][0])[1][0] for name in PUTS}
    assert len(PUTS) >= 9 and types == {0, 2}


def test_the_answer_to_a_put_is_the_recorded_one(stage):
    recorded = VECTORS["responses/020_put_timeseries_data_meta_update"]
    name = recorded["answers_request"].removesuffix(".json")
    stage.prepare(before(name))
    assert stage.replay(VECTORS[name]) == (200, recorded_body(recorded))


def test_a_read_answers_as_the_recorded_one(stage):
    recorded = VECTORS["responses/022_get_timeseries_data"]
    row = recorded["decoded"]["row"]
    key = key_of({"measurement": row["measurement"], "source": row["source"], "tags": row["tags"]})
    stage.prepare(before("java/033_get_timeseries_data"))
    body = part(1, b"ts1") + part(2, b"\x08\x02" + part(2, pb_rows(key, row)))
    assert stage.connection.send("/PutTimeseriesData", body)[0] == 200
    request = series_pb.GetTimeseriesDataRequest(table_name="ts1", time_series_key=key)
    assert points_in(stage.ask_series("GetTimeseriesData", request)) == points_in(recorded_body(recorded))


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def part(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def pb_rows(key, row):
    """TimeseriesPBRows of one row, by hand: the Python SDK does not have this message."""
    sent = b""
    for name, value in row["fields"].items():
        number = b"\x10" + varint(value) if isinstance(value, int) else b"\x29" + struct.pack("<d", value)
        sent += part(3, part(1, name.encode()) + number)
    return part(1, part(1, key.SerializeToString()) + b"\x10" + varint(row["time_us"]) + sent)


def test_recorded_tables_are_described_as_they_were_asked_for(stage):
    for name in ("java/023_create_timeseries_table", "java/024_create_timeseries_table_meta_options"):
        wanted = series_pb.CreateTimeseriesTableRequest.FromString(bytes.fromhex(VECTORS[name]["request"]["body_hex"])).table_meta
        stage.prepare([])
        assert stage.replay(VECTORS[name])[0] == 200
        found = series_pb.DescribeTimeseriesTableResponse.FromString(
            stage.ask_series("DescribeTimeseriesTable", series_pb.DescribeTimeseriesTableRequest(table_name=wanted.table_name))).table_meta
        assert found.status == "CREATED"
        assert found.table_options.time_to_live == wanted.table_options.time_to_live
        assert found.meta_options.meta_time_to_live == -1 and found.meta_options.allow_update_attributes


def test_a_recorded_update_changes_the_time_to_live(stage):
    name = "java/028_update_timeseries_table"
    _, create = before(name)[0]
    create.table_meta.table_options.time_to_live = 5000
    stage.prepare([("CreateTimeseriesTable", create)])
    assert stage.replay(VECTORS[name])[0] == 200
    found = series_pb.DescribeTimeseriesTableResponse.FromString(
        stage.ask_series("DescribeTimeseriesTable", series_pb.DescribeTimeseriesTableRequest(table_name="ts1")))
    assert found.table_meta.table_options.time_to_live == -1
