import type { EntityRows, OnlineFeatures } from "@icecore/online-sync";
import { Command, InvalidArgumentError } from "commander";
import { withStore } from "../command-context.ts";
import { collect, parseTime, splitList, toSelection } from "../parse-options.ts";
import type { Terminal } from "../terminal.ts";
import { migrateCommand } from "./online-migrate.ts";
import { onlineVerifyCommand } from "./online-verify.ts";

interface GetOptions {
  readonly features?: readonly string[];
  readonly service?: string;
  readonly entity: readonly EntityRow[];
  readonly now?: Date;
}

type EntityRow = ReadonlyMap<string, string>;

export function onlineCommand(terminal: Terminal): Command {
  const get = new Command("get")
    .description("read the latest features of entities from the online store")
    .option("--features <view:feature,...>", "features to read; repeat for more", collect)
    .option("--service <name>", "a feature service, instead of --features")
    .requiredOption("--entity <key=value,...>", "join keys of one entity; repeat for more", collectEntity)
    .option("--now <time>", "judge ttl as at this time, to replay history", parseTime)
    .addHelpText(
      "after",
      "\nExample:\n  icecore online get --features driver_hourly_stats:conv_rate --entity driver_id=1001",
    )
    .action((options: GetOptions, command: Command) =>
      withStore(
        terminal,
        command,
        async ({ store, output }) => {
          const features = await store.selectOnlineFeatures(toSelection(options), toColumns(options.entity));
          const rows = toRows(options.entity, features);
          output.result(rows, () =>
            output.table(
              ["ENTITY", "FEATURE", "VALUE", "STATUS", "EVENT TIME"],
              rows.flatMap(({ entity, features: found }) =>
                found.map((feature) => [
                  entityText(entity),
                  feature.name,
                  text(feature.value),
                  feature.status,
                  feature.eventTimestamp ?? "",
                ]),
              ),
            ),
          );
        },
        options.now,
      ),
    );
  return new Command("online")
    .description("read the online store, compare it with the history, or move it")
    .addCommand(get)
    .addCommand(onlineVerifyCommand(terminal))
    .addCommand(migrateCommand(terminal));
}

function collectEntity(value: string, before: readonly EntityRow[] = []): readonly EntityRow[] {
  const pairs = splitList([value]).map((pair) => {
    const separator = pair.indexOf("=");
    if (separator < 1) throw new InvalidArgumentError(`"${pair}" is no join key; write it as KEY=VALUE`);
    return [pair.slice(0, separator), pair.slice(separator + 1)] as const;
  });
  return [...before, new Map(pairs)];
}

function toColumns(entities: readonly EntityRow[]): EntityRows {
  const names = [...new Set(entities.flatMap((entity) => [...entity.keys()]))];
  return Object.fromEntries(names.map((name) => [name, entities.map((entity) => entity.get(name) ?? null)]));
}

function toRows(entities: readonly EntityRow[], { columns }: OnlineFeatures) {
  return entities.map((entity, row) => ({
    entity: Object.fromEntries(entity),
    features: columns.map(({ name, values, statuses, eventTimestamps }) => ({
      name,
      value: values[row] ?? null,
      status: statuses[row] ?? "NOT_FOUND",
      eventTimestamp: isoTime(eventTimestamps[row]),
    })),
  }));
}

function isoTime(micros: bigint | undefined): string | null {
  return micros === undefined ? null : new Date(Number(micros / 1000n)).toISOString();
}

function entityText(entity: Readonly<Record<string, string>>): string {
  return Object.entries(entity)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function text(value: unknown): string {
  if (value === null) return "";
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value);
}
