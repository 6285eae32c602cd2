import { describeFileIO } from "./file-io.suite.ts";
import { memoryFileIO } from "./memory.ts";

describeFileIO("memory", async () => ({ io: memoryFileIO(), root: "memory://warehouse", close: async () => {} }));
