import { randomUUID } from "node:crypto";
import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import { keyBatch } from "../../arrow/key-batch.ts";
import type {
  Correction,
  MaterializationRun,
  OnlineStore,
  ReadRequest,
  ReadResult,
  Watermark,
  WriteCount,
} from "../online-store.ts";
import { type Lease, LeasedRun } from "../run/leased-run.ts";
import { feastLayout } from "./layout/feast-layout.ts";
import { packedLayout } from "./layout/packed-layout.ts";
import type { RedisLayout } from "./layout/redis-layout.ts";
import { openServers, type ServerOptions } from "./open-servers.ts";
import { toRedisError } from "./redis-error.ts";
import { type StoredRow, scanRows } from "./scan-rows.ts";
import { type Script, toScript } from "./scripts/run-script.ts";
import type { RedisNode } from "./servers/redis-node.ts";
import type { RedisServers } from "./servers/redis-servers.ts";
import { toRunError, ViewMarks } from "./view-mark.ts";
import { RedisReplyError } from "./wire/reply.ts";
import { FirstRun } from "./write/first-run.ts";
import { writeBatch } from "./write/write-batch.ts";

/** `feast`: Feast's own, byte for byte. `packed`: ours, several times faster and smaller. */
export type RedisLayoutName = "feast" | "packed";

export interface RedisStoreOptions extends ServerOptions {
  readonly project: string;
  /** Default: `feast`. */
  readonly layout?: RedisLayoutName | undefined;
  /** For how long a key is kept after it is written, as in Feast; undefined: views without ttl stay, others expire by it. */
  readonly keyTtlSeconds?: number | undefined;
}

/**
 * Opens the online store in Redis 7 or later.
 * @throws OnlineStoreError when the connection string is wrong, or Redis cannot be reached or refuses us
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<OnlineStore> {
  const { project, layout, keyTtlSeconds } = options;
  const servers = await openServers(options);
  const layoutOf = layout === "packed" ? packedLayout : feastLayout;
  const chosen = layoutOf(project, servers.partitioned);
  return new RedisOnlineStore(servers, chosen, keyTtlSeconds);
}

/** The run that rows are written in: its token, itself if it is the view's first, and the features that rows of the view once had. */
interface RunWrite {
  readonly token: string;
  readonly firstRun: FirstRun | undefined;
  readonly formerFeatures: readonly string[];
}

const noRun: RunWrite = { token: "", firstRun: undefined, formerFeatures: [] };

class RedisOnlineStore implements OnlineStore {
  readonly #servers: RedisServers;
  readonly #layout: RedisLayout;
  readonly #keyTtlSeconds: number | undefined;
  readonly #script: Script;

  constructor(servers: RedisServers, layout: RedisLayout, keyTtlSeconds: number | undefined) {
    this.#servers = servers;
    this.#layout = layout;
    this.#keyTtlSeconds = keyTtlSeconds;
    this.#script = toScript(layout.writeScript, servers.partitioned);
  }

  write(view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
    return this.#guard(this.#write(view, batch, undefined, noRun));
  }

  read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]> {
    return this.#guard(this.#layout.read(this.#servers, requests));
  }

  async beginRun(view: FeatureView): Promise<MaterializationRun> {
    const [marks, token] = [this.#marks(view), randomUUID()];
    const mark = await this.#guard(marks.begin(token));
    const current = new Set(view.features.map((feature) => feature.name));
    const firstRun = mark.watermark === undefined ? new FirstRun(token, (node) => marks.keyOn(node)) : undefined;
    const run = { token, firstRun, formerFeatures: mark.features.filter((name) => !current.has(name)) };
    const guard = <T>(step: Promise<T>) =>
      this.#guard(
        step.catch((error) => {
          throw toRunError(view, error);
        }),
      );
    const lease: Lease = {
      write: (batch, correction) => guard(this.#write(view, batch, correction, run)),
      aim: (snapshot) => guard(marks.aim(token, snapshot)),
      renew: () => guard(marks.renew(token)),
      finish: (snapshot) => guard(marks.finish(token, snapshot)),
      release: () => guard(marks.release(token)),
    };
    return new LeasedRun(lease, mark.watermark);
  }

  async loadWatermark(view: FeatureView): Promise<Watermark | undefined> {
    const mark = await this.#guard(this.#marks(view).load());
    return mark.watermark;
  }

  async *entities(view: FeatureView): AsyncGenerator<RecordBatch> {
    for await (const rows of this.#scan(view)) {
      yield keyBatch(
        view.joinKeys,
        rows.map((row) => row.entityKey),
      );
    }
  }

  async dropView(view: FeatureView): Promise<void> {
    const marks = this.#marks(view);
    const { features } = await this.#guard(marks.load());
    await this.#guard(marks.clear());
    for await (const rows of this.#scan(view)) {
      const commands = rows.map(({ key }) => this.#layout.remove(view, key, features));
      const replies = await this.#guard((rows[0] as StoredRow).node.commands(commands));
      const refused = replies.find((reply) => reply instanceof RedisReplyError);
      if (refused !== undefined) throw toRedisError(this.#servers.name, refused);
    }
    await this.#guard(marks.drop());
  }

  async ping(): Promise<void> {
    await this.#guard(Promise.all(this.#servers.nodes().map((node) => node.command("PING"))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers.close();
  }

  #marks(view: FeatureView): ViewMarks {
    return new ViewMarks(this.#servers, this.#layout.space, view);
  }

  async *#scan(view: FeatureView): AsyncGenerator<readonly StoredRow[]> {
    try {
      yield* scanRows(this.#servers, this.#layout, view);
    } catch (error) {
      throw toRedisError(this.#servers.name, error);
    }
  }

  async #write(
    view: FeatureView,
    batch: RecordBatch,
    correction: Correction | undefined,
    { token, firstRun, formerFeatures }: RunWrite,
  ): Promise<WriteCount> {
    const marks = this.#marks(view);
    const context = {
      servers: this.#servers,
      layout: this.#layout,
      script: this.#script,
      view,
      markOn: (node: RedisNode) => marks.keyOn(node),
      token,
      firstRun: correction === undefined ? firstRun : undefined,
      terms: { correction, formerFeatures, keyTtlSeconds: this.#keyTtlSeconds },
    };
    await this.#layout.announce(this.#servers, view);
    const { written, deleted } = await writeBatch(context, batch);
    return { written, deleted, skipped: batch.numRows - written - deleted };
  }

  async #guard<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      throw toRedisError(this.#servers.name, error);
    }
  }
}
