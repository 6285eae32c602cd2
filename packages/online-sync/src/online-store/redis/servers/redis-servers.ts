import type { ByteWriter } from "../../../codec/byte-writer.ts";
import type { RedisNode } from "./redis-node.ts";

/** Commands that each concern a key. */
export interface KeyedBatch {
  readonly count: number;
  /** The key of the i-th command, which decides whom it goes to where there are several. */
  readonly keyOf: (index: number) => Buffer;
  /** Writes the i-th command. */
  readonly write: (out: ByteWriter, index: number) => void;
  /** Takes the reply to it, which is `bytes` from `start` on. */
  readonly take: (bytes: Buffer, start: number, index: number) => void;
}

/** The Redis servers that together hold a store, each a part of the keys. */
export interface RedisServers {
  /** Where they are, for messages. */
  readonly name: string;
  /** Whether a command or script may only touch the keys of one server: then keys go to theirs one by one. */
  readonly partitioned: boolean;
  /** All of them, as known at the moment. */
  nodes(): readonly RedisNode[];
  /** The one that holds a key, as known at the moment. */
  nodeOf(key: Buffer): RedisNode;
  /** The name of a key that is kept on each server, on this one. */
  keyOn(node: RedisNode, key: string): string;
  /** Sends commands to the servers of their keys, wherever these have moved. */
  run(batch: KeyedBatch): Promise<void>;
  /** Finds out anew where the keys are; when an error says that they may have moved. False: they have not. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}
