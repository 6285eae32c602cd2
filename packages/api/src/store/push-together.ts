import type { FeatureView } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { findAppends } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "@icecore/offline-store";
import { isKnownError, toError } from "../errors.ts";
import { isoInstant } from "../output/iso-8601.ts";
import { nowMicros, type StoreContext } from "./context.ts";
import { type PushTarget, pushedView, writePushed } from "./push.ts";
import { type FormedPush, type GatheredPush, groupPushes } from "./push-group.ts";
import { columnForms, countValues, type ValueColumns } from "./value-columns.ts";
import { valueTable } from "./value-table.ts";

/**
 * Writes the rows of several callers as one batch and one commit, which takes about as long as one of them alone. Each
 * succeeds and fails for itself. Rows that do not say when they were created are told apart by their order here.
 * @returns by push, what went wrong with it; undefined where its rows are written
 */
export async function pushTogether(
  context: StoreContext,
  viewName: string,
  pushes: readonly GatheredPush[],
  to: PushTarget,
): Promise<readonly (Error | undefined)[]> {
  const view = await pushedView(context, viewName, to);
  const now = nowMicros(context);
  const writing = new Together(context, view);
  const dated = pushes.map((push, i) => writing.take(push, now + BigInt(i)));
  for (const group of groupPushes(dated.filter((push) => push !== undefined))) await writing.write(group, to);
  return pushes.map((push) => writing.failures.get(push));
}

/** A push whose rows say when they were created. */
interface DatedPush extends FormedPush {
  readonly as: GatheredPush;
  readonly rows: number;
}

/** So many at a time have a session of their own. */
const atOnce = 16;
/** Of as many, it is no use to look for the one to blame by halves. */
const fewPushes = 32;

/** What may be the matter with rows, and with nothing else. */
const ofRows: readonly string[] = ["DATA_INVALID", "ROWS_INVALID", "QUERY_INVALID", "ENTITY_INVALID", "VALUE_INVALID"];

class Together {
  readonly failures = new Map<GatheredPush, Error>();
  readonly #context: StoreContext;
  readonly #view: FeatureView;

  constructor(context: StoreContext, view: FeatureView) {
    this.#context = context;
    this.#view = view;
  }

  /** Looks at a push by itself; undefined when it has failed already. */
  take(push: GatheredPush, createdMicros: bigint): DatedPush | undefined {
    try {
      const rows = countValues(push.columns);
      const columns = withCreated(push.columns, this.#view.createdTimestampColumn, rows, isoInstant(createdMicros));
      return { columns, key: push.key, forms: columnForms(columns), rows, as: push };
    } catch (error) {
      this.failures.set(push, toError(error));
      return undefined;
    }
  }

  /** Writes pushes of one group. */
  async write(pushes: readonly DatedPush[], to: PushTarget): Promise<void> {
    if (pushes.length === 0) return;
    let fresh = pushes;
    try {
      const table = await this.#context.project.loadViewTable(this.#view);
      const keys = to === "online" ? [] : pushes.flatMap(({ key }) => key ?? []);
      const appended = findAppends(table.metadata, keys);
      const isKnown = ({ key }: DatedPush) => key !== undefined && appended.has(key);
      const known = pushes.filter(isKnown);
      fresh = pushes.filter((push) => !isKnown(push));
      if (to === "online_and_offline") await this.write(known, "online");
      if (fresh.length > 0) await this.#writeFresh(table, fresh, to);
    } catch (error) {
      await this.#refused(fresh, to, toError(error));
    }
  }

  async #writeFresh(table: Table, pushes: readonly DatedPush[], to: PushTarget): Promise<void> {
    const rows = { arrow: valueTable({ columns: joinColumns(pushes) }, table.schema) };
    const keys = pushes.flatMap(({ key }) => key ?? []);
    const { offline, online } = await writePushed(this.#context, { view: this.#view, table, rows, to, keys });
    // Somebody was faster with one of the keys: it is known now.
    if (offline?.outcome === "already-ingested") await this.write(pushes, to);
    else if (online instanceof Error) await this.#refusedOnline(pushes, online);
  }

  /** Nothing is written: those that are not to blame are, without the others, who are told about rows of their own. */
  async #refused(pushes: readonly DatedPush[], to: PushTarget, error: Error): Promise<void> {
    if (pushes.length === 1 || !isOfRows(error)) return this.#fail(pushes, error);
    if (!(error instanceof OfflineStoreError)) return this.#writeParts(pushes, to);
    const bad = pushesOfRows(pushes, error.rows ?? []);
    if (bad.size === 0) return this.#refusedColumns(pushes, to, error);
    await this.write(
      pushes.filter((push) => !bad.has(push)),
      to,
    );
    await this.#writeAlone([...bad], to);
  }

  /** A column does not fit for all who have sent it in that form; nulls would have fitted by themselves. */
  async #refusedColumns(pushes: readonly DatedPush[], to: PushTarget, error: Error): Promise<void> {
    const alike = groupByForms(pushes);
    if (alike.length === 1) return this.#fail(pushes, error);
    for (const some of alike) await this.write(some, to);
  }

  /** The history has them all by now. */
  async #refusedOnline(pushes: readonly DatedPush[], error: Error): Promise<void> {
    if (pushes.length === 1 || !isOfRows(error)) this.#fail(pushes, error);
    else await this.#writeParts(pushes, "online");
  }

  /** Some of them are refused, and nobody says which. */
  async #writeParts(pushes: readonly DatedPush[], to: PushTarget): Promise<void> {
    if (pushes.length <= fewPushes) return this.#writeAlone(pushes, to);
    const half = pushes.length >> 1;
    await this.write(pushes.slice(0, half), to);
    await this.write(pushes.slice(half), to);
  }

  async #writeAlone(pushes: readonly DatedPush[], to: PushTarget): Promise<void> {
    for (let i = 0; i < pushes.length; i += atOnce) {
      await Promise.all(pushes.slice(i, i + atOnce).map((push) => this.write([push], to)));
    }
  }

  #fail(pushes: readonly DatedPush[], error: Error): void {
    for (const { as } of pushes) this.failures.set(as, error);
  }
}

const isOfRows = (error: Error): boolean => isKnownError(error) && ofRows.includes(error.code);

/** Whose rows these are, numbered from 1 through all pushes. */
function pushesOfRows(pushes: readonly DatedPush[], rows: readonly number[]): ReadonlySet<DatedPush> {
  const found = new Set<DatedPush>();
  let [next, end] = [0, 0];
  for (const push of pushes) {
    end += push.rows;
    for (; next < rows.length && (rows[next] as number) <= end; next++) found.add(push);
  }
  return found;
}

/** Those whose columns are sent in exactly the same forms. */
function groupByForms(pushes: readonly DatedPush[]): readonly (readonly DatedPush[])[] {
  const groups = new Map<string, DatedPush[]>();
  for (const push of pushes) {
    const key = JSON.stringify([...push.forms].sort());
    groups.set(key, [...(groups.get(key) ?? []), push]);
  }
  return [...groups.values()];
}

function withCreated(columns: ValueColumns, name: string, rows: number, created: string): ValueColumns {
  const given = columns[name];
  if (given !== undefined) return { ...columns, [name]: given.map((value) => value ?? created) };
  // What differs in case only is not to be confused with it, and will be refused.
  const isAlike = Object.keys(columns).some((other) => other.toLowerCase() === name.toLowerCase());
  return isAlike ? columns : { ...columns, [name]: new Array(rows).fill(created) };
}

function joinColumns(pushes: readonly DatedPush[]): ValueColumns {
  const names = Object.keys(pushes[0]?.columns ?? {});
  return Object.fromEntries(names.map((name) => [name, pushes.flatMap(({ columns }) => columns[name] ?? [])]));
}
