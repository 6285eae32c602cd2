import type { RedisAddress } from "../connection-string.ts";
import type { Reply } from "../wire/reply.ts";
import { slotCount } from "./key-slot.ts";

/** Which master holds which slots. */
export interface SlotMap {
  readonly masters: readonly SlotMaster[];
  /** By slot: the index of its master; -1: nobody holds it. */
  readonly owners: Int16Array;
}

export interface SlotMaster extends RedisAddress {
  /** The first of its slots. */
  readonly firstSlot: number;
}

/** Reads the reply to `CLUSTER SLOTS`; a master that does not know its own address is where `asked` is. */
export function parseSlotMap(reply: Reply, asked: RedisAddress): SlotMap {
  const owners = new Int16Array(slotCount).fill(-1);
  const masters: SlotMaster[] = [];
  const ranges = (Array.isArray(reply) ? (reply as readonly Reply[][]) : []).map(parseRange);
  for (const { first, last, host, port } of ranges.sort((a, b) => a.first - b.first)) {
    const address = { host: host === "" ? asked.host : host, port };
    let index = masters.findIndex((master) => nodeName(master) === nodeName(address));
    if (index < 0) index = masters.push({ ...address, firstSlot: first }) - 1;
    owners.fill(index, first, last + 1);
  }
  return { masters, owners };
}

export function nodeName({ host, port }: RedisAddress): string {
  return `${host}:${port}`;
}

function parseRange([first, last, master]: readonly Reply[]) {
  const [host, port] = (master ?? []) as readonly Reply[];
  return { first: Number(first), last: Number(last), host: host === null ? "" : String(host), port: Number(port) };
}
