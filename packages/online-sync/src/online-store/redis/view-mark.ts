import type { FeatureView } from "@icecore/feature-registry";
import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog";
import { rowDefinition } from "../../codec/row-definition.ts";
import type { Watermark } from "../online-store.ts";
import { leaseMs } from "../run/leased-run.ts";
import { encodeHolder, isGone, lostError, runningError } from "../run/run-holder.ts";
import { aimRunScript, beginRunScript, endRunScript, renewRunScript } from "./scripts/lease.ts";
import { runScript, type Script, toScript } from "./scripts/run-script.ts";
import { following } from "./servers/following.ts";
import type { RedisNode } from "./servers/redis-node.ts";
import type { RedisServers } from "./servers/redis-servers.ts";
import type { Reply } from "./wire/reply.ts";

/** What Redis knows about a view besides its rows. */
export interface ViewMark {
  readonly watermark: Watermark | undefined;
  /** The features that rows of the view may hold, those of earlier definitions among them. */
  readonly features: readonly string[];
}

const scripts = {
  begin: toScript(beginRunScript, false),
  aim: toScript(aimRunScript, false),
  renew: toScript(renewRunScript, false),
  end: toScript(endRunScript, false),
};

/**
 * The mark of a view in a store (see `scripts/lease.ts`): on each of its servers, so that one that has lost its rows is
 * noticed. Feast's keys begin with a 32-bit count of join keys: none of them looks like this one.
 */
export class ViewMarks {
  readonly #servers: RedisServers;
  readonly #view: FeatureView;
  readonly #name: string;

  constructor(servers: RedisServers, space: string, view: FeatureView) {
    this.#servers = servers;
    this.#view = view;
    this.#name = `icecore:${space}:${view.name}`;
  }

  keyOn(node: RedisNode): string {
    return this.#servers.keyOn(node, this.#name);
  }

  async load(): Promise<ViewMark> {
    const replies = await this.#onAll((node) => node.command("HGETALL", this.keyOn(node)));
    return mergeMarks(this.#view, replies.map(toFields));
  }

  /** Begins a run of the view. @throws OnlineStoreError `MATERIALIZATION_RUNNING` */
  begin(token: string): Promise<ViewMark> {
    return following(this.#servers, () => this.#begin(token));
  }

  async #begin(token: string): Promise<ViewMark> {
    const begun: RedisNode[] = [];
    const marks: Fields[] = [];
    try {
      // One after the other, in the same order for all: of two that begin at once, one gets all.
      for (const node of this.#servers.nodes()) {
        marks.push(await this.#beginOn(node, token));
        begun.push(node);
      }
    } catch (error) {
      await Promise.all(begun.map((node) => this.#run(node, scripts.end, token)));
      throw error;
    }
    return mergeMarks(this.#view, marks);
  }

  async renew(token: string): Promise<void> {
    await this.#onAll((node) => this.#run(node, scripts.renew, token, String(leaseMs)));
  }

  async aim(token: string, snapshot: SnapshotId): Promise<void> {
    await this.#onAll((node) => this.#run(node, scripts.aim, token, String(leaseMs), String(snapshot)));
  }

  /** Sets the watermark and ends the run, when no server has lost anything since it began. */
  async finish(token: string, snapshot: SnapshotId | undefined): Promise<void> {
    await this.#onAll((node) => this.#run(node, scripts.renew, token, String(leaseMs), "whole"));
    await this.#onAll((node) => this.#run(node, scripts.end, token, snapshot?.toString() ?? ""));
  }

  /** Ends the run; the watermark stays. */
  async release(token: string): Promise<void> {
    await this.#onAll((node) => this.#run(node, scripts.end, token));
  }

  /** Forgets the watermark, and ends whatever run there is. What rows may hold is still known. */
  async clear(): Promise<void> {
    const fields = ["definition", "snapshot", "finished", "token", "holder", "expires", "server"];
    await this.#onAll((node) => node.command("HDEL", this.keyOn(node), ...fields));
  }

  /** Forgets all. */
  async drop(): Promise<void> {
    await this.#onAll((node) => node.command("DEL", this.keyOn(node)));
  }

  async #beginOn(node: RedisNode, token: string): Promise<Fields> {
    const features = this.#view.features.map((feature) => feature.name);
    const begin = async (dead: string) => {
      const values = [encodeHolder(new Date()), String(leaseMs), rowDefinition(this.#view), dead, ...features];
      return ((await this.#run(node, scripts.begin, token, ...values)) as Reply[]).map(String);
    };
    let [outcome, ...rest] = await begin("");
    if (outcome === "running" && isGone(rest[1] ?? "")) [outcome, ...rest] = await begin(rest[0] ?? "");
    if (outcome === "running") throw runningError(this.#view, rest[1] ?? "");
    return toFields(rest);
  }

  #run(node: RedisNode, script: Script, ...args: readonly string[]): Promise<Reply> {
    return runScript(node, script, this.keyOn(node), args);
  }

  #onAll<T>(action: (node: RedisNode) => Promise<T>): Promise<T[]> {
    return following(this.#servers, () => Promise.all(this.#servers.nodes().map(action)));
  }
}

const lostReply = /\bRUNLOST (\w+)/;

/** Says what a script means by it when a run is lost; other failures are as they were. */
export function toRunError(view: FeatureView, error: unknown): unknown {
  const why = error instanceof Error ? lostReply.exec(error.message)?.[1] : undefined;
  if (why === undefined) return error;
  if (why === "restarted") return lostError(view, "Redis was restarted, or another server took its place");
  return lostError(view, "another run has taken its place, or Redis was emptied, or the view was dropped");
}

type Fields = ReadonlyMap<string, string>;

function toFields(reply: Reply): Fields {
  const flat = (reply as Reply[]).map(String);
  return new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : [])));
}

/** What servers say together: the view was never materialized when none has a mark, and not in full when they differ. */
function mergeMarks(view: FeatureView, marks: readonly Fields[]): ViewMark {
  const named = (prefix: string) => {
    const names = marks.flatMap((mark) => [...mark.keys()].filter((name) => name.startsWith(prefix)));
    return [...new Set(names.map((name) => name.slice(prefix.length)))];
  };
  const features = named("feature:");
  if (marks.every((mark) => !mark.has("definition"))) return { watermark: undefined, features };
  const [first] = marks;
  const snapshot = first?.get("snapshot");
  const alike = marks.every(
    (mark) => mark.get("snapshot") === snapshot && mark.get("finished") === first?.get("finished"),
  );
  const current = marks.every((mark) => mark.get("definition") === rowDefinition(view));
  const known = snapshot !== undefined && alike && current;
  const begun = named("begun:").map((id) => snapshotId(BigInt(id)));
  const watermark = {
    snapshotId: known ? snapshotId(BigInt(snapshot)) : undefined,
    ...(begun.length > 0 && { begun }),
  };
  return { watermark, features };
}
