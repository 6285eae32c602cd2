import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const conditions = ["@icecore/source", "node", "import", "default"];

/** Processes and servers that are killed, stopped and filled while they work: apart from the others because it takes minutes. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: here("."),
    globalSetup: [here("test/support/redis-server.ts")],
    include: ["test/faults/**/*.test.ts", "packages/*/src/**/killed-*.test.ts"],
    setupFiles: [here("test/support/property-seed.ts")],
    maxWorkers: "100%",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
