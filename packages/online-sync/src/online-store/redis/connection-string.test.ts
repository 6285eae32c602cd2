import { expect, it } from "vitest";
import { parseConnectionString } from "./connection-string.ts";
import { loadAccess } from "./redis-access.ts";

const read = async (text: string) => {
  const { nodes, settings } = parseConnectionString(text);
  return { nodes, ...(await loadAccess(settings)) };
};

it.each([
  ["localhost:6379", { nodes: [{ host: "localhost", port: 6379 }], db: 0, tls: undefined, timeoutMs: 10_000 }],
  ["[::1]:6380,db=2", { nodes: [{ host: "::1", port: 6380 }], db: 2 }],
  [
    'redis.example.com:6379, ssl=True,username=feast,password="a=b:c"',
    { db: 0, tls: { rejectUnauthorized: true, ca: undefined }, username: "feast", password: "a=b:c" },
  ],
  [
    "a:1,b:2,skip_full_coverage_check=true,socket_timeout=0.5",
    {
      nodes: [
        { host: "a", port: 1 },
        { host: "b", port: 2 },
      ],
      timeoutMs: 500,
    },
  ],
  ["a:1,ssl=true,ssl_cert_reqs=none", { tls: { rejectUnauthorized: false } }],
])("reads %s", async (text, connection) => {
  expect(await read(text)).toMatchObject(connection);
});

it.each([
  ["localhost", "has no host:port"],
  ["db=1", "has no host:port"],
  ["a:1,db=x", "says db=x"],
  ["a:1,ssl=maybe", "says ssl=maybe"],
  ["a:1,ssl=true,ssl_cert_reqs=some", "says ssl_cert_reqs=some"],
  ["a:1,socket_timeout=soon", "says socket_timeout=soon"],
  ["a:1,ssl=true,ssl_ca_certs=/nowhere.pem", "/nowhere.pem: there is no such file"],
  ["a:1,pasword=secret", 'has an unknown setting "pasword" (there are: db, username,'],
])("refuses %s", async (text, message) => {
  const error = await read(text).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(message) });
  expect(String(error)).not.toContain("secret");
});
