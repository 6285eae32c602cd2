import type { RedisNode } from "./redis-node.ts";
import type { KeyedBatch, RedisServers } from "./redis-servers.ts";

/** One Redis, or the one that sentinels say is the master. */
export class SingleServer implements RedisServers {
  readonly name: string;
  readonly partitioned = false;
  readonly #node: RedisNode;
  readonly #mayMove: boolean;

  /** `mayMove`: connecting again may lead to another server. */
  constructor(name: string, node: RedisNode, mayMove: boolean) {
    this.name = name;
    this.#node = node;
    this.#mayMove = mayMove;
  }

  nodes(): readonly RedisNode[] {
    return [this.#node];
  }

  nodeOf(): RedisNode {
    return this.#node;
  }

  keyOn(_node: RedisNode, key: string): string {
    return key;
  }

  run({ count, write, take }: KeyedBatch): Promise<void> {
    return this.#node.run({
      count,
      write: (out) => {
        for (let i = 0; i < count; i++) write(out, i);
      },
      take,
    });
  }

  async refresh(): Promise<boolean> {
    if (this.#mayMove) await this.#node.disconnect();
    return this.#mayMove;
  }

  close(): Promise<void> {
    return this.#node.close();
  }
}
