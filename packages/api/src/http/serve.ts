import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { IcecoreError } from "../errors.ts";
import type { HttpApp } from "./app.ts";
import { isLoopback } from "./loopback.ts";

export interface ServeOptions {
  /** Default: 127.0.0.1, which only this machine can reach. */
  readonly host?: string | undefined;
  /** Default: 6566, Feast's; 0: any that is free. */
  readonly port?: number | undefined;
  /** How long requests in flight may take once it closes. Default: 10 seconds. */
  readonly closeTimeoutMs?: number | undefined;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, finishes those in flight, and cuts off what has not finished in time. */
  close(): Promise<void>;
}

/**
 * Serves the HTTP API.
 * @throws IcecoreError `PORT_IN_USE`; `ARGUMENT_INVALID` for an address that cannot be listened on, or one that others
 *   can reach when the application asks for no token
 */
export async function serveHttp(app: HttpApp, options: ServeOptions = {}): Promise<HttpServer> {
  const { host = "127.0.0.1", port = 6566, closeTimeoutMs = 10_000 } = options;
  if (!app.requiresToken && !isLoopback(host)) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `anyone who reaches ${host} could read and change this feature store; set a token, or listen on 127.0.0.1`,
    );
  }
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  dropIdleOnceClosing(server);
  const address = await listen(server, host, port);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    close: async () => {
      app.refuseWork();
      await close(server, closeTimeoutMs);
      await app[Symbol.asyncDispose]();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port));
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      resolve(server.address() as AddressInfo);
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): IcecoreError {
  if (cause.code === "EADDRINUSE") {
    return new IcecoreError("PORT_IN_USE", `port ${port} of ${host} is in use; choose another one with --port`, {
      cause,
    });
  }
  return new IcecoreError("ARGUMENT_INVALID", `cannot listen on port ${port} of ${host}: ${cause.message}`, { cause });
}

function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close((error) => {
      clearTimeout(deadline);
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

/** A connection whose request ends while the server closes would be kept alive for a next one, which nobody answers. */
function dropIdleOnceClosing(server: Server): void {
  server.on("request", (_, response) => {
    response.once("close", () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
}
