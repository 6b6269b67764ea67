/** An agent as the control device sees it: it enrols, says hello, reads the clock's name, tells of its cluster, and answers from a journal. */
import { channelOn, type Channel } from "@coeval/contract/wire/channel";
import { fromControl, type FromAgent, type FromControl, LINK_VERSION } from "@coeval/contract/wire/link";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { StatusMessage } from "../link-parts.ts";
import type { AgentPeer } from "../link.ts";
import type { FakeNetwork } from "./fake-network.ts";

export interface FakeAgent {
  readonly peer: AgentPeer;
  /** What the control device said on all links, in order. */
  readonly heard: FromControl[];
  /** Opens a link and says hello; once welcome it tells of its cluster. */
  connect(network: FakeNetwork): Promise<void>;
  say(message: FromAgent): Promise<void>;
  /** Tells of its cluster; what is not given is as before. */
  tell(change?: Told): Promise<void>;
  /** Breaks the link. */
  drop(): void;
  readonly ended: boolean;
}

type Told = Partial<ClusterStatus> & {
  readonly clockErrorMs?: number | null;
  readonly clockSource?: string;
  readonly apart?: StatusMessage["clock"]["apart"];
  readonly server?: StatusMessage["clock"]["server"];
  readonly clusterClock?: StatusMessage["clusterClock"];
};

export interface FakeAgentOptions {
  readonly cluster: string;
  readonly fingerprint: string;
  readonly agent?: string;
  /** Called for each instruction that comes, repeats too. */
  readonly instructed?: (agent: FakeAgent, message: Extract<FromControl, { say: "instruct" }>) => void;
}

export function createFakeAgent(options: FakeAgentOptions): FakeAgent {
  const { cluster, fingerprint, agent = cluster } = options;
  const peer: AgentPeer = { kind: "agent", cluster, agent, fingerprint };
  const heard: FromControl[] = [];
  let channel: Channel | null = null;
  let clockErrorMs: number | null = 1;
  let source = "";
  let apart: StatusMessage["clock"]["apart"] = null;
  let server: StatusMessage["clock"]["server"] = null;
  let status: ClusterStatus = {
    reachable: true,
    cause: null,
    identity: { clusterId: `CID-${cluster}`, namespaceId: "1" },
    version: "3.4.2",
    safeMode: false,
    capacityBytes: null,
    remainingBytes: null,
  };

  async function listen(own: Channel): Promise<void> {
    try {
      for (;;) {
        const frame = await own.receive();
        if (frame?.kind !== "json") break;
        const message = fromControl.parse(frame.value);
        heard.push(message);
        if (message.say === "welcome") {
          source = message.clockSource;
          await self.tell();
        }
        if (message.say === "appoint") {
          const { term, acting, leased } = message;
          await self.say({ say: "appointed", term, acting, leased });
        }
        if (message.say === "holds-point")
          await self.say({ say: "held", number: message.number, held: true, failure: null });
        if (message.say === "instruct") options.instructed?.(self, message);
        // As a real agent does: it leaves when it is refused.
        if (message.say === "refused") own.close("refused");
      }
    } catch {
      // The link broke: `ended` says so.
    }
    if (channel === own) channel = null;
  }

  const self: FakeAgent = {
    peer,
    heard,
    async connect(network) {
      const own = channelOn(network.dial(peer));
      channel = own;
      void listen(own);
      await own.send({ say: "hello", version: LINK_VERSION, software: "fake", dataAddress: "127.0.0.1:1" });
    },
    async say(message) {
      await channel?.send(message);
    },
    async tell(change = {}) {
      const { clockErrorMs: errorMs, clockSource, clusterClock = null, ...more } = change;
      source = clockSource ?? source;
      if (errorMs !== undefined) clockErrorMs = errorMs;
      const { apart: apartNow = apart, server: serverNow = server, ...rest } = more;
      apart = apartNow;
      server = serverNow;
      status = { ...status, ...rest };
      const reading = clockErrorMs === null ? null : { offsetMs: 0, errorMs: clockErrorMs, ageMs: 0 };
      const clock = { source, server, failure: null, reading, apart };
      await self.say({ say: "status", cluster: status, clock, clusterClock, tenures: [], voidSnapshots: 0 });
    },
    drop() {
      channel?.close("the agent was killed");
      channel = null;
    },
    get ended() {
      return channel === null;
    },
  };
  return self;
}
