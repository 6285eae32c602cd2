import { columnForm, countValues, type ValueColumns } from "../../store/text-table.ts";

/** So many that what a batch takes besides its rows is little for each, and few enough to be little memory. */
const [mostRows, mostPushes] = [10_000, 256];

/** A push that waits for its rows to be written. */
export class WaitingPush {
  readonly columns: ValueColumns;
  readonly rows: number;
  /** By column, how its values are sent. */
  readonly forms: ReadonlyMap<string, string>;
  readonly key: string | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;

  /** @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length, or there is none */
  constructor(
    columns: ValueColumns,
    key: string | undefined,
    { resolve, reject }: Pick<WaitingPush, "resolve" | "reject">,
  ) {
    this.columns = columns;
    this.rows = countValues(columns);
    this.forms = new Map(Object.entries(columns).map(([name, values]) => [name, columnForm(values)]));
    this.key = key;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** Pushes that are written in one go. */
export class PushBatch {
  readonly pushes: WaitingPush[] = [];
  readonly #keys = new Set<string>();
  readonly #forms = new Map<string, string>();
  #rows = 0;

  /** Takes a push unless it does not fit in with the others: each key is there once, and a column's values are sent in one form. */
  add(push: WaitingPush): boolean {
    if (this.pushes.length > 0 && !this.#fits(push)) return false;
    this.pushes.push(push);
    this.#rows += push.rows;
    if (push.key !== undefined) this.#keys.add(push.key);
    for (const [name, form] of push.forms) if (form !== "nulls" || !this.#forms.has(name)) this.#forms.set(name, form);
    return true;
  }

  #fits({ rows, key, forms }: WaitingPush): boolean {
    if (this.pushes.length === mostPushes || this.#rows + rows > mostRows) return false;
    if (key !== undefined && this.#keys.has(key)) return false;
    return forms.size === this.#forms.size && [...forms].every(([name, form]) => this.#fitsForm(name, form));
  }

  #fitsForm(name: string, form: string): boolean {
    const other = this.#forms.get(name);
    return other === form || other === "nulls" || (other !== undefined && form === "nulls");
  }
}

/** The rows of all pushes. */
export function joinColumns(pushes: readonly WaitingPush[]): ValueColumns {
  const [first, ...others] = pushes;
  if (first === undefined || others.length === 0) return first?.columns ?? {};
  const names = Object.keys(first.columns);
  return Object.fromEntries(names.map((name) => [name, pushes.flatMap(({ columns }) => columns[name] ?? [])]));
}
