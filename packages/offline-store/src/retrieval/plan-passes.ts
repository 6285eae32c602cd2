import type { IcebergType } from "@icecore/iceberg-catalog";
import type { StrategyFacts } from "./choose-strategy.ts";

type Sizes = Pick<StrategyFacts, "lookups" | "set" | "files" | "types" | "limits">;

/** DuckDB keeps some of its limit for scans, sorts and what it cannot spill. */
const usableShare = 0.4;

/** What a lookup takes beside its features, as measured: hash tables of the join and of the aggregate, and the carried slot. */
const slotBytes = 250;
/** Every lookup is in about two time bins. */
const binBytes = 120;
/** What the keys and the time of a row take in a sort. */
const sortedRowBytes = 100;

const mostPasses = 256;

/**
 * In how many parts a slot join fits into memory: it hashes the lookups, and holds the newest row of each. Without keys
 * there are no parts: a lookup may take over a row from any before it.
 */
export function slotPasses(sizes: Sizes, binMicros: bigint | undefined): number {
  return sizes.set.keyColumns.length === 0 ? 1 : passesFor(slotJoinBytes(sizes, binMicros), sizes);
}

/** Whether the lookups of a slot join fit into memory, all at once. */
export function fitsAtOnce(sizes: Sizes): boolean {
  return passesFor(slotJoinBytes(sizes, 1n), sizes) === 1;
}

function slotJoinBytes({ lookups, types }: Sizes, binMicros: bigint | undefined): number {
  return Number(lookups) * (slotBytes + 2 * featureBytes(types) + (binMicros === undefined ? 0 : binBytes));
}

/** In how many parts an ASOF join fits into memory: it sorts the times of both sides, and holds the newest rows. */
export function asofPasses(sizes: Sizes): number {
  const { lookups, files, types } = sizes;
  const features = Number(files.visibleRows) * sortedRowBytes;
  return passesFor(Number(lookups) * (slotBytes + 2 * featureBytes(types)) + features, sizes);
}

/** A key cannot be divided, nor can a time where there is none: no more parts than of them. */
function passesFor(bytes: number, { set, lookups, limits }: Sizes): number {
  const wanted = Math.ceil(bytes / (Number(limits.memoryBytes) * usableShare));
  return Math.max(1, Math.min(wanted, mostPasses, Number(set.keyColumns.length === 0 ? lookups : set.keys)));
}

const featureBytes = (types: readonly IcebergType[]): number => types.reduce((sum, type) => sum + width(type), 0);

function width({ kind }: IcebergType): number {
  switch (kind) {
    case "boolean":
      return 1;
    case "int":
    case "float":
    case "date":
      return 4;
    case "long":
    case "double":
    case "time":
    case "timestamp":
    case "timestamptz":
      return 8;
    case "uuid":
    case "decimal":
      return 16;
    case "string":
    case "binary":
    case "fixed":
      return 32;
    default:
      return 128;
  }
}
