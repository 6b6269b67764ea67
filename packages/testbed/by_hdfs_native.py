# Files by hdfs-native (Rust, by its Python package), for packages/testbed/src/hdfs-native.ts. Arguments: NameNode, then
# "write" or "read", then pairs of a path in HDFS and a local file.
import sys

import hdfs_native

address, work, *names = sys.argv[1:]
client = hdfs_native.Client("hdfs://" + address)
options = hdfs_native.WriteOptions(overwrite=True)

for path, local in zip(names[::2], names[1::2]):
    if work == "write":
        with open(local, "rb") as source, client.create(path, options) as stream:
            stream.write(source.read())
    else:
        with open(local, "wb") as target, client.read(path) as stream:
            target.write(stream.read())
