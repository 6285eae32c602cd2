/**
 * The function with its last result remembered: files of a manifest mostly share a few partitions, and rows that do share
 * the tuple, so that what is computed from it need not be computed for each.
 */
export function unlessRepeated<A, B, R>(compute: (a: A, b: B) => R): (a: A, b: B) => R {
  let last: { readonly a: A; readonly b: B; readonly result: R } | undefined;
  return (a, b) => {
    if (last === undefined || last.a !== a || last.b !== b) last = { a, b, result: compute(a, b) };
    return last.result;
  };
}
