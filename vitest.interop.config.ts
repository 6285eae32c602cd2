import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const conditions = ["@icecore/source", "node", "import", "default"];

/** The tests against other engines: apart from the others because they need Python and Java. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: here("test"),
    globalSetup: ["python-environment", "java-environment", "redis-server"].map((name) =>
      here(`test/support/${name}.ts`),
    ),
    include: ["interop/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
