"""settings: random configurations in both forms, a connector's properties as the manual has them (1.1.4), and YAML; and the Settings of
the model that each means."""
import json

from explain import JSON_CONVERTER, STRING_CONVERTER, connect_files, yaml_file

from .table import Settings

NAMES = ["id", "a", "b", "c", "A", "name", "v1", "_x", "value", "key", "offset", "topic_partition", "Price", "topic"]
KEY_TYPES = ["string", "integer", "binary"]
COLUMN_TYPES = ["integer", "double", "boolean", "string", "binary"]
CONVERTERS = {"json": (JSON_CONVERTER, "false"), "json_envelope": (JSON_CONVERTER, "true"), "json_envelope_nulls": (JSON_CONVERTER, "true"),
              "string": (STRING_CONVERTER, None)}
PLAIN = {"bytes": "ByteArray", "boolean": "Boolean", "int16": "Short", "int32": "Integer", "int64": "Long", "float32": "Float",
         "float64": "Double"}
CONVERTERS |= {form: (f"org.apache.kafka.connect.converters.{name}Converter", None) for form, name in PLAIN.items()}
TABLES = ["t", "orders", "Kafka_1", "_t"]


class Chosen:
    """A random configuration: what the model knows of it, and the words that say it."""

    def __init__(self, rng):
        self.form = rng.choice(["connect", "yaml"])
        self.model = Settings()
        self.words = {}
        getattr(self, f"_{self.form}")(rng)

    def files(self, folder):
        return connect_files(folder, self.words) if self.form == "connect" else yaml_file(folder, self.words)

    def show(self):
        lines = [f"{key}={value}" for key, value in self.words.items()] if self.form == "connect" else [json.dumps(self.words)]
        return "\n".join(lines)

    def _table(self, rng):
        self.model.mode = rng.choice(["kafka", "search"] + 4 * ["record_key"] + 4 * ["record_value"])
        if self.model.mode.startswith("record"):
            names = rng.sample(NAMES, rng.choice([1, 1, 1, 2, 2, 3, 4]))
            self.model.keys = [(name, rng.choice(KEY_TYPES)) for name in names]
            if len(names) > 1 and rng.random() < 0.2:
                self.model.keys[rng.randrange(1, len(names))] = (names[-1] if len(names) == 2 else names[1], "auto_increment")
                self.model.keys = list({name: (name, kind) for name, kind in self.model.keys}.values())
        if rng.random() < 0.4:
            taken = set(self.model.key_names())
            free = [name for name in NAMES if name not in taken]
            self.model.columns = [(name, rng.choice(COLUMN_TYPES)) for name in rng.sample(free, rng.randrange(1, 7))]
        self.model.insert = rng.choice(["put", "update"])
        if self.model.mode == "record_key":
            self.model.delete = rng.choice(["none", "row", "column", "row_and_column"])
        self.model.local_time = self.model.mode == "search" and rng.random() < 0.3
        self.model.table = rng.choice(TABLES)
        self.model.key_format = rng.choice(["json", "json_envelope"] * 5 + ["json_envelope_nulls"] + ["string"] * 2 + [*PLAIN])
        self.model.value_format = rng.choice(["json"] * 12 + ["json_envelope"] * 16 + ["json_envelope_nulls"] * 3 + ["string"] * 2 + [*PLAIN])
        if len(self.model.keys) > 1 and rng.random() < 0.9:  # one value cannot fill several columns
            setattr(self.model, "key_format" if self.model.mode == "record_key" else "value_format", "json")

    def _connect(self, rng):
        self._table(rng)
        model, words = self.model, self.words
        for part, form in ("key", model.key_format), ("value", model.value_format):
            converter, schemas = CONVERTERS[form]
            words[f"{part}.converter"] = converter if rng.random() < 0.5 else converter.rpartition(".")[2]
            if schemas is not None and (schemas == "false" or rng.random() < 0.5):
                words[f"{part}.converter.schemas.enable"] = any_case(rng, schemas)
            if form == "json_envelope_nulls":
                words[f"{part}.converter.replace.null.with.default"] = any_case(rng, "false")
            elif rng.random() < 0.1:
                words[f"{part}.converter.replace.null.with.default"] = any_case(rng, "true")
        if rng.random() < 0.1:  # headers are not read
            words["header.converter"] = rng.choice(["org.apache.kafka.connect.storage.SimpleHeaderConverter", STRING_CONVERTER])
        if model.local_time:
            words[rng.choice(["search.timestamp.type", f"tablestore.{model.table}.search.timestamp.type"])] = any_case(rng, "local")
        words["primarykey.mode"] = any_case(rng, model.mode)
        if model.keys:
            words[f"tablestore.{model.table}.primarykey.name"] = listed(rng, [name for name, _ in model.keys])
            words[f"tablestore.{model.table}.primarykey.type"] = listed(rng, [any_case(rng, kind) for _, kind in model.keys])
        if model.columns:
            words[f"tablestore.{model.table}.columns.whitelist.name"] = listed(rng, [name for name, _ in model.columns])
            words[f"tablestore.{model.table}.columns.whitelist.type"] = listed(rng, [any_case(rng, kind) for _, kind in model.columns])
        if model.insert != "put" or rng.random() < 0.5:
            words["insert.mode"] = any_case(rng, model.insert)
        if model.delete != "none" or rng.random() < 0.2:
            words["delete.mode"] = any_case(rng, model.delete)
        if model.table != "t":
            words |= {"topics.assign.tables": f"t : {model.table}", "table.name.format": "not_this"} if rng.random() < 0.5 \
                else {"table.name.format": model.table}
        self._compat(rng, words, ("binary", "error", False))
        if rng.random() < 0.3:
            model.map_values = words["map.values"] = rng.choice(["binary", "string", "typed"])
        if rng.random() < 0.2:
            model.nested = words["nested"] = rng.choice(["error", "text", "text_in_maps"])
        if rng.random() < 0.2:
            model.key_columns = rng.random() < 0.5
            words["key.columns"] = "true" if model.key_columns else "false"

    def _compat(self, rng, words, presets):
        """The presets that compat=connector-1.1 changes."""
        if rng.random() < 0.3:
            words["compat"], presets = "connector-1.1", ("string", "text_in_maps", True)
        self.model.map_values, self.model.nested, self.model.key_columns = presets

    def _yaml(self, rng):
        self._table(rng)
        model = self.model
        table = {"topic": "t", "table": model.table, "value": {"format": model.value_format}, "key": {"format": model.key_format},
                 "primary_key": {"mode": model.mode}, "write": {"insert_mode": model.insert}}
        if model.keys:
            table["primary_key"]["columns"] = [{"name": name, "type": kind} for name, kind in model.keys]
        if model.local_time:
            table["primary_key"]["timestamp"] = "local"
        if model.columns:
            table["columns"] = [{"name": name, "type": kind} for name, kind in model.columns]
        if model.delete != "none":
            table["write"]["delete_mode"] = model.delete
        self._compat(rng, self.words, ("typed", "text", False))
        if rng.random() < 0.3:
            model.map_values = table["map_values"] = rng.choice(["binary", "string", "typed"])
        if rng.random() < 0.3:
            model.nested = table["nested"] = rng.choice(["error", "text", "text_in_maps"])
        if rng.random() < 0.3:
            model.key_columns = table["key_columns"] = rng.random() < 0.5
        if rng.random() < 0.3:  # what is said at the top counts for a route that does not say it
            self.words["value"] = table.pop("value")
        self.words["routes"] = [table]


def any_case(rng, word):
    """1.1.4: "The value of this parameter is not case-sensitive."; blanks around a value do not count (java-connector.md A)."""
    return rng.choice([word, word, word.upper(), word.capitalize(), word + " "])


def listed(rng, names):
    return rng.choice([",", ", ", " , "]).join(names)
