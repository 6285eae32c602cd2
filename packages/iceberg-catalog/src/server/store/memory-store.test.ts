import { describeCatalogStore } from "./catalog-store.suite.ts";
import { memoryStore } from "./memory-store.ts";

describeCatalogStore("memory", async () => ({ store: memoryStore(), close: async () => {} }));
