/** What one look at one part found. */
export interface Finding {
  /** The part: `catalog`, `storage`, ... */
  readonly part: string;
  readonly status: "ok" | "warning" | "failed" | "skipped";
  /** What is so. */
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string | undefined;
}

export function ok(part: string, message: string): Finding {
  return { part, status: "ok", message };
}

export function warning(part: string, message: string, mend: string): Finding {
  return { part, status: "warning", message, mend };
}

export function failed(part: string, message: string, mend?: string): Finding {
  return { part, status: "failed", message, mend };
}

export function skipped(part: string, message: string): Finding {
  return { part, status: "skipped", message };
}
