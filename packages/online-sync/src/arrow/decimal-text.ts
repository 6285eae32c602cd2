/** The decimal in `words` (two's complement, least significant word first) as plain digits, all of its scale shown. */
export function decimalText(words: Uint32Array, scale: number): string {
  let unsigned = 0n;
  for (let i = words.length - 1; i >= 0; i--) unsigned = (unsigned << 32n) | BigInt(words[i] ?? 0);
  const unscaled = BigInt.asIntN(words.length * 32, unsigned);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`;
  return `${unscaled < 0n ? "-" : ""}${whole}${fraction}`;
}
