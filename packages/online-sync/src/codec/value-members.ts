import type { ValueKind, ValueType } from "./value-type.ts";

export const wireType = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** How a kind of value is written in `feast.types.Value`: which member it is, alone and in a list, and in which wire type. */
interface Member {
  readonly single: number;
  readonly list: number;
  readonly wire: (typeof wireType)[keyof typeof wireType];
}

const { varint, fixed32, fixed64, lengthDelimited } = wireType;
const int32: Member = { single: 3, list: 13, wire: varint };
const int64: Member = { single: 4, list: 14, wire: varint };
const float: Member = { single: 6, list: 16, wire: fixed32 };
const double: Member = { single: 5, list: 15, wire: fixed64 };
const unixTimestamp: Member = { single: 8, list: 18, wire: varint };

/** The member that says that there is none. */
export const nullMember = 19;

const members: Readonly<Record<ValueKind, Member>> = {
  boolean: { single: 7, list: 17, wire: varint },
  int: int32,
  long: int64,
  float,
  double,
  date: unixTimestamp,
  time: int64,
  timestamp: unixTimestamp,
  timestamptz: unixTimestamp,
  string: { single: 2, list: 12, wire: lengthDelimited },
  uuid: { single: 36, list: 38, wire: lengthDelimited },
  binary: { single: 1, list: 11, wire: lengthDelimited },
  decimal: { single: 44, list: 45, wire: lengthDelimited },
};

/** What types that were widened to a kind are written as. */
const narrower: Readonly<Partial<Record<ValueKind, Member>>> = { long: int32, double: float };

export function memberOf(kind: ValueKind): Member {
  return members[kind];
}

/** The member that number `number` is of a type, or of the one that it may have been widened from; undefined: it is neither. */
export function readableMember({ kind, isList }: ValueType, number: number): Member | undefined {
  const own = members[kind];
  if (number === (isList ? own.list : own.single)) return own;
  const before = narrower[kind];
  return before !== undefined && number === (isList ? before.list : before.single) ? before : undefined;
}
