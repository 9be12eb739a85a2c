"""A stored province, written by the warehouse itself: what landing would have left there, in bulk.

Every value follows from a dossier's number alone. `province.py` folds a sample of the stored versions with
the hub's own code and compares, so that these statements cannot drift from what landing writes.
"""

from datetime import date

FIRST_DAY = date(2025, 7, 1)
"""The first day of the map of 166 communes, so that one year has one map."""
PER_DAY = 13_699
"""Five million a year; the province has about a quarter of a million, so this is twenty years of it."""
IN_DELIVERY = 100
SELLERS = 25_000
SENDER = "H56"
BATCH = 1
"""The insert's number: lower than any that a worker makes."""

BEGAN = f"toUnixTimestamp(toDateTime('{FIRST_DAY} 00:00:00', 'Asia/Ho_Chi_Minh'))"
LOCAL_INSTANT = "formatDateTime(toDateTime({at}, 'Asia/Ho_Chi_Minh'), '%FT%T+07:00')"
UTC_INSTANT = "formatDateTime(toDateTime({at}, 'UTC'), '%FT%T+00:00')"

LIVES = f"""(
    SELECT number, sipHash64(number) AS dice,
        toUInt32(intDiv(number, {PER_DAY})) AS day_number,
        {{units:Array(String)}}[1 + dice % length({{units:Array(String)}})] AS unit,
        1 + bitShiftRight(dice, 8) % 10 AS chosen,
        ['1.001193','1.000894','1.000656','2.000815','2.000884','1.004873','1.001612','2.002096',
            '1.011441','1.012783'][chosen] AS procedure,
        ['G15-HT02','G15-HT02','G15-HT02','G15-CT01','G15-CT01','G15-HT02','G05-HKD','G09-BT01',
            'G13-DD','G13-DD'][chosen] AS field,
        [1, 1, 1, 1, 1, 3, 3, 10, 3, 10][chosen] AS allowed,
        ['online', 'online', 'direct', 'postal'][1 + bitShiftRight(dice, 12) % 4] AS channel,
        if(procedure = '1.001612', 'business', 'citizen') AS applicant,
        channel = 'online' AS online,
        {BEGAN} + day_number * 86400 AS midnight,
        toUInt32(midnight + 27000 + bitShiftRight(dice, 16) % 30600) AS received_s,
        toUInt32(midnight + allowed * 86400 + 61200) AS due_s,
        bitShiftRight(dice, 32) % 1000 < 17 AS late,
        bitShiftRight(dice, 42) % 1000 < 10 AS open,
        toUInt32(if(late, due_s + 3600 + bitShiftRight(dice, 48) % 172800,
            received_s + intDiv((due_s - received_s) * (1 + bitShiftRight(dice, 48) % 97), 100))) AS ended_s,
        concat('H56.99-', formatDateTime(toDateTime(midnight, 'Asia/Ho_Chi_Minh'), '%y%m%d'), '-',
            leftPad(toString(number % {PER_DAY}), 5, '0')) AS entity,
        if(open, '2', '9') AS status,
        toDate32(toDateTime(received_s, 'Asia/Ho_Chi_Minh')) AS received_day,
        toDate32(toDateTime(due_s, 'Asia/Ho_Chi_Minh')) AS due_day,
        toDate32(toDateTime(ended_s, 'Asia/Ho_Chi_Minh')) AS ended_day
    FROM numbers({{first:UInt64}}, {{count:UInt64}})
)"""

CELLS = f"""
INSERT INTO dossiers_landing (entity, version, roles, days, units, gone, procedure, field, channel, status,
    applicant, received_at, due_at, ended_at, late_at, next_change_at, agency, paid_online, has_fee,
    digitised, reused, from_store, verified, electronic_result, by_post)
SELECT entity, 1,
    if(open, ['received', 'due'], ['received', 'due', 'finished']),
    if(open, [received_day, due_day], [received_day, due_day, ended_day]),
    if(open, [unit, unit], [unit, unit, unit]), if(open, [0, 0], [0, 0, 0]),
    procedure, field, channel, status, applicant,
    toDateTime64(received_s, 3, 'UTC'), toDateTime64(due_s, 3, 'UTC'),
    if(open, NULL, toDateTime64(ended_s, 3, 'UTC')),
    if(open OR ended_s > due_s, toDateTime64(due_s, 3, 'UTC'), NULL),
    if(open, toDateTime64(due_s, 3, 'UTC'), NULL),
    '{SENDER}', online, 0, online, 0, 0, online, 0, 0
FROM {LIVES}
"""

READING = f"""concat(
    '{{"unit":"', unit, '","procedure":"', procedure, '","field":"', field, '","channel":"', channel,
    '","status":"', status, '","applicant":"', applicant,
    '","received_at":"', {UTC_INSTANT.format(at="received_s")}, '","accepted":true',
    ',"due_at":"', {UTC_INSTANT.format(at="due_s")}, '","finished_at":',
    if(open, 'null', concat('"', {UTC_INSTANT.format(at="ended_s")}, '"')),
    ',"returned_at":null,"refused_at":null,"asked":[],"person":"', lower(hex(sipHash128(number % 300000))),
    '","paid_online":', toString(online), ',"has_fee":0,"digitised":', toString(online),
    ',"reused":0,"from_store":0,"verified":', toString(online), ',"electronic_result":0,"by_post":0',
    ',"heard_at":null,"state_at":"', {UTC_INSTANT.format(at="if(open, received_s, ended_s)")},
    '","days":[["received","', toString(received_day), '"],["due","', toString(due_day), '"]',
    if(open, '', concat(',["finished","', toString(ended_day), '"]')), ']}}')"""

VERSIONS = f"""
INSERT INTO dossiers_versions (entity, kind, place, version_id, sender, relations, reading, batch)
SELECT entity, 'dossier',
    bitShiftLeft(toUInt128(intDiv(number, {IN_DELIVERY})), 24) + number % {IN_DELIVERY},
    lower(hex(sipHash128(number))), '{SENDER}', [], {READING}, {BATCH}
FROM {LIVES}
"""

DELIVERIES = f"""
INSERT INTO dossiers_deliveries (delivery, partition, era, offset, appended_ms, batch)
SELECT lower(hex(SHA256(toString(intDiv(number, 12))))), number % 12, 0, intDiv(number, 12),
    1000 * ({BEGAN} + intDiv(intDiv(number, 12) * {IN_DELIVERY}, {PER_DAY}) * 86400 + 61200), {BATCH}
FROM numbers({{first:UInt64}}, {{count:UInt64}})
"""

INVOICES = f"""
INSERT INTO einvoices_landing (entity, version, roles, days, units, gone, seller, household, template, series,
    adjustment, net, vat, total, currency, source, agency, flagged)
SELECT concat(seller, ':1:K26TBM:', toString(number)), 1, ['issued'], [issued], [unit], [0],
    seller, seller_number % 12 = 0, '1', 'K26TBM', 0, net, vat, net + vat, 'VND', 'invoice', 'TCT.38', 0
FROM (
    SELECT number, sipHash64(number, 2) AS dice,
        /* Half of all invoices come from few sellers, as the square of an even share. */
        toUInt32(if(dice % 2, pow(bitShiftRight(dice, 16) % 1000000 / 1000000, 2),
            bitShiftRight(dice, 16) % 1000000 / 1000000) * {SELLERS}) AS seller_number,
        leftPad(toString(9900000000 + seller_number), 10, '0') AS seller,
        {{units:Array(String)}}[1 + seller_number % length({{units:Array(String)}})] AS unit,
        toDate32('{FIRST_DAY}') + toUInt32(intDiv(number, {PER_DAY})) AS issued,
        toDecimal64(1000 * (1 + bitShiftRight(dice, 40) % 9000), 0) AS net,
        toDecimal64(80 * (1 + bitShiftRight(dice, 40) % 9000), 0) AS vat
    FROM numbers({{first:UInt64}}, {{count:UInt64}})
)
"""
