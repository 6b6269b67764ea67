/** How Java is called: which binary, with which flags, as which Hadoop user. */
import { join } from "node:path";

/** Packages of the JDK that Hadoop 3.4 reflects into and that Java 17 closes. */
const OPENED = [
  "java.lang",
  "java.lang.reflect",
  "java.net",
  "java.nio",
  "java.util",
  "java.util.concurrent",
  "sun.nio.ch",
];

/** A JVM that lives for minutes starts in half the time with these. */
const SHORT_LIVED = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** One call of a Java main class, ready for `spawn`. */
export interface JavaCall {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

export interface JavaRequest {
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Folders and jars, in order; configuration folders first. */
  readonly classPath: readonly string[];
  /** The user that HDFS sees (`HADOOP_USER_NAME`), unless it asks for Kerberos. */
  readonly user: string;
  /** How the user proves itself: the realm's krb5.conf, and the ticket cache of a tool that has no keytab. */
  readonly kerberos?: { readonly krb5Conf: string; readonly ticketCache?: string | undefined } | undefined;
  /** Largest heap; default the JVM's, a quarter of the memory. */
  readonly heapMib?: number | undefined;
  /** In place of the flags for short-lived JVMs. */
  readonly jvmFlags?: readonly string[] | undefined;
  /** `-Dname=value`. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** The command line and the environment of a call. Hadoop variables of the caller's shell are not passed on. */
export function javaCall(request: JavaRequest): JavaCall {
  const args = [
    ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    ...(request.jvmFlags ?? SHORT_LIVED),
    ...(request.heapMib === undefined ? [] : [`-Xmx${request.heapMib}m`]),
    ...(request.kerberos === undefined ? [] : [`-Djava.security.krb5.conf=${request.kerberos.krb5Conf}`]),
    ...Object.entries(request.properties ?? {}).map(([name, value]) => `-D${name}=${value}`),
    "-cp",
    request.classPath.join(":"),
    request.mainClass,
    ...request.args,
  ];
  return { command: javaBinary(), args, env: javaEnvironment(request) };
}

function javaBinary(): string {
  const home = process.env["JAVA_HOME"];
  return home ? join(home, "bin", "java") : "java";
}

function javaEnvironment({ user, kerberos }: JavaRequest): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(HADOOP|HDFS|YARN|MAPRED|CLASSPATH|JAVA_TOOL_OPTIONS)/.test(name))
      env[name] = value;
  }
  const cache = kerberos?.ticketCache;
  return { ...env, HADOOP_USER_NAME: user, ...(cache === undefined ? {} : { KRB5CCNAME: cache }) };
}
