/* point: values wander with the id. */
#include "point.h"

#include "base/buffer.h"

void point_put(struct buffer *to, unsigned server, uint64_t id)
{
    buffer_print(to,
                 "{\"m\":\"host\",\"d\":\"server-%05u\",\"region\":\"cn-hangzhou\",\"zone\":\"zone-%c\","
                 "\"rack\":\"r%02u\",\"os\":\"linux\",\"level\":%u,\"ts\":%llu,",
                 server, 'a' + server % 8, server % 40, server % 4,
                 (unsigned long long)(1700000000000ull + id));
    buffer_print(to, "\"cpu\":%u.%u,\"mem\":%u.%02u,\"disk\":%llu,\"load\":%u.%u,\"state\":\"%s\"}",
                 (unsigned)(id % 100), (unsigned)(id % 10), (unsigned)(id % 64), (unsigned)(id % 89 + 10),
                 (unsigned long long)(id * 31 % 100000000), (unsigned)(id % 7), (unsigned)(id % 9 + 1),
                 id % 5 == 0 ? "warm" : "ok");
}
