import { OnlineStoreError } from "../../errors.ts";

/** Where a Redis is, and how to be let in. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

const form = "write it as in Feast: host:port[,db=0][,ssl=true][,username=...][,password=...]";

/**
 * Parses Feast's `connection_string`: `host:port,db=0,ssl=true,password=...`.
 * @throws OnlineStoreError `CONFIG_INVALID`; also for several nodes, which a Redis cluster or sentinels would have
 */
export function parseConnectionString(text: string): RedisConnection {
  const parts = text.split(",").map((part) => part.trim());
  const nodes = parts.filter((part) => !part.includes("="));
  const [node, ...others] = nodes;
  if (others.length > 0)
    throw invalid(`names ${nodes.length} nodes; clusters and sentinels are not supported, name one`);
  const address = /^(.+):(\d+)$/.exec(node ?? "");
  if (address === null) throw invalid(`has no host:port`);
  const settings = parts.filter((part) => part.includes("=")).map(parseSetting);
  return Object.assign(
    { host: String(address[1]).replace(/^\[(.*)\]$/, "$1"), port: Number(address[2]), db: 0, tls: false },
    ...settings,
  );
}

function parseSetting(part: string): Partial<RedisConnection> {
  const at = part.indexOf("=");
  const [name, value] = [part.slice(0, at), part.slice(at + 1)];
  switch (name) {
    case "db":
      if (!/^\d+$/.test(value)) throw invalid(`says db=${value}, which is no number`);
      return { db: Number(value) };
    case "ssl":
      if (!/^(true|false)$/i.test(value)) throw invalid(`says ssl=${value}, which is neither true nor false`);
      return { tls: value.toLowerCase() === "true" };
    case "username":
      return { username: value };
    case "password":
      return { password: value };
    default:
      throw invalid(`has an unknown setting "${name}"`);
  }
}

/** The text itself is not shown: it may hold a password. */
function invalid(what: string): OnlineStoreError {
  return new OnlineStoreError("CONFIG_INVALID", `the connection string of Redis ${what}; ${form}`);
}
