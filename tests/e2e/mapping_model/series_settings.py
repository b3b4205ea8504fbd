"""series_settings: random configurations of a time-series table in both forms, and the Settings of the model that each means."""
from . import settings
from .series import Settings, folded
from .settings import COLUMN_TYPES, CONVERTERS, PLAIN, TABLES, any_case, listed

NAMES = ["cpu", "mem", "Mem_Used", "io", "ok", "note", "CPU", "Cpu", "a", "A", "b", "v1", "_x", "x_1", "level", "region", "Host", "host"]
TAG_NAMES = ["region", "level", "host", "Host", "az", "a", "z", "_x", "Z1", "-", "k.1"]
FIXED = ["cpu", "Weather-1", "x" * 128, "é"]
SHORT = {"seconds": "s", "milliseconds": "ms", "microseconds": "us", "nanoseconds": "ns"}


def said(rng, words, key):
    words[key] = rng.choice(["true", "false"])
    return words[key] == "true"


class Chosen(settings.Chosen):
    def __init__(self, rng):
        self.form, self.model, self.words = rng.choice(["connect", "yaml"]), Settings(), {}
        self._series(rng)
        getattr(self, f"_{self.form}")(rng)

    def _series(self, rng):
        model = self.model
        model.measurement, model.source, model.time = "m", rng.choice(["", "d", "d"]), rng.choice(["ts", "timestamp", "Time"])
        names = rng.sample(TAG_NAMES, rng.choice([0, 1, 2, 2, 3, 5]))
        model.tags, model.unit = names, rng.choice(["seconds", "milliseconds", "milliseconds", "microseconds", "nanoseconds"])
        free = [name for name in NAMES if name not in names]
        wanted = rng.sample(free, rng.choice([0, 0, 1, 2, 4]))
        once = {name.lower(): name for name in wanted}
        model.fields = [(name, rng.choice(COLUMN_TYPES)) for name in once.values()]
        model.map_all = not model.fields or rng.random() < 0.7
        model.lowercase = rng.random() < 0.8 or any(folded(model, name) != name for name, _ in model.fields)
        model.table = rng.choice(TABLES)
        model.key_format = rng.choice(["json"] * 8 + ["string"] * 2 + [*PLAIN])
        model.value_format = rng.choice(["json"] * 20 + ["json_envelope"] * 9)
        if rng.random() < 0.2:
            model.fixed = ""
        if model.tags and rng.random() < 0.1:  # one field may be several of these
            setattr(model, rng.choice(["measurement", "source", "time"]), rng.choice(model.tags))

    def _connect(self, rng):
        model, words = self.model, self.words
        for part, form in ("key", model.key_format), ("value", model.value_format):
            converter, schemas = CONVERTERS[form]
            words[f"{part}.converter"] = converter
            if schemas is not None:
                words[f"{part}.converter.schemas.enable"] = schemas
        words["tablestore.mode"] = "timeseries"
        own = f"tablestore.timeseries.{model.table}."
        words[own + "measurement"] = model.measurement if model.fixed is None else "<topic>"
        if model.source:
            words[own + "dataSource"] = model.source
        if model.tags:
            words[own + "tags"] = listed(rng, model.tags)
        words[own + "time"] = model.time
        words[own + "time.unit"] = any_case(rng, model.unit.upper())
        if model.fields:
            words[own + "field.name"] = listed(rng, [name for name, _ in model.fields])
            words[own + "field.type"] = listed(rng, [any_case(rng, kind) for _, kind in model.fields])
        if not model.map_all or rng.random() < 0.5:
            words["tablestore.timeseries.mapAll"] = str(model.map_all).lower()
        if not model.lowercase or rng.random() < 0.5:
            words["tablestore.timeseries.toLowerCase"] = str(model.lowercase).lower()
        if model.table != "t":
            words["topics.assign.tables"] = f"t:{model.table}"
        if rng.random() < 0.3 or not model.source or not model.tags:  # which the manual requires
            words["compat"], model.integers, model.truncate = "connector-1.1", "double", True
        if rng.random() < 0.3:
            model.tags_required = said(rng, words, "tablestore.timeseries.tagsRequired")
        if rng.random() < 0.3:
            model.truncate = said(rng, words, own + "time.truncate")
        if rng.random() < 0.4:
            model.same_name = words["tablestore.timeseries.sameName"] = rng.choice(["error", "last"])
        if rng.random() < 0.3:
            model.integers = words["tablestore.timeseries.integers"] = rng.choice(["integer", "double"])

    def _yaml(self, rng):
        model = self.model
        if model.fixed is not None and rng.random() < 0.5:
            model.fixed = rng.choice(FIXED)
        series = {"measurement": {"field": model.measurement} if model.fixed is None else
                  {"const": model.fixed} if model.fixed else {"topic": True},
                  "time": {"field": model.time, "unit": rng.choice([model.unit, SHORT[model.unit]])}, "map_all": model.map_all, "lowercase": model.lowercase}
        if model.source:
            series["data_source"] = model.source
        if model.tags:
            series["tags"] = model.tags
        if model.fields:
            series["fields"] = [{"name": name, "type": kind} for name, kind in model.fields]
        if rng.random() < 0.3:
            model.tags_required = series["tags_required"] = rng.random() < 0.7
        if rng.random() < 0.4:
            model.truncate = series["time"]["truncate"] = rng.random() < 0.7
        if rng.random() < 0.4:
            model.same_name = series["same_name"] = rng.choice(["error", "last"])
        if rng.random() < 0.4:
            model.integers = series["integers"] = rng.choice(["integer", "double"])
        self.words["routes"] = [{"topic": "t", "table": model.table, "mode": "timeseries", "timeseries": series,
                                 "value": {"format": model.value_format}, "key": {"format": model.key_format}}]
