/**
 * Names of people, learnt from what they write: the list of all members would need a privilege that the bridge can do
 * without. Names are chosen by strangers: cleaned of what could make one line look like two.
 */
export interface Names {
  /** Somebody wrote, or was mentioned. */
  learn(id: string, name: string): void;
  userName(id: string): string | undefined;
  /** Undefined where nobody is called so, or several are. */
  userId(name: string): string | undefined;
}

const MAX_USERS = 10_000;

/** @param given names of the configuration */
export function createNames(given: ReadonlyMap<string, string>): Names {
  const names = new Map<string, string>();
  const ids = new Map<string, Set<string>>();
  const forget = (id: string): void => {
    const key = names.get(id)?.toLowerCase() ?? '';
    ids.get(key)?.delete(id);
    if (ids.get(key)?.size === 0) ids.delete(key);
    names.delete(id);
  };
  return {
    learn(id, name) {
      const clean = cleanName(name);
      forget(id);
      if (clean === '') return;
      names.set(id, clean);
      const key = clean.toLowerCase();
      ids.set(key, (ids.get(key) ?? new Set()).add(id));
      const [oldest] = names.keys();
      if (oldest !== undefined && names.size > MAX_USERS) forget(oldest);
    },
    userName: (id) => given.get(id) ?? names.get(id),
    userId(name) {
      const key = name.toLowerCase();
      // Who the configuration names is meant, whatever others call themselves.
      for (const [id, each] of given) if (each.toLowerCase() === key) return id;
      const found = [...(ids.get(key) ?? [])];
      return found.length === 1 ? found[0] : undefined;
    },
  };
}

/** One line of at most 80 characters, without what turns the direction of writing. */
export function cleanName(name: string): string {
  return name
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 80);
}
