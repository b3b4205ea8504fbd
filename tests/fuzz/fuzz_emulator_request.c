/* fuzz_emulator_request: any body to any operation, the signature left out. The first byte picks the
 * operation; what was accepted must not break a promise of the store, and an answer must decode. */
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Table t; key columns pk0 STRING and id INTEGER AUTO_INCREMENT; one defined column d INTEGER; three
 * versions. */
static const uint8_t create_table[] = {0x0a, 0x21, 0x0a, 0x01, 't',  0x12, 0x07, 0x0a, 0x03, 'p',  'k',
                                       '0',  0x10, 0x02, 0x12, 0x08, 0x0a, 0x02, 'i',  'd',  0x10, 0x01,
                                       0x18, 0x01, 0x1a, 0x05, 0x0a, 0x01, 'd',  0x10, 0x01, 0x2a, 0x00,
                                       0x32, 0x00, 0x12, 0x02, 0x0a, 0x00, 0x1a, 0x0d, 0x08, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0x03};

static struct store store;
static struct visit_ground ground;
static struct visit visit;

static int run(const struct operation *operation, struct slice body)
{
    visit_begin(&visit, operation, body);
    if (visit_prepare(&visit) == 0 && visit_execute(&visit) == 0)
        return 200;
    CHECK(visit.refusal.status >= 400 && visit.refusal.code[0] != 0);
    visit_put_error(&visit);
    CHECK(proto_unpack(&ots__error__descriptor, buffer_slice(&visit.answer), &visit.arena) != NULL);
    return visit.refusal.status;
}

static void begin(void)
{
    store_init(&store);
    ground = (struct visit_ground){.store = &store, .now_ms = 1704164645678};
    CHECK(run(operation_find(SLICE("/CreateTable")), slice_of(create_table, sizeof(create_table))) == 200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    visit_init(&visit, &ground);
    begin();
    const struct operation *operation = operation_at(data[0] % operation_count());
    /* Twice: the second meets what the first has left. */
    for (int i = 0; i < 2; i++)
        run(operation, slice_of(data + 1, size - 1));
    visit_fini(&visit);
    store_fini(&store);
    return 0;
}
