import { type FeatureKind, featureKind, readFeatureValue } from "../../codec/feature-value.ts";
import { readTimestamp } from "../../codec/timestamp.ts";
import type { ReadRequest, ReadResult } from "../online-store.ts";

/** The values of a hash's fields, null where it has none. */
export type Reply = readonly (Buffer | null)[];

/** What the replies say, one for each key that is not undefined: the event timestamp, then the features. */
export function readReplies(requests: readonly ReadRequest[], replies: readonly Reply[]): ReadResult[] {
  let next = 0;
  return requests.map(({ features, keys }) => {
    const found = keys.map((key) => (key === undefined ? [] : (replies[next++] ?? [])));
    return {
      eventTimestamps: found.map(([timestamp]) => (timestamp ? readTimestamp(timestamp) : undefined)),
      columns: features.map((feature, i) => readColumn(found, i + 1, featureKind(feature))),
    };
  });
}

function readColumn(replies: readonly Reply[], position: number, kind: FeatureKind): ReadResult["columns"][number] {
  return replies.map((reply) => {
    const value = reply[position];
    return value ? readFeatureValue(value, kind) : undefined;
  });
}
