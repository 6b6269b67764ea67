# chronyd, the real NTP server of the tests. It is never started as this machine's own service.

need_chrony() {
  [ -x /usr/sbin/chronyd ] || command -v chronyd >/dev/null || need_packages "chrony (an NTP server)" chrony
}
