import { snapshotId, timestampMs } from "@icecore/iceberg-catalog";
import { type At, latest } from "@icecore/offline-store";
import { z } from "zod";

/** A snapshot id as programs write it: JavaScript's numbers cannot hold them. */
export const stateId = z.union(
  [z.bigint(), z.string().regex(/^\d{1,19}$/)],
  "a snapshot id, as an integer or its digits",
);

/** The members of a body that say at which state tables are read; at most one of them. */
export const stateFields = {
  as_of: z.iso.datetime({ offset: true }).optional().describe("Read every table as it was then."),
  tag: z.string().min(1).optional().describe("Read every table at its snapshot with this tag."),
  snapshots: z.record(z.string(), stateId).optional().describe("Read tables at these snapshots, ids by name."),
};

interface StateFields {
  readonly as_of?: string | undefined;
  readonly tag?: string | undefined;
  readonly snapshots?: Readonly<Record<string, bigint | string>> | undefined;
}

/** Gives a body its state, in place of the members. */
export function toState<Body extends StateFields>(body: Body, context: z.RefinementCtx): Body & { readonly at: At } {
  const { as_of, tag, snapshots } = body;
  if ([as_of, tag, snapshots].filter((given) => given !== undefined).length > 1) {
    context.addIssue({ code: "custom", message: "give one of as_of, tag and snapshots" });
  }
  return { ...body, at: atOf(body) };
}

function atOf({ as_of, tag, snapshots }: StateFields): At {
  if (as_of !== undefined) return { kind: "as-of", timestampMs: timestampMs(Date.parse(as_of)) };
  if (tag !== undefined) return { kind: "tag", name: tag };
  if (snapshots === undefined) return latest;
  const ids = Object.entries(snapshots).map(([view, given]) => [view, snapshotId(BigInt(given))] as const);
  return { kind: "snapshots", snapshots: new Map(ids) };
}

/** Ids are strings: they have 63 bits, and most JSON parsers keep 53. */
export function idText(id: bigint | undefined): string | null {
  return id === undefined ? null : String(id);
}
