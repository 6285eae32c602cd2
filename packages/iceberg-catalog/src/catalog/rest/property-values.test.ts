import { expect, test } from "vitest";
import { RestCatalog } from "./rest-catalog.ts";

test.each([
  ["rest.client.max-retries", "many", "whole number"],
  ["rest.client.socket-timeout-ms", "-1", "whole number"],
  ["rest-table-cache.max-entries", "1.5", "whole number"],
  ["token-exchange-enabled", "perhaps", "true or false"],
  ["snapshot-loading-mode", "some", "all or refs"],
])("%s cannot be %s", async (name, value, wanted) => {
  const fetch = async () => Response.json({});
  const connecting = RestCatalog.connect({ uri: "http://c", token: "t", fetch, properties: { [name]: value } });
  await expect(connecting).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining(wanted),
  });
});
