/* sensor: values wander a little from report to report; some sensors stand still, some reports have no
 * pressure. */
#include "demo/sensor.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"

static const char *const kinds[] = {"pump", "fan", "valve", "boiler"};
static const char *const sites[] = {"north", "east", "south", "west"};

void demo_plant_init(struct demo_plant *plant, uint64_t seed)
{
    chance_init(&plant->chance, seed);
    for (unsigned i = 0; i < DEMO_SENSORS; i++) {
        struct demo_sensor *sensor = &plant->sensors[i];
        snprintf(sensor->name, sizeof(sensor->name), "%s-%03u", kinds[i % 4], i);
        sensor->site = sites[chance_below(&plant->chance, 4)];
        sensor->temperature = 20 + 40 * chance_fraction(&plant->chance);
        sensor->pressure = 1 + 5 * chance_fraction(&plant->chance);
        sensor->silent = (uint32_t)chance_below(&plant->chance, 4);
    }
}

/* A step of at most `step`, back towards the middle when far away. */
static double sensor_wander(struct chance *chance, double value, double middle, double step)
{
    double to = value + step * (2 * chance_fraction(chance) - 1) + (middle - value) * 0.01;
    return round(to * 100) / 100;
}

static const char *sensor_state(const struct demo_sensor *sensor)
{
    if (sensor->temperature > 62)
        return "hot";
    return sensor->pressure > 6 ? "pressure high" : "ok";
}

struct slice demo_plant_report(struct demo_plant *plant, uint64_t number, int64_t at, char text[256],
                               uint32_t *index)
{
    char pressure[40] = "null";
    *index = (uint32_t)chance_below(&plant->chance, DEMO_SENSORS);
    struct demo_sensor *sensor = &plant->sensors[*index];
    sensor->temperature = sensor_wander(&plant->chance, sensor->temperature, 40, 0.8);
    sensor->pressure = sensor_wander(&plant->chance, sensor->pressure, 3.5, 0.1);
    if (sensor->silent-- == 0)
        sensor->silent = 3;
    else
        snprintf(pressure, sizeof(pressure), "%.2f", sensor->pressure);
    int len =
        snprintf(text, 256,
                 "{\"sensor\":\"%s\",\"report\":%llu,\"at\":%lld,\"site\":\"%s\",\"temperature\":%.2f,"
                 "\"pressure\":%s,\"running\":%s,\"state\":\"%s\"}",
                 sensor->name, (unsigned long long)number, (long long)at, sensor->site, sensor->temperature,
                 pressure, *index % 9 == 0 ? "false" : "true", sensor_state(sensor));
    CHECK(len > 0 && len < 256);
    return slice_of(text, (size_t)len);
}
