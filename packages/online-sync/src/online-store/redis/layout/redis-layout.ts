import type { FeatureView } from "@icecore/feature-registry";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import type { ByteWriter } from "../../../codec/byte-writer.ts";
import type { KeyForm } from "../../../codec/entity-key.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import type { Correction, ReadRequest, ReadResult } from "../../online-store.ts";
import type { RedisServers } from "../servers/redis-servers.ts";
import type { Argument } from "../wire/command-writer.ts";
import type { RowExpiry } from "./row-expiry.ts";

/** Writes what stores a row under a key that holds nothing yet; false, and perhaps a part of it, for one that the script has to take. */
export type InsertWriter = (out: ByteWriter, row: number) => boolean;

export interface Inserts {
  /** What is written for each row: a command, or its arguments of one MSETNX for many. */
  readonly as: "commands" | "arguments";
  readonly write: InsertWriter;
}

/** How rows are kept in Redis. */
export interface RedisLayout {
  /** Part of the names of what is kept besides rows: layouts may share a Redis. */
  readonly space: string;
  readonly writeScript: string;
  /** How the script takes rows, each behind its key: as one text, in which keys have their lengths before them, or as arguments. */
  readonly rowsAs: "text" | "arguments";
  keyForm(view: FeatureView): KeyForm;
  /** Writes rows of a batch as the script takes them. */
  rowWriter(view: FeatureView, batch: ViewBatch): RowWriter;
  /** How rows of a batch are stored where there is nothing yet, and refused elsewhere. Undefined: those of the view cannot be. */
  inserts(view: FeatureView, batch: ViewBatch, expiry: RowExpiry): Inserts | undefined;
  /** What the script takes besides the lease, the rows and the keys that are gone. */
  writeArguments(view: FeatureView, terms: WriteTerms): readonly Argument[];
  /** What readers have to know before the first row of the view comes. */
  announce(servers: RedisServers, view: FeatureView): Promise<void>;
  read(servers: RedisServers, requests: readonly ReadRequest[]): Promise<readonly ReadResult[]>;
  /** The command that says whether a key of the form holds a row of the view; undefined: each does. */
  probe(view: FeatureView, key: Buffer): readonly Argument[] | undefined;
  /** The command that removes a row of the view, with these features besides its own. */
  remove(view: FeatureView, key: Buffer, formerFeatures: readonly string[]): readonly Argument[];
}

/** On which terms rows are written. */
export interface WriteTerms {
  readonly correction: Correction | undefined;
  /** Features that rows of the view once had and have no longer. */
  readonly formerFeatures: readonly string[];
  /** For how many seconds a key is kept after it is written, whatever its view's ttl; undefined: the ttl decides. */
  readonly keyTtlSeconds: number | undefined;
}
