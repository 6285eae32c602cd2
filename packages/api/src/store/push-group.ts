import type { ColumnForm, ValueColumns } from "./value-columns.ts";

/** The rows of one of several callers. */
export interface GatheredPush {
  readonly columns: ValueColumns;
  /** The same key goes into the history once, whoever calls how often. */
  readonly key?: string | undefined;
}

/** A push, and by column how its values are sent. */
export interface FormedPush extends GatheredPush {
  readonly forms: ReadonlyMap<string, ColumnForm>;
}

/**
 * The pushes in as few groups as they need so that the rows of each can be one table: of the same columns, with values in
 * the same form, so that none is read differently for the company it is in; each key once.
 */
export function groupPushes<Push extends FormedPush>(pushes: readonly Push[]): readonly (readonly Push[])[] {
  const groups: PushGroup<Push>[] = [];
  for (const push of pushes) {
    if (groups.some((group) => group.add(push))) continue;
    groups.push(new PushGroup(push));
  }
  return groups.map((group) => group.pushes);
}

class PushGroup<Push extends FormedPush> {
  readonly pushes: Push[];
  readonly #keys = new Set<string>();
  readonly #forms: Map<string, ColumnForm>;

  constructor(first: Push) {
    this.pushes = [first];
    this.#forms = new Map(first.forms);
    if (first.key !== undefined) this.#keys.add(first.key);
  }

  /** Takes a push, if it fits in. */
  add(push: Push): boolean {
    if (!this.#fits(push)) return false;
    this.pushes.push(push);
    if (push.key !== undefined) this.#keys.add(push.key);
    for (const [name, form] of push.forms) if (form !== "nulls") this.#forms.set(name, form);
    return true;
  }

  #fits({ key, forms }: Push): boolean {
    if (key !== undefined && this.#keys.has(key)) return false;
    return forms.size === this.#forms.size && [...forms].every(([name, form]) => this.#fitsForm(name, form));
  }

  #fitsForm(name: string, form: ColumnForm): boolean {
    const other = this.#forms.get(name);
    return other === form || other === "nulls" || (other !== undefined && form === "nulls");
  }
}
