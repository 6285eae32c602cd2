import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on source: no build stands between a change and its test. */
const conditions = ["@icecore/source", "node", "import", "default"];
const packages = ["iceberg-catalog", "feature-registry", "offline-store", "online-sync", "api"];
const projects = [
  ...packages.map((name) => ({ name, root: here(`packages/${name}`) })),
  { name: "test", root: here("test") },
];

export default defineConfig({
  test: {
    // Left to itself, Vitest leaves one core idle, which on two is half of the machine.
    maxWorkers: "100%",
    globalSetup: [here("test/support/redis-server.ts")],
    projects: projects.map(({ name, root }) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name,
        root,
        include: ["**/*.test.ts"],
        setupFiles: [here("test/support/property-seed.ts")],
        exclude: ["**/node_modules/**", "**/dist/**", "interop/**", "faults/**", "**/killed-*.test.ts"],
        testTimeout: 30_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
