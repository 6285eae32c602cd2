/** A name Avro accepts: other characters become `_xHEX`, a leading digit gets a `_`, as Iceberg's Java writer does. */
export function avroName(name: string): string {
  const escaped = name.replace(/[^A-Za-z0-9_]/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `_x${codePoint.toString(16).toUpperCase()}`;
  });
  return /^[0-9]/.test(escaped) ? `_${escaped}` : escaped;
}
