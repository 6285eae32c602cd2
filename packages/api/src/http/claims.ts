/** Names that are taken while something works on them, in this process. */
export class Claims {
  readonly #taken = new Set<string>();

  /** Those of the names that are taken. */
  taken(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.#taken.has(name));
  }

  /** Takes the names for as long as `work` lasts. */
  async hold<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const name of names) this.#taken.add(name);
    try {
      return await work();
    } finally {
      for (const name of names) this.#taken.delete(name);
    }
  }
}
