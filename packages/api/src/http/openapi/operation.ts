import type { z } from "zod";
import type { Role } from "../access/principal.ts";

/** An operation of the HTTP API as it is documented, checked and allowed. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** With `:name` for parameters. */
  readonly path: `/${string}`;
  /** Who may; `anyone`: no token is asked for. */
  readonly role: Role | "anyone";
  readonly tag: "serving" | "history" | "registry" | "jobs" | "operations";
  readonly summary: string;
  readonly description?: string;
  /** Of parameters in the path, what they are. */
  readonly path_parameters?: Readonly<Record<string, string>>;
  readonly query?: z.ZodType;
  readonly body?: RequestContent;
  readonly responses: Readonly<Record<number, ResponseContent>>;
}

/** What is sent: JSON of that shape, or rows. */
export interface RequestContent {
  readonly json?: z.ZodType;
  /** JSON that makes sense in the repository that `icecore init` makes. */
  readonly example?: unknown;
  /** Media types of rows that are taken instead. */
  readonly rows?: readonly string[];
}

/** What is answered: JSON of that shape, rows, text, or nothing. */
export interface ResponseContent {
  readonly description: string;
  readonly json?: z.ZodType;
  /** Other media types. */
  readonly content?: readonly string[];
}
