import { createHash } from "node:crypto";
import type { RedisNode } from "../servers/redis-node.ts";
import type { Argument } from "../wire/command-writer.ts";
import { RedisReplyError, type Reply } from "../wire/reply.ts";

/** A script that Redis may know already, by the hash of its text. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Lets a script use keys of any slot that its server holds, which it would otherwise be refused in a cluster. */
const acrossSlots = "#!lua flags=allow-cross-slot-keys\n";

export function toScript(text: string, partitioned: boolean): Script {
  const whole = partitioned ? `${acrossSlots}${text}` : text;
  return { text: whole, sha: createHash("sha1").update(whole).digest("hex") };
}

/** Runs a script with one key; sends its text only when the server does not know it. @throws ConnectionLost, RedisReplyError */
export async function runScript(
  node: RedisNode,
  { text, sha }: Script,
  key: Argument,
  args: readonly Argument[],
): Promise<Reply> {
  try {
    return await node.command("EVALSHA", sha, 1, key, ...args);
  } catch (error) {
    if (!(error instanceof RedisReplyError) || !error.message.startsWith("NOSCRIPT")) throw error;
    return node.command("EVAL", text, 1, key, ...args);
  }
}
