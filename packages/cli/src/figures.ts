/** Figures for people: bytes, rates, durations, ages. */

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1.4 GiB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** `38.2 MiB/s`; null without elapsed time. */
export function rate(count: number, elapsedMs: number): string | null {
  return elapsedMs <= 0 ? null : `${bytes((count * 1000) / elapsedMs)}/s`;
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `3 h 12 min`, `5 d 2 h`. */
export function duration(ms: number): string {
  const past = Math.max(0, ms);
  if (past < 1000) return `${Math.round(past)} ms`;
  const seconds = past / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `12.3 s ago`, `in 2.0 s`. */
export function age(atMs: number, nowMs: number): string {
  return atMs > nowMs ? `in ${duration(atMs - nowMs)}` : `${duration(nowMs - atMs)} ago`;
}

/** `12,345`. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** `drwxr-xr-t`, as HDFS prints it. */
export function modeText(type: "file" | "directory", mode: number): string {
  const bits = [6, 3, 0].map((shift) => {
    const three = (mode >> shift) & 7;
    return `${three & 4 ? "r" : "-"}${three & 2 ? "w" : "-"}${three & 1 ? "x" : "-"}`;
  });
  const text = bits.join("");
  const sticky = mode & 0o1000 ? (mode & 1 ? "t" : "T") : text.slice(-1);
  return `${type === "directory" ? "d" : "-"}${text.slice(0, -1)}${sticky}`;
}
