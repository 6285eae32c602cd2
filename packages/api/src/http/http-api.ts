import { type Context, Hono } from "hono";
import { requireRole } from "./access/authorize.ts";
import type { HttpEnv } from "./failure.ts";
import type { Operation } from "./openapi/operation.ts";
import type { Slots } from "./slots.ts";

type Handler = (c: Context<HttpEnv>) => Response | Promise<Response>;

/** An application made of operations: what it answers is what it documents. */
export class HttpApi {
  readonly app = new Hono<HttpEnv>();
  /** Turns at heavy work. */
  readonly slots: Slots;
  readonly #operations: Operation[] = [];

  constructor(slots: Slots) {
    this.slots = slots;
  }

  /** In the order they were added. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Answers an operation, to those who may ask for it. */
  add(operation: Operation, handler: Handler): void {
    this.#operations.push(operation);
    const { role, method, path } = operation;
    this.app.on(method.toUpperCase(), path, async (c) => {
      c.set("route", path);
      if (role !== "anyone") requireRole(c, role);
      const response = await handler(c);
      // Of an answer to HEAD nobody reads the body, which may hold files and a turn open until it is read.
      if (c.req.method === "HEAD") await response.body?.cancel();
      return response;
    });
  }

  /** Whether what is at a path takes rows, which go through a file and have a limit of their own. */
  takesRows(path: string): boolean {
    return this.#operations.some((operation) => operation.body?.rows !== undefined && matches(operation.path, path));
  }

  /** The methods that a path has, in capitals; none where there is nothing. */
  methodsOf(path: string): readonly string[] {
    const found = this.#operations.filter((operation) => matches(operation.path, path));
    return [...new Set(found.map(({ method }) => method.toUpperCase()))];
  }

  /** Whether everyone may ask for what is at a path. */
  isOpen(path: string): boolean {
    return this.#operations.some((operation) => operation.role === "anyone" && operation.path === path);
  }
}

/** Whether a path is one of a pattern with `:name` for parameters. */
function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(":") || part === given[index]);
}
