"""points: many points of many series, each known by its number: what is produced, and what must be read back."""
import json

BASE_US = 1_645_459_200_000_000
SETTINGS = ("measurement: {field: m}\ndata_source: d\ntags: [zone, region, rack, level, cluster]\ntime: {field: ts, unit: ms}\n"
            "fields: [{name: raw, type: binary}, {name: share, type: double}]\n")


def series_of(series):
    """Measurement, data source, tags."""
    return f"m{series % 10}", f"host-{series // 10}", {"cluster": f"c{series % 7}", "level": str(series % 5), "rack": f"r-{series % 40}",
                                                      "region": "cn-hangzhou", "zone": "é"[:series % 2] + "z"}


def fields_of(number):
    return {"busy": number % 3 == 0, "count": number * 7_919, "free": -number, "idle": number / 7, "load": number * 1.5 + 0.25,
            "note": f"point {number}", "raw": f"b{number}".encode(), "share": float(number % 100),
            "state": "ünïcode" if number % 2 else "", "wide": 2**63 - 1 - number}


def typed(fields):
    """1 is neither 1.0 nor true."""
    return {name: (bytes, bytes(value)) if isinstance(value, bytearray) else (type(value), value) for name, value in fields.items()}


class Points:
    """`count` points round the series; each time of a series is later than the one before it."""

    def __init__(self, count, series):
        self.count, self.series = count, series
        self.seen = bytearray(count)

    def record(self, number):
        measurement, source, tags = series_of(number % self.series)
        fields = fields_of(number)
        fields |= {"raw": fields["raw"].decode(), "share": number % 100}
        return json.dumps({"ts": BASE_US // 1000 + number // self.series, "m": measurement, "d": source} | tags |
                          {"level": int(tags["level"])} | fields).encode()

    def check(self, point):
        """A point as test_timeseries reads it: it was produced so, and not read before."""
        series = int(point["source"].removeprefix("host-")) * 10 + int(point["measurement"].removeprefix("m"))
        number = (point["time_us"] - BASE_US) // 1000 * self.series + series
        assert 0 <= number < self.count and not self.seen[number], f"a point too many: {point}"
        measurement, source, tags = series_of(series)
        assert (point["measurement"], point["source"], point["tags"]) == (measurement, source, tags), point
        assert typed(point["fields"]) == typed(fields_of(number)), f"{number}: {point}"
        self.seen[number] = 1

    def complete(self):
        assert self.seen.count(0) == 0, f"{self.seen.count(0)} points are missing, for example {self.seen.find(0)}"
