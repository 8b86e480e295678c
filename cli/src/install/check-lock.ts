/** Whether `ar-plugins.lock` can be restored as it is: the one check of `install` and `doctor`. */
import type { LockEntry, WantedPlugin } from '@ar-registry/core/install';
import { satisfies } from '@ar-registry/core/version';
import { lockedUrl } from '@ar-registry/io/install';
import type { Project } from '@ar-registry/io/project';
import type { Context } from '../context.ts';

type Files = Pick<Project, 'wanted' | 'lock'>;
type Located = Pick<Project, 'dir' | 'lock'>;

/** What is wanted and not locked so, each said as the end of a sentence that begins with the plugin. */
export function mismatchesOf({ wanted, lock }: Files): readonly string[] {
  return Object.entries(wanted.plugins).flatMap(([name, want]) => {
    const entry = Object.hasOwn(lock.plugins, name) ? lock.plugins[name] : undefined;
    const problem = mismatch(want, entry);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
}

/** What is locked to another registry than the one that the plugin's scope is bound to. @throws as `Context.boundTo` */
export async function unboundIn(
  { dir, lock }: Located,
  { boundTo }: Pick<Context, 'boundTo'>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(lock.plugins)) {
    const bound = entry.source === 'registry' ? await boundTo(name) : undefined;
    if (bound === undefined || entry.source !== 'registry') continue;
    if (lockedUrl(entry.registry, dir) === bound) continue;
    problems.push(`${name} is bound to ${bound}, but locked to ${entry.registry}`);
  }
  return problems;
}

function mismatch(want: WantedPlugin, entry: LockEntry | undefined): string | undefined {
  const { range } = want;
  if (!entry) return 'is wanted but not locked';
  if (entry.source === 'registry') {
    if (range === undefined) return `is wanted from ${originOf(want) ?? 'nowhere'}, but locked to a registry`;
    return satisfies(entry.version, range) ? undefined : `is wanted as ${range}, but locked to ${entry.version}`;
  }
  const locked = entry.source === 'git' ? entry.git : entry.path;
  if (locked === (entry.source === 'git' ? want.git : want.path)) return undefined;
  return `is wanted from ${originOf(want) ?? 'a registry'}, but locked to ${locked}`;
}

function originOf({ git, path }: WantedPlugin): string | undefined {
  return git ?? path;
}
