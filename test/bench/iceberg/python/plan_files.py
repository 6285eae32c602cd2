"""Plans the same scans with PyIceberg: `plan_files.py '{"metadata": LOCATION, "selective": false, "repeat": 1}'`."""

import json
import resource
import statistics
import sys
import time

from pyiceberg.table import StaticTable

FIRST_DAY = 19_723
MICROS_PER_DAY = 86_400_000_000

request = json.loads(sys.argv[1])
table = StaticTable.from_metadata(request["metadata"])


def day(number):
    return time.strftime("%Y-%m-%dT00:00:00+00:00", time.gmtime((FIRST_DAY + number) * 86_400))


def plan():
    if not request["selective"]:
        return len(list(table.scan().plan_files()))
    row_filter = f"event_timestamp >= '{day(50)}' and event_timestamp < '{day(51)}' and entity_id < 10000"
    return len(list(table.scan(row_filter=row_filter).plan_files()))


times = []
for _ in range(request["repeat"] + 1):
    start = time.perf_counter()
    files = plan()
    times.append(1000 * (time.perf_counter() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
later = statistics.median(times[1:] or times)
# It keeps no manifests between plans.
print(json.dumps({"files": files, "firstMs": times[0], "coldMs": later, "warmMs": later, "peakMb": peak}))
