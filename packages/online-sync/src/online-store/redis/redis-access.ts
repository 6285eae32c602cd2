import { readFile } from "node:fs/promises";
import { OnlineStoreError } from "../../errors.ts";
import { connectionStringError, type RedisAccess, type RedisTls, type Setting } from "./connection-string.ts";

type Settings = ReadonlyMap<Setting, string>;

const defaultTimeoutMs = 10_000;

/** How to be let in, as the settings of a connection string have it. @throws OnlineStoreError `CONFIG_INVALID` */
export async function loadAccess(settings: Settings): Promise<RedisAccess> {
  const db = settings.get("db") ?? "0";
  if (!/^\d+$/.test(db)) throw connectionStringError(`says db=${db}, which is no number`);
  return {
    username: settings.get("username"),
    password: settings.get("password"),
    db: Number(db),
    tls: flag(settings, "ssl", false) ? await loadTls(settings) : undefined,
    timeoutMs: timeoutOf(settings),
  };
}

/**
 * How to be let in by sentinels. The password and TLS of the others are not for them, as with redis-py, and so Feast; they
 * have settings of their own, and trust by the same certificates.
 */
export async function loadSentinelAccess(settings: Settings): Promise<RedisAccess> {
  return {
    username: settings.get("sentinel_username"),
    password: settings.get("sentinel_password"),
    db: 0,
    tls: flag(settings, "sentinel_ssl", false) ? await loadTls(settings) : undefined,
    timeoutMs: timeoutOf(settings),
  };
}

async function loadTls(settings: Settings): Promise<RedisTls> {
  const requirements = settings.get("ssl_cert_reqs")?.toLowerCase() ?? "required";
  if (!["none", "optional", "required"].includes(requirements)) {
    throw connectionStringError(`says ssl_cert_reqs=${requirements}, which is not none, optional or required`);
  }
  const [ca, cert, key] = await Promise.all([
    readSetting(settings, "ssl_ca_certs"),
    readSetting(settings, "ssl_certfile"),
    readSetting(settings, "ssl_keyfile"),
  ]);
  return {
    ca,
    cert,
    key,
    passphrase: settings.get("ssl_password"),
    rejectUnauthorized: requirements !== "none",
    ...(flag(settings, "ssl_check_hostname", true) ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function readSetting(settings: Settings, name: Setting): Promise<Buffer | undefined> {
  const path = settings.get(name);
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(cause);
    throw new OnlineStoreError("CONFIG_INVALID", `${name} of the connection string of Redis: ${path}: ${why}`, {
      cause,
    });
  }
}

function flag(settings: Settings, name: Setting, byDefault: boolean): boolean {
  const text = settings.get(name);
  if (text === undefined) return byDefault;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  throw connectionStringError(`says ${name}=${text}, which is neither true nor false`);
}

function timeoutOf(settings: Settings): number {
  const text = settings.get("socket_timeout");
  if (text === undefined) return defaultTimeoutMs;
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text) * 1000;
  throw connectionStringError(`says socket_timeout=${text}, which is no number of seconds`);
}
