# MIT Kerberos: a key server of the tests' own, never started as this machine's, and the library that clients call.

need_kerberos() {
  for tool in krb5kdc kadmin.local kinit; do
    [ -x "/usr/sbin/$tool" ] || command -v "$tool" >/dev/null ||
      { need_packages "Kerberos" krb5-kdc krb5-admin-server krb5-user libgssapi-krb5-2; return; }
  done
}
