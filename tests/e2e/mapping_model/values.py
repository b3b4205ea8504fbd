"""values: what a converter yields: (type, data). Types are Connect's (int8 ... int64, float, double, boolean, string, bytes), "null",
"nested" (its JSON text) for objects and arrays inside, and at the top "struct" and "map" (name -> value)
and "bare" (a value without a schema that stands alone)."""

NULL = ("null", None)
INTEGERS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}


class Written(float):
    """A number of JSON, with the digits that say it: a time has more of them than a double keeps."""

    def __new__(cls, number, text):
        made = super().__new__(cls, number)
        made.text = text
        return made


class Bad(Exception):
    """The record is an error: of this stage, and of this column if it is one column's."""

    def __init__(self, stage, column=None, why=""):
        super().__init__(stage, column, why)
        self.stage, self.column, self.why = stage, column, why


def fits(number, bits):
    return -(1 << bits - 1) <= number < 1 << bits - 1
