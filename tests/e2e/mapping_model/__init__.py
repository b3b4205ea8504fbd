"""mapping_model: a slow, obvious model of what records become, written from the manual and from what is known of Kafka Connect, never from
the C sources. `python -m mapping_model.play --seed S` compares it with `otspipe explain`, record by record.

values    what a converter yields        jackson   JSON as Connect's reader takes it
convert   bytes -> value                 exact     one value into one type of column
table     a value -> the line            settings, records: what chance makes of them     play: the comparison
series    a value -> the line of a time-series table; series_settings, series_records: the same by chance for those
"""
