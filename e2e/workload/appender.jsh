// Writes one file with hflush, line after line, and never closes it: what a log shipper or a stream job does. Run by
// the JDK's own jshell with Hadoop's class path; the properties say where, how often and as what.
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.*;

var conf = new Configuration();
var fileSystem = FileSystem.get(conf);
var path = new Path(System.getProperty("appender.path"));
long everyMs = Long.getLong("appender.every.ms", 50);
var out = fileSystem.create(path, true);
System.out.println("open " + path);
System.out.flush();
for (long serial = 1; ; serial++) {
  out.write(String.format("%012d %d%n", serial, System.currentTimeMillis()).getBytes("UTF-8"));
  out.hflush();
  System.out.println(serial);
  System.out.flush();
  Thread.sleep(everyMs);
}
