// Three hosts on one machine: network namespaces for the control device, `east` and `west`, joined by veth pairs. A host
// reaches another's service address only where a route says so, so that one direction can be cut. Needs root and `ip`.
import { execFileSync } from "node:child_process";

export type HostName = "control" | "east" | "west";

export interface Hosts {
  /** Prefix that makes a command run on the host. */
  on(host: HostName): readonly string[];
  /** The address its services listen on. */
  address(host: HostName): string;
  /** From now on `from` has no route to the other's service address; the way back stays. */
  cut(from: "east" | "west"): void;
  mend(from: "east" | "west"): void;
  close(): void;
}

const PREFIX = "coeval-test";
const WIRES = [
  { ends: ["control", "east"], net: "10.77.1" },
  { ends: ["control", "west"], net: "10.77.2" },
  { ends: ["east", "west"], net: "10.77.3" },
] as const;
const SERVICES = { control: "10.77.7.1", east: "10.77.8.1", west: "10.77.9.1" } as const;
const NAMES = ["control", "east", "west"] as const;

/** Throws, with what is missing, where namespaces cannot be had. */
export function threeHosts(): Hosts {
  const made: HostName[] = [];
  const close = (): void => {
    for (const name of made) ip("netns", "delete", space(name));
  };
  try {
    for (const name of leftBehind()) ip("netns", "delete", space(name));
    for (const name of NAMES) {
      ip("netns", "add", space(name));
      made.push(name);
      inside(name, "link", "set", "lo", "up");
      inside(name, "address", "add", `${SERVICES[name]}/32`, "dev", "lo");
    }
    for (const { ends, net } of WIRES) {
      const [near, far] = ends;
      const devices = [`c${near[0]}${far[0]}0`, `c${near[0]}${far[0]}1`] as const;
      ip(
        "link",
        "add",
        devices[0],
        "netns",
        space(near),
        "type",
        "veth",
        "peer",
        "name",
        devices[1],
        "netns",
        space(far),
      );
      for (const [index, name] of ends.entries()) {
        const device = devices[index] ?? "";
        inside(name, "address", "add", `${net}.${index + 1}/24`, "dev", device);
        inside(name, "link", "set", device, "up");
      }
    }
    route("add", "east", "control");
    route("add", "west", "control");
    route("add", "east", "west");
    route("add", "west", "east");
  } catch (error) {
    close();
    throw new Error(
      `network namespaces cannot be had here (root and iproute2 are needed): ${(error as Error).message}`,
    );
  }
  return {
    on: (host) => ["ip", "netns", "exec", space(host)],
    address: (host) => SERVICES[host],
    cut: (from) => route("delete", from, other(from)),
    mend: (from) => route("add", from, other(from)),
    close,
  };
}

/** What a run that was killed has left; one in which something still lives is another run's. */
function leftBehind(): HostName[] {
  const there = ip("netns", "list").split(/\s+/);
  return NAMES.filter(
    (name) => there.includes(space(name)) && ip("netns", "pids", space(name)).trim() === "",
  );
}

function other(host: "east" | "west"): "east" | "west" {
  return host === "east" ? "west" : "east";
}

function route(verb: "add" | "delete", from: HostName, to: HostName): void {
  const wire = WIRES.find(({ ends: [a, b] }) => (a === from && b === to) || (a === to && b === from));
  if (wire === undefined) throw new Error(`no wire joins ${from} and ${to}`);
  inside(from, "route", verb, `${SERVICES[to]}/32`, "via", `${wire.net}.${wire.ends[0] === to ? 1 : 2}`);
}

function space(host: HostName): string {
  return `${PREFIX}-${host}`;
}

function inside(host: HostName, ...words: string[]): void {
  ip("-n", space(host), ...words);
}

function ip(...words: string[]): string {
  return execFileSync("ip", words, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
}
