# One turn of the benchmark `client` by hdfs-native. Arguments: NameNode, work, name, files, writers, MiB.
import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import hdfs_native

address, work, name, files, writers, mib = sys.argv[1:7]
files, writers, mib = int(files), int(writers), int(mib)
client = hdfs_native.Client("hdfs://" + address)
small = bytes((index * 31) & 255 for index in range(4096))
overwrite = hdfs_native.WriteOptions(overwrite=True)


def small_write(file):
    with client.create(f"/{name}/{file}", overwrite) as stream:
        stream.write(small)


def small_read(file):
    with client.read(f"/ours/{file}") as stream:
        assert len(stream.read()) == len(small)


def each(act):
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(act, range(files)))


def large_write():
    chunk = bytes((index * 7) & 255 for index in range(1 << 20))
    with client.create(f"/{name}-large", overwrite) as stream:
        for _ in range(mib):
            stream.write(chunk)


def large_read():
    read = 0
    with client.read("/ours-large") as stream:
        while piece := stream.read(1 << 20):
            read += len(piece)
    assert read == mib << 20


works = {
    "small-write": lambda: each(small_write),
    "small-read": lambda: each(small_read),
    "large-write": large_write,
    "large-read": large_read,
}
client.mkdirs(f"/{name}")


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


used, start = cpu(), time.monotonic()
works[work]()
seconds = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu() - used, "peakRssMib": peak}))
