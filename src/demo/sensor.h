/* sensor: a plant of pumps and fans that report: plausible records, the same for the same seed. */
#ifndef DEMO_SENSOR_H
#define DEMO_SENSOR_H

#include "base/chance.h"
#include "base/slice.h"

enum { DEMO_SENSORS = 64 };

struct demo_sensor {
    char name[16]; /* "pump-017" */
    const char *site;
    double temperature; /* degrees Celsius; wanders */
    double pressure;    /* bar */
    uint32_t silent;    /* reports until the next pressure */
};

struct demo_plant {
    struct chance chance;
    struct demo_sensor sensors[DEMO_SENSORS];
};

void demo_plant_init(struct demo_plant *plant, uint64_t seed);

/* The next report of one of the sensors, made at `at`, whatever that is counted in: its index, and the
 * record's value, a JSON object, in `text` (cut never: 256 bytes are enough). The slice is a view of `text`.
 */
struct slice demo_plant_report(struct demo_plant *plant, uint64_t number, int64_t at, char text[256],
                               uint32_t *sensor);

#endif
