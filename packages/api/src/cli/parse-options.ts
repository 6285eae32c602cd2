import type { FeatureSelection } from "@icecore/feature-registry";
import { parseDuration } from "@icecore/feature-registry/duration";
import { snapshotId, timestampMs } from "@icecore/iceberg-catalog/ids";
import type { At } from "@icecore/offline-store";
import { type Command, InvalidArgumentError } from "commander";

/** Options that choose the state of the tables to read. */
export interface AtOptions {
  readonly asOf?: Date;
  readonly tag?: string;
  readonly snapshot?: readonly string[];
}

/** Adds `--as-of`, `--tag` and `--snapshot` to a command. */
export function withAtOptions(command: Command): Command {
  return command
    .option("--as-of <time>", "read every table as it was at this time (ISO 8601 with a zone)", parseTime)
    .option("--tag <name>", "read every table at its snapshot with this tag")
    .option("--snapshot <view=id>", "read a view at this snapshot; repeat for more", collect);
}

/** @throws InvalidArgumentError when more than one way is given */
export function parseAt({ asOf, tag, snapshot }: AtOptions): At {
  const given = [asOf, tag, snapshot].filter((option) => option !== undefined);
  if (given.length > 1) throw new InvalidArgumentError("give only one of --as-of, --tag and --snapshot");
  if (asOf !== undefined) return { kind: "as-of", timestampMs: timestampMs(asOf.getTime()) };
  if (tag !== undefined) return { kind: "tag", name: tag };
  if (snapshot !== undefined) return { kind: "snapshots", snapshots: new Map(snapshot.map(parseSnapshot)) };
  return { kind: "latest" };
}

/** @throws InvalidArgumentError for a time without a zone */
export function parseTime(text: string): Date {
  const time = new Date(text);
  const hasZone = /T.*(Z|[+-]\d{2}:?\d{2})$/i.test(text);
  if (hasZone && !Number.isNaN(time.getTime()) && isRealDay(text.slice(0, 10))) return time;
  throw new InvalidArgumentError(`"${text}" is no ISO 8601 time with a zone; write it as 2026-01-31T12:00:00Z`);
}

/** JavaScript takes 30 February for 2 March. */
function isRealDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

/** @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError(`"${text}" is no port; use 0 to 65535`);
}

/** @throws InvalidArgumentError for what is no duration, or none at all */
export function parseSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError(`"${text}" is no duration; write 90s, 15m, 36h, 7d or 2w`);
}

/** @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count > 0 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError(`"${text}" is no number of things; write 1 or more in digits`);
}

/** A number above 0, perhaps with a fraction. @throws InvalidArgumentError */
export function parseFraction(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError(`"${text}" is no number above 0; write it as 0.5 or 10`);
}

/** A share from 0 to 1. @throws InvalidArgumentError */
export function parseShare(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError(`"${text}" is no share; write it as 0.01, between 0 and 1`);
}

/** Gathers an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `a:b,c:d` and repeated options, as one list. */
export function splitList(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function parseSnapshot(text: string) {
  const match = /^([^=]+)=(\d+)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError(
      `"${text}" names no snapshot; write it as VIEW=ID, with an id from icecore history VIEW`,
    );
  return [String(match[1]), snapshotId(BigInt(String(match[2])))] as const;
}

/** Options that choose features. */
export interface SelectionOptions {
  readonly features?: readonly string[];
  readonly service?: string;
  readonly fullFeatureNames?: boolean;
}

/** @throws InvalidArgumentError when neither or both are given */
export function toSelection({ features, service, fullFeatureNames }: SelectionOptions): FeatureSelection {
  const full = fullFeatureNames === true;
  if (service !== undefined && features === undefined) return { service, fullFeatureNames: full };
  if (features !== undefined && service === undefined) return { features: splitList(features), fullFeatureNames: full };
  throw new InvalidArgumentError("give either --features or --service");
}
