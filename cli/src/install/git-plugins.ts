/** Plugins from git repositories, on their way from a checkout to what can be installed. */
import { ArError } from '@ar-registry/core/errors';
import type { LockEntry } from '@ar-registry/core/install';
import { removeFolder } from '@ar-registry/io/files';
import { inParallel, type InstallPorts, type Resolved } from '@ar-registry/io/install';
import type { GitCheckout, LockedGit } from '@ar-registry/io/install-git';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** Whether builds were agreed to on the command line. */
export interface BuildOptions {
  readonly allowBuild: boolean;
}

/** Runs `work`; what was cloned for it is gone afterwards. */
export async function withScratch<T>({ scratchDir }: InstallPorts, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await removeFolder(scratchDir);
  }
}

/**
 * Says what would run to build each, and asks. No sandbox holds a build, so silence is no consent.
 *
 * @throws GIT_BUILD_REFUSED
 */
export async function askForBuilds(
  checkouts: readonly GitCheckout[],
  { allowBuild }: BuildOptions,
  { output, confirm }: Context,
): Promise<void> {
  for (const { manifest, source, commit, build } of checkouts) {
    if (!build) continue;
    output.note(
      `${manifest.name} has to be built: ${source.text} (commit ${commit.slice(0, 12)}) has no ${manifest.main}.`,
    );
    output.note(`  ${build.script}`);
    output.note('  This is the code of its author. It would run with all of your rights, outside of any sandbox.');
    if (allowBuild || (await confirm(`Build ${manifest.name}?`)) === 'yes') continue;
    throw new ArError('GIT_BUILD_REFUSED', { plugin: manifest.name, source: source.text, script: build.script });
  }
}

/** Packs what was checked out, and builds it before where that is needed: `askForBuilds` has asked. */
export async function packCheckouts(
  found: readonly (Resolved | GitCheckout)[],
  ports: InstallPorts,
  { output }: Context,
): Promise<readonly Resolved[]> {
  const others = found.filter((one) => one.kind !== 'checkout');
  if (others.length === found.length) return others;
  // What talks to git is loaded only where there is a repository.
  const { buildGit } = await import('@ar-registry/io/install-git');
  return output.during('Packing', () =>
    inParallel(found, async (one) => (one.kind === 'checkout' ? buildGit(one, ports) : one)),
  );
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/** Whether a locked plugin is of a git repository. */
function isGit(locked: Locked): locked is Locked & { readonly entry: LockedGit['lock'] } {
  return locked.entry.source === 'git';
}

/**
 * Makes again what the store lacks of the commits that a lock pins.
 *
 * @returns the names of those that it lacked
 * @throws GIT_BUILD_REFUSED, and what `checkoutLocked` and `restoreCheckout` throw
 */
export async function restoreGit(
  locked: readonly Locked[],
  { ports, allowBuild, context }: BuildOptions & { readonly ports: InstallPorts; readonly context: Context },
): Promise<ReadonlySet<PluginName>> {
  const wanted = locked.filter(isGit).map(({ name, entry }) => ({ name, lock: entry }));
  if (wanted.length === 0) return new Set();
  const { checkoutLocked, restoreCheckout } = await import('@ar-registry/io/install-git');
  const { output } = context;
  const found = await output.during('Fetching repositories', () =>
    inParallel(wanted, async (one) => ({ one, checkout: await checkoutLocked(one, ports) })),
  );
  const missing = found.flatMap(({ one, checkout }) => (checkout ? [{ one, checkout }] : []));
  await askForBuilds(
    missing.map(({ checkout }) => checkout),
    { allowBuild },
    context,
  );
  await output.during('Packing', () =>
    inParallel(missing, ({ one, checkout }) => restoreCheckout(one, checkout, ports)),
  );
  return new Set(missing.map(({ one }) => one.name));
}
