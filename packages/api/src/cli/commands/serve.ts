import { parseDuration } from "@icecore/feature-registry/duration";
import { Command, InvalidArgumentError } from "commander";
import { withStore } from "../command-context.ts";
import { aborted } from "../interruption.ts";
import { parsePort, parseTime } from "../parse-options.ts";
import type { Terminal } from "../terminal.ts";

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly now?: Date;
}

const emptyToken =
  "the token is empty, and nobody could send it; set --token or ICECORE_TOKEN to a secret, or leave them out";

export function serveCommand(terminal: Terminal): Command {
  return new Command("serve")
    .description("serve features over HTTP in Feast's API, and the embedded Iceberg REST catalog under /iceberg")
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port to listen on", parsePort, 6566)
    .option("--token <token>", "ask clients for this bearer token, which may do everything (or ICECORE_TOKEN)")
    .option("--now <time>", "judge ttl as at this time, to replay history", parseTime)
    .addHelpText(
      "after",
      "\nBeyond this machine a token is needed: this one, or those of feature_server.tokens in feature_store.yaml, which have\nroles. /docs shows the API, /metrics is for Prometheus.\n\nExamples:\n  icecore serve\n  ICECORE_TOKEN=secret icecore serve --host 0.0.0.0",
    )
    .action((options: ServeOptions, command: Command) =>
      withStore(
        terminal,
        command,
        async ({ store, output, signal }) => {
          const { configuredGrants } = await import("../../http/access/configured-grants.ts");
          const { createHttpApp } = await import("../../http/app.ts");
          const { serveHttp } = await import("../../http/serve.ts");
          const token = options.token ?? terminal.env["ICECORE_TOKEN"];
          if (token === "") throw new InvalidArgumentError(emptyToken);
          const log = (record: unknown) => output.note(JSON.stringify(record));
          const { feature_server: settings } = store.config;
          const timeout = settings?.timeout === undefined ? undefined : parseDuration(settings.timeout);
          const app = createHttpApp(store, {
            log,
            logFailedJob: log,
            token,
            grants: configuredGrants(store.config),
            concurrency: settings?.concurrency,
            timeoutMs: timeout === undefined ? undefined : timeout * 1000,
            uploadLimitBytes: settings?.upload_limit,
          });
          const server = await serveHttp(app, { host: options.host, port: options.port });
          output.note(`Serving on ${server.url}; stop with Ctrl-C.`);
          if (output.json) output.result({ url: server.url }, () => "");
          await aborted(signal);
          await server.close();
        },
        options.now,
      ),
    );
}
