// Writes one file with hflush, line after line, and never closes it: what a log shipper or a stream job does. Run by
// the JDK's own jshell with Hadoop's class path; the properties say where, how often, in blocks of which size.
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

var conf = new Configuration();
conf.set("dfs.blocksize", System.getProperty("appender.block.bytes"));
var fileSystem = FileSystem.get(conf);
var path = new Path(System.getProperty("appender.path"));
long everyMs = Long.getLong("appender.every.ms");
var out = fileSystem.create(path, true);
for (long serial = 1; ; serial++) {
  out.write(String.format("%012d %d%n", serial, System.currentTimeMillis()).getBytes("UTF-8"));
  out.hflush();
  System.out.println(serial);
  System.out.flush();
  Thread.sleep(everyMs);
}
