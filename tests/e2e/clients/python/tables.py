"""tables: their making, changing and going; secondary indexes."""
from tablestore import (PK_AUTO_INCR, CapacityUnit, ReservedThroughput, SecondaryIndexMeta, SecondaryIndexType, TableMeta,
                        TableOptions)

from checks import part, refused, same
from service import MISSING, THROUGHPUT, client, columns, create, key, put, update

SCHEMA = [("user", "STRING"), ("seq", "INTEGER"), ("bin", "BINARY")]
DEFINED = [("d_int", "INTEGER"), ("d_str", "STRING"), ("d_dbl", "DOUBLE"), ("d_bool", "BOOLEAN"), ("d_bin", "BINARY")]


def names():
    return sorted(client.list_table())


def options_of(table):
    options = client.describe_table(table).table_options
    return options.time_to_live, options.max_version, options.max_time_deviation


def create_with(meta, options=TableOptions(), throughput=THROUGHPUT, indexes=None):
    client.create_table(meta, options, throughput, indexes)


def index_of(name, keys, defined):
    return SecondaryIndexMeta(name, keys, defined)


def indexes_of(table):
    return sorted((one.index_name, one.primary_key_names[0], one.defined_column_names)
                  for one in client.describe_table(table).secondary_indexes)


with part("tables"):
    same("no tables at first", names(), [])
    create_with(TableMeta("first", SCHEMA, DEFINED), TableOptions(-1, 1, 172800))
    create_with(TableMeta("_second2", [("id", "STRING"), ("n", "INTEGER", PK_AUTO_INCR)]), TableOptions(86400, 5))
    same("the list of tables", names(), ["_second2", "first"])
    described = client.describe_table("first")
    same("name of the table", described.table_meta.table_name, "first")
    same("primary key", described.table_meta.schema_of_primary_key, SCHEMA)
    same("defined columns", [tuple(column) for column in described.table_meta.defined_columns], DEFINED)
    same("options", options_of("first"), (-1, 1, 172800))
    same("options of the other", options_of("_second2"), (86400, 5, 86400))
    same("auto-increment is shown", client.describe_table("_second2").table_meta.schema_of_primary_key[1],
         ("n", "INTEGER", PK_AUTO_INCR))
    throughput = described.reserved_throughput_details.capacity_unit
    same("throughput", (throughput.read, throughput.write), (0, 0))
    create_with(TableMeta("paid", SCHEMA), throughput=ReservedThroughput(CapacityUnit(2, 1)))
    throughput = client.describe_table("paid").reserved_throughput_details.capacity_unit
    same("throughput as asked for", (throughput.read, throughput.write), (2, 1))

with part("refused tables"):
    refused("a name in use", "OTSObjectAlreadyExist", 409, create_with, TableMeta("first", SCHEMA),
            message="Requested table already exists.")
    refused("describe a missing one", "OTSObjectNotExist", 404, client.describe_table, "missing", message=MISSING)
    refused("delete a missing one", "OTSObjectNotExist", 404, client.delete_table, "missing", message=MISSING)
    for name in ("1st", "t-1", "0", "#", "中文", "T#", "-"):
        refused(f"table name {name}", "OTSParameterInvalid", 400, create_with, TableMeta(name, SCHEMA),
                message=f"Invalid table name: '{name}'.")
    refused("a name of 256", "OTSParameterInvalid", 400, create_with, TableMeta("t" * 256, SCHEMA))
    refused("a key's name twice", "OTSParameterInvalid", 400, create_with, TableMeta("t", [("a", "STRING"), ("a", "STRING")]),
            message="Duplicated primary key name: 'a'.")
    refused("five key columns", "OTSParameterInvalid", 400, create_with, TableMeta("t", [(f"k{i}", "STRING") for i in range(5)]),
            message="The number of primary key columns must be in range: [1, 4].")
    for name, meta in (("an auto-increment partition key", TableMeta("t", [("n", "INTEGER", PK_AUTO_INCR)])),
                       ("an auto-increment string", TableMeta("t", [("a", "STRING"), ("b", "STRING", PK_AUTO_INCR)])),
                       ("two auto-increments", TableMeta("t", [("a", "STRING"), ("b", "INTEGER", PK_AUTO_INCR),
                                                               ("c", "INTEGER", PK_AUTO_INCR)])),
                       ("a defined column with a key's name", TableMeta("t", [("a", "STRING")], [("a", "STRING")]))):
        refused(name, "OTSParameterInvalid", 400, create_with, meta)
    refused("time to live 0", "OTSParameterInvalid", 400, create_with, TableMeta("t", SCHEMA), TableOptions(0, 1))
    refused("time to live -2", "OTSParameterInvalid", 400, create_with, TableMeta("t", SCHEMA), TableOptions(-2, 1))
    refused("max versions 0", "OTSParameterInvalid", 400, create_with, TableMeta("t", SCHEMA), TableOptions(-1, 0))
    same("nothing of a refused table", names(), ["_second2", "first", "paid"])

with part("update table"):
    create_with(TableMeta("updated", SCHEMA), TableOptions(1200000, 2, 86401))
    answer = client.update_table("updated", TableOptions(-1, 3, 86402))
    same("answered options", (answer.table_options.time_to_live, answer.table_options.max_version,
                              answer.table_options.max_time_deviation), (-1, 3, 86402))
    same("shown options", options_of("updated"), (-1, 3, 86402))
    client.update_table("paid", None, ReservedThroughput(CapacityUnit(4, 5)))
    throughput = client.describe_table("paid").reserved_throughput_details.capacity_unit
    same("throughput updated", (throughput.read, throughput.write), (4, 5))
    same("and nothing else", options_of("paid"), (-1, 1, 86400))
    refused("update a missing table", "OTSObjectNotExist", 404, client.update_table, "missing", TableOptions(), message=MISSING)
    refused("update to no versions", "OTSParameterInvalid", 400, client.update_table, "first", TableOptions(-1, 0))
    same("a refused update changes nothing", options_of("first"), (-1, 1, 172800))

with part("no updates allowed"):
    create("fixed", allow_update=False)
    same("no updates: shown", client.describe_table("fixed").table_options.allow_update, False)
    put("fixed", key("a", 1), [("v", 1)])
    refused("no updates: UpdateRow", "OTSParameterInvalid", 400, update, "fixed", key("a", 1), {"PUT": [("v", 2)]})
    same("no updates: the row is as it was", columns("fixed", key("a", 1)), {"v": 1})

with part("indexes"):
    create_with(TableMeta("indexed", [("gid", "INTEGER"), ("uid", "STRING")], DEFINED),
                indexes=[index_of("index_1", ["d_int", "d_str"], ["d_bool", "d_bin", "d_dbl"])])
    shown = client.describe_table("indexed").secondary_indexes[0]
    same("index", (shown.index_name, shown.primary_key_names[:2], shown.defined_column_names, shown.index_type),
         ("index_1", ["d_int", "d_str"], ["d_bool", "d_bin", "d_dbl"], SecondaryIndexType.GLOBAL_INDEX))
    same("an index is not among the tables", "index_1" in names(), False)
    client.create_secondary_index("indexed", index_of("index_2", ["d_str"], ["d_int"]), False)
    same("a second index", [one[0] for one in indexes_of("indexed")], ["index_1", "index_2"])
    same("as it was asked for", indexes_of("indexed")[1], ("index_2", "d_str", ["d_int"]))
    client.delete_secondary_index("indexed", "index_1")
    same("one index dropped", [one[0] for one in indexes_of("indexed")], ["index_2"])
    client.delete_secondary_index("indexed", "index_2")
    same("the other dropped", indexes_of("indexed"), [])
    refused("drop a missing index", "OTSObjectNotExist", 404, client.delete_secondary_index, "indexed", "index_2")
    refused("index a missing table", "OTSObjectNotExist", 404, client.create_secondary_index, "missing",
            index_of("index_3", ["d_str"], []), False)
    refused("an index of an unknown column", "OTSParameterInvalid", 400, client.create_secondary_index, "indexed",
            index_of("index_3", ["other"], []), False)
    refused("an index without a key", "OTSParameterInvalid", 400, client.create_secondary_index, "indexed",
            index_of("index_3", [], ["d_str"]), False,
            message="The number of primary key columns must be in range: [1, 4] in index.")
    versions = (TableMeta("t", [("a", "STRING")], DEFINED), TableOptions(-1, 2), THROUGHPUT, [index_of("index_4", ["d_str"], [])])
    refused("an index needs max versions 1", "OTSParameterInvalid", 400, create_with, *versions)
    expiring = (TableMeta("t", [("a", "STRING")], DEFINED), TableOptions(86400, 1), THROUGHPUT, [index_of("index_5", ["d_str"], [])])
    refused("an index, a time to live and updates", "OTSParameterInvalid", 400, create_with, *expiring,
            message="Don't support allow update operation on table with index and ttl")

with part("delete table"):
    for name in names():
        client.delete_table(name)
    same("all tables deleted", names(), [])
