import { setTimeout as delay } from "node:timers/promises";
import { OnlineStoreError } from "../../../errors.ts";
import type { RedisAccess, RedisAddress } from "../connection-string.ts";
import { writeCommand } from "../wire/command-writer.ts";
import { RedisConnection } from "../wire/connection.ts";
import { ConnectionLost } from "../wire/connection-lost.ts";
import { keySlot, slotTag } from "./key-slot.ts";
import { parseRedirection, type Redirection } from "./redirection.ts";
import { RedisNode } from "./redis-node.ts";
import type { KeyedBatch, RedisServers } from "./redis-servers.ts";
import { nodeName, parseSlotMap, type SlotMap } from "./slot-map.ts";

const pausesMs = [0, 100, 400, 1000];

/** A Redis Cluster: follows slots to where they are. */
export class RedisCluster implements RedisServers {
  readonly partitioned = true;
  readonly #seeds: readonly RedisAddress[];
  readonly #access: RedisAccess;
  readonly #nodes = new Map<string, RedisNode>();
  #map: SlotMap;
  #refreshing: Promise<boolean> | undefined;

  private constructor(seeds: readonly RedisAddress[], access: RedisAccess) {
    this.#seeds = seeds;
    this.#access = access;
    this.#map = parseSlotMap([], { host: "", port: 0 });
  }

  static async connect(seeds: readonly RedisAddress[], access: RedisAccess): Promise<RedisCluster> {
    const cluster = new RedisCluster(seeds, access);
    try {
      await cluster.refresh();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get name(): string {
    return this.#seeds.map(nodeName).join(",");
  }

  nodes(): readonly RedisNode[] {
    return this.#map.masters.map((master) => this.#nodeAt(master));
  }

  nodeOf(key: Buffer): RedisNode {
    return this.#nodeOfSlot(keySlot(key));
  }

  keyOn(node: RedisNode, key: string): string {
    const master = this.#map.masters.find((candidate) => this.#nodes.get(nodeName(candidate)) === node);
    return `{${slotTag(master?.firstSlot ?? 0)}}${key}`;
  }

  async run(batch: KeyedBatch): Promise<void> {
    let open = Array.from({ length: batch.count }, (_, i) => i);
    for (const pauseMs of pausesMs) {
      const redirected = await this.#runOnce(batch, open);
      if (redirected.length === 0) return;
      const asked = redirected.filter(({ to }) => to.kind === "ask");
      await Promise.all(asked.map(({ index, to }) => this.#ask(batch, index, to)));
      open = redirected.filter(({ to }) => to.kind !== "ask").map(({ index }) => index);
      if (open.length === 0) return;
      await delay(pauseMs);
      await this.refresh();
    }
    throw new ConnectionLost("the cluster does not serve all of its slots at the moment", true);
  }

  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#load().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.close()));
  }

  /** Sends the commands to whom the map says, and gives back those that somebody else has to answer. */
  async #runOnce({ keyOf, write, take }: KeyedBatch, open: readonly number[]) {
    const groups = new Map<RedisNode, number[]>();
    for (const index of open) {
      const node = this.nodeOf(keyOf(index));
      const group = groups.get(node);
      if (group === undefined) groups.set(node, [index]);
      else group.push(index);
    }
    const redirected: { readonly index: number; readonly to: Redirection }[] = [];
    const runGroup = async ([node, group]: [RedisNode, readonly number[]]) => {
      try {
        await node.run({
          count: group.length,
          write: (out) => {
            for (const index of group) write(out, index);
          },
          take: (bytes, start, i) => {
            const index = group[i] as number;
            const to = parseRedirection(bytes, start);
            if (to === undefined) take(bytes, start, index);
            else redirected.push({ index, to });
          },
        });
      } catch (error) {
        if (!(error instanceof ConnectionLost) || error.silent) throw error;
        redirected.push(...group.map((index) => ({ index, to: { kind: "moved" } as const })));
      }
    };
    await Promise.all([...groups].map(runGroup));
    return redirected;
  }

  #ask({ write, take }: KeyedBatch, index: number, to: Redirection): Promise<void> {
    return this.#nodeAt(to.kind === "ask" ? to.address : { host: "", port: 0 }).run({
      count: 2,
      write: (out) => {
        writeCommand(out, ["ASKING"]);
        write(out, index);
      },
      take: (bytes, start, i) => {
        if (i === 1) take(bytes, start, index);
      },
    });
  }

  async #load(): Promise<boolean> {
    let lost: unknown;
    for (const address of [...this.#map.masters, ...this.#seeds]) {
      try {
        const node = this.#nodeAt(address);
        // Another one may know as well: no use in waiting for this one.
        await node.connect();
        const map = parseSlotMap(await node.command("CLUSTER", "SLOTS"), address);
        if (map.masters.length > 0) {
          this.#map = map;
          return true;
        }
        lost = new OnlineStoreError("STORE_UNAVAILABLE", `the cluster of Redis at ${this.name} has given out no slots`);
      } catch (error) {
        lost = error;
      }
    }
    throw lost;
  }

  #nodeOfSlot(slot: number): RedisNode {
    const master = this.#map.masters[this.#map.owners[slot] ?? 0] ?? this.#map.masters[0];
    return this.#nodeAt(master ?? (this.#seeds[0] as RedisAddress));
  }

  #nodeAt(address: RedisAddress): RedisNode {
    const name = nodeName(address);
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = new RedisNode(() => RedisConnection.connect(address, { ...this.#access, db: 0 }));
    this.#nodes.set(name, node);
    return node;
  }
}
