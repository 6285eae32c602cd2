import type { Session } from "../session.ts";

/*
 * The 32-bit murmur3 hash of the spec's Appendix B in SQL, so that DuckDB computes bucket partitions for whole columns.
 * It works in 64 bits and cuts to 32 after each step: no product of two 32-bit numbers overflows.
 */

const mask = "4294967295";

const rotateLeft = (value: string, bits: number): string =>
  `((((${value}) << ${bits}) & ${mask}) | ((${value}) >> ${32 - bits}))`;

const macros: readonly string[] = [
  `murmur3_scramble(k) AS (${rotateLeft(`(k * 3432918353) & ${mask}`, 15)} * 461845907) & ${mask}`,
  `murmur3_mix(h, k) AS (${rotateLeft("xor(h, k)", 13)} * 5 + 3864292196) & ${mask}`,
  "murmur3_fold(h, bits) AS xor(h, h >> bits)",
  `murmur3_finish(h) AS murmur3_fold((murmur3_fold((murmur3_fold(h, 16) * 2246822507) & ${mask}, 13) * 3266489909) & ${mask}, 16)`,
  "murmur3_bits(v) AS CASE WHEN v < 0 THEN CAST(CAST(v AS HUGEINT) + 18446744073709551616 AS UBIGINT) ELSE CAST(v AS UBIGINT) END",
  `murmur3_long(v) AS murmur3_finish(xor(murmur3_mix(murmur3_mix(0::UBIGINT, murmur3_scramble(murmur3_bits(v) & ${mask})), murmur3_scramble(murmur3_bits(v) >> 32)), 8::UBIGINT))`,
  "murmur3_word(hex) AS CAST('0x' || substr(hex, 7, 2) || substr(hex, 5, 2) || substr(hex, 3, 2) || substr(hex, 1, 2) AS UBIGINT)",
  `murmur3_hex(bytes) AS murmur3_finish(xor(xor(
     list_reduce(list_prepend(0::UBIGINT, list_transform(range(length(bytes) // 8), lambda i: murmur3_scramble(murmur3_word(substr(bytes, i * 8 + 1, 8))))), lambda h, k: murmur3_mix(h, k)),
     CASE WHEN length(bytes) % 8 = 0 THEN 0::UBIGINT ELSE murmur3_scramble(murmur3_word(rpad(substr(bytes, (length(bytes) // 8) * 8 + 1), 8, '0'))) END),
     CAST(length(bytes) // 2 AS UBIGINT)))`,
];

/** Makes `murmur3_long(bigint)` and `murmur3_hex(text of hexadecimal bytes)` known to a session. */
export async function createBucketMacros(session: Session): Promise<void> {
  for (const macro of macros) await session.run(`CREATE OR REPLACE TEMP MACRO ${macro}`);
}
