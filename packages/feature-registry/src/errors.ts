import { closest, distance } from "fastest-levenshtein";
import { type Finding, findingText } from "./finding.ts";

export type RegistryErrorCode =
  | "CHANGE_REFUSED"
  | "DEFINITION_INVALID"
  | "FEATURE_NAME_COLLISION"
  | "FEATURE_NOT_FOUND"
  | "FEATURE_SERVICE_NOT_FOUND"
  | "FEATURE_VIEW_NOT_FOUND"
  | "NOTHING_APPLIED"
  | "REFERENCE_INVALID"
  | "REGISTRY_CONFLICT"
  | "VERSION_NOT_FOUND";

/** A failure of this package. `code` is stable; the message says what, where and the mend. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  /** What is wrong with definitions, where the error is about them: the lines of its message. */
  readonly findings: readonly Finding[];

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly findings?: readonly Finding[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.findings = options.findings ?? [];
  }
}

/** @throws RegistryError of that code with every finding, a line each, where there is one */
export function refuseFindings(code: RegistryErrorCode, findings: readonly Finding[]): void {
  if (findings.length > 0) throw new RegistryError(code, findings.map(findingText).join("\n"), { findings });
}

/** ` (did you mean "x"?)` when a known name is near enough to be meant, else the names there are. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(name, [...known]);
  const near = distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3));
  return near ? ` (did you mean "${nearest}"?)` : ` (there are: ${known.slice(0, 20).join(", ")})`;
}
