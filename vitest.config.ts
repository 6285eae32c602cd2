import { defineConfig } from "vitest/config";

const conditions = ["@icecore/source", "node", "import", "default"];
const packages = ["iceberg-catalog", "feature-registry", "offline-store", "online-sync", "api"];

export default defineConfig({
  test: {
    globalSetup: ["test/support/redis-server.ts"],
    testTimeout: 30_000,
    projects: [...packages.map((name) => [name, `packages/${name}`] as const), ["test", "test"] as const].map(
      ([name, root]) => ({
        extends: true as const,
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: { name, root, include: ["**/*.test.ts"], exclude: ["**/node_modules/**", "**/dist/**", "interop/**"] },
      }),
    ),
  },
});
