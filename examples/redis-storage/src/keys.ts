/**
 * What is where in Redis:
 *
 * | key                       | kind       | holds                                                       |
 * | ------------------------- | ---------- | ----------------------------------------------------------- |
 * | `<prefix>:message:"<id>"` | string     | a message as JSON                                           |
 * | `<prefix>:status:"<id>"`  | string     | its status, which changes more often than the rest          |
 * | `<prefix>:messages`       | sorted set | ids of all messages by time; `:to:"Bob"`, … of some of them |
 *
 * Names come from agents, so that each is written as JSON: no name can look like another part of a key.
 */
export interface Keys {
  /** `of('to', 'Bob')` is `agent-relay:to:"Bob"`; without names, the key of all. */
  of(kind: string, ...names: readonly string[]): string;
}

export function createKeys(prefix: string): Keys {
  return { of: (kind, ...names) => [prefix, kind, ...names.map((name) => JSON.stringify(name))].join(':') };
}
