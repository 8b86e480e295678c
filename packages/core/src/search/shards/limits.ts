/** The numbers that decide how large the files of an index are. Measured: docs/decisions/017-search.md. */
export interface ShardLimits {
  /** Of a list that is no longer, all plugins are in its shard; of a longer one, the first few and a list of numbers. */
  readonly wholeList: number;
  /** How many those are. */
  readonly headLength: number;
  /** Bytes of a shard, roughly, as JSON before compression: it begins anew between the two. */
  readonly shardBytes: readonly [from: number, to: number];
  /** How many plugins lie in one document shard, roughly. */
  readonly documentsInShard: number;
  /** How many numbers of a long list lie in one file, at most. */
  readonly numbersInBlock: number;
}

export const SHARD_LIMITS: ShardLimits = {
  wholeList: 500,
  headLength: 40,
  shardBytes: [70_000, 110_000],
  documentsInShard: 15,
  numbersInBlock: 16_384,
};
