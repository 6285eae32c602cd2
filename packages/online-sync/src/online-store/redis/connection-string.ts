import { OnlineStoreError } from "../../errors.ts";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** How to be let in by a Redis. */
export interface RedisAccess {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly db: number;
  /** Options of Node's TLS; undefined: no TLS. */
  readonly tls?: RedisTls | undefined;
  /** How long it may be silent while it owes a reply. */
  readonly timeoutMs: number;
}

export interface RedisTls {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  readonly passphrase?: string | undefined;
  readonly rejectUnauthorized?: boolean;
  /** Accepts a certificate for whatever host; undefined: it has to be for the one that was asked for. */
  readonly checkServerIdentity?: () => undefined;
}

/** What a connection string says. */
export interface RedisConnectionSettings {
  readonly nodes: readonly RedisAddress[];
  readonly settings: ReadonlyMap<Setting, string>;
}

/** Settings by the names that redis-py, and so Feast, has for them. */
const settingNames = [
  "db",
  "username",
  "password",
  "socket_timeout",
  "ssl",
  "ssl_ca_certs",
  "ssl_certfile",
  "ssl_keyfile",
  "ssl_password",
  "ssl_cert_reqs",
  "ssl_check_hostname",
  // Of sentinels: Feast has none of these, and asks them without.
  "sentinel_username",
  "sentinel_password",
  "sentinel_ssl",
  // Says what is always so here: that a cluster need not cover all slots.
  "skip_full_coverage_check",
] as const;
export type Setting = (typeof settingNames)[number];

const form = "write it as in Feast: host:port[,host:port...][,db=0][,ssl=true][,username=...][,password=...]";

/** Parses Feast's `connection_string`: `host:port,db=0,ssl=true,password=...`. @throws OnlineStoreError `CONFIG_INVALID` */
export function parseConnectionString(text: string): RedisConnectionSettings {
  const parts = text.split(",").map((part) => part.trim());
  const nodes = parts.filter((part) => !part.includes("=")).map(parseNode);
  if (nodes.length === 0) throw connectionStringError("has no host:port");
  return { nodes, settings: new Map(parts.filter((part) => part.includes("=")).map(parseSetting)) };
}

function parseNode(text: string): RedisAddress {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined) throw connectionStringError("has no host:port");
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

function parseSetting(part: string): [Setting, string] {
  const at = part.indexOf("=");
  const name = settingNames.find((candidate) => candidate === part.slice(0, at));
  if (name === undefined) {
    throw connectionStringError(
      `has an unknown setting "${part.slice(0, at)}" (there are: ${settingNames.join(", ")})`,
    );
  }
  // Feast reads values as JSON where they are.
  return [name, part.slice(at + 1).replace(/^"(.*)"$/, "$1")];
}

/** The text itself is not shown: it may hold a password. */
export function connectionStringError(what: string): OnlineStoreError {
  return new OnlineStoreError("CONFIG_INVALID", `the connection string of Redis ${what}; ${form}`);
}
