import { columnForm, type ValueColumns } from "./text-table.ts";

/** The rows of one of several callers. */
export interface GatheredPush {
  readonly columns: ValueColumns;
  /** The same key goes into the history once, whoever calls how often. */
  readonly key?: string | undefined;
}

/**
 * Pushes whose rows can be one table: of the same columns, with values in the same form, so that none is read differently for
 * the company it is in; each key once.
 */
export class PushGroup<Push extends GatheredPush = GatheredPush> {
  readonly pushes: Push[] = [];
  readonly #keys = new Set<string>();
  readonly #forms = new Map<string, string>();

  /** Takes a push, if it fits in. */
  add(push: Push): boolean {
    const forms = new Map(Object.entries(push.columns).map(([name, values]) => [name, columnForm(values)]));
    if (this.pushes.length > 0 && !this.#fits(push, forms)) return false;
    this.pushes.push(push);
    if (push.key !== undefined) this.#keys.add(push.key);
    for (const [name, form] of forms) if (form !== "nulls" || !this.#forms.has(name)) this.#forms.set(name, form);
    return true;
  }

  #fits({ key }: GatheredPush, forms: ReadonlyMap<string, string>): boolean {
    if (key !== undefined && this.#keys.has(key)) return false;
    return forms.size === this.#forms.size && [...forms].every(([name, form]) => this.#fitsForm(name, form));
  }

  #fitsForm(name: string, form: string): boolean {
    const other = this.#forms.get(name);
    return other === form || other === "nulls" || (other !== undefined && form === "nulls");
  }
}

/** The pushes in as few groups as they need. */
export function groupPushes<Push extends GatheredPush>(pushes: readonly Push[]): readonly PushGroup<Push>[] {
  const groups: PushGroup<Push>[] = [];
  for (const push of pushes) {
    if (groups.some((group) => group.add(push))) continue;
    const group = new PushGroup<Push>();
    group.add(push);
    groups.push(group);
  }
  return groups;
}
