import { expect, it } from "vitest";
import { parseConnectionString } from "./connection-string.ts";

it.each([
  ["localhost:6379", { host: "localhost", port: 6379, db: 0, tls: false }],
  ["[::1]:6380,db=2", { host: "::1", port: 6380, db: 2, tls: false }],
  [
    "redis.example.com:6379, ssl=True,username=feast,password=a=b:c",
    { host: "redis.example.com", port: 6379, db: 0, tls: true, username: "feast", password: "a=b:c" },
  ],
])("reads %s", (text, connection) => {
  expect(parseConnectionString(text)).toEqual(connection);
});

it.each([
  ["a:1,b:2", "names 2 nodes; clusters and sentinels are not supported"],
  ["localhost", "has no host:port"],
  ["db=1", "has no host:port"],
  ["a:1,db=x", "says db=x"],
  ["a:1,ssl=maybe", "says ssl=maybe"],
  ["a:1,pasword=secret", 'has an unknown setting "pasword"'],
])("refuses %s", (text, message) => {
  expect(() => parseConnectionString(text)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
  expect(() => parseConnectionString(text)).not.toThrow("secret");
});
