# Java 17, Maven, and the jars of the real clusters.

# Hadoop 3.4 runs on Java 17. What is found is told by JAVA_HOME, which the testbed follows.
need_java() {
  find_java && return
  need_packages "Java 17" openjdk-17-jre-headless
  find_java || fail "Java 17 is still not found; set JAVA_HOME to its folder"
}

# Reads the version from the `release` file of an installation: no JVM is started for it.
find_java() {
  on_path=$(command -v java || true)
  [ -z "$on_path" ] || on_path=$(dirname -- "$(dirname -- "$(readlink -f -- "$on_path")")")
  for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/java-17-openjdk-*; do
    [ -n "$home" ] && [ -x "$home/bin/java" ] && [ -f "$home/release" ] || continue
    if grep -q '^JAVA_VERSION="17[."]' "$home/release"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}

need_maven() {
  command -v mvn >/dev/null || need_packages "Maven" maven
}

# The testbed resolves and keeps the class path; here it is only asked for when its file is missing.
need_class_paths() {
  key=$(sha256sum packages/testbed/maven/pom.xml | cut -c1-16)
  [ -f ".cache/testbed/hdfs-$key.classpath" ] || node_modules/.bin/node packages/testbed/src/fetch.ts
}
