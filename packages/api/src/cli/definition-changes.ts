import { type Definition, type Difference, describe } from "@icecore/feature-registry";
import type { Output } from "./terminal.ts";

/** A change of a definition as people see it: `+ feature view "x"`, green, and its details below. */
export function changeText(
  change: { readonly action: Difference["action"] | "converge"; readonly definition: Definition },
  details: readonly string[],
  { colors }: Output,
): string {
  const [sign, paint] = {
    create: ["+", colors.green] as const,
    update: ["~", colors.yellow] as const,
    delete: ["-", colors.red] as const,
    converge: ["~", colors.yellow] as const,
  }[change.action];
  return [paint(`${sign} ${describe(change.definition)}`), ...details.map((line) => `    ${line}`)].join("\n");
}
