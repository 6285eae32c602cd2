import { setTimeout as delay } from "node:timers/promises";
import { ConnectionLost } from "../wire/connection-lost.ts";
import { RedisReplyError } from "../wire/reply.ts";
import { isMoved } from "./redirection.ts";
import type { RedisServers } from "./redis-servers.ts";

/** Slots on the move, and failovers, take seconds, and some of them half a minute. */
const pausesMs = [0, 50, 100, 200, 400, ...new Array<number>(30).fill(1000)];

/** Does something with servers, and again when what it needs has moved to others. It has to bear repeating. */
export async function following<T>(servers: RedisServers, action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      await follow(servers, error, attempt);
    }
  }
}

/** Finds out where things are by now, after a pause; throws the error when they have not moved, or too often. */
export async function follow(servers: RedisServers, error: unknown, attempt: number): Promise<void> {
  const pause = pausesMs[attempt];
  if (pause === undefined || !mayHaveMoved(error)) throw error;
  await delay(pause);
  if (!(await servers.refresh())) throw error;
}

function mayHaveMoved(error: unknown): boolean {
  if (error instanceof RedisReplyError) return isMoved(error.message);
  return error instanceof ConnectionLost && !error.silent;
}
