const MAX_SEEN = 2000;

export interface Seen {
  has(key: string): boolean;
  add(key: string): void;
}

/** The last keys: Discord repeats events where a session is taken up again. */
export function createSeen(): Seen {
  const seen = new Set<string>();
  return {
    has: (key) => seen.has(key),
    add(key) {
      seen.add(key);
      const [oldest] = seen;
      if (oldest !== undefined && seen.size > MAX_SEEN) seen.delete(oldest);
    },
  };
}
