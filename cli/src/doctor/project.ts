/** The project: whether its files can be read, agree, and are what is installed; and the agent-relay that loads it. */
import { ArError, isArError } from '@ar-registry/core/errors';
import { truncate } from '@ar-registry/core/text';
import type { Project } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { mismatchesOf, unboundIn } from '../install/check-lock.ts';
import { advisoryText, knownAgainst } from '../install/revoked.ts';
import { findFault, findRelay } from '../usage/relay-package.ts';
import { fail, pass, warn, withProject, type Check } from './check.ts';

export const project: Check = {
  id: 'project',
  run: async (_context, looked) => {
    if (looked.kind === 'broken') return fail(looked.error.message, looked.error.remedy);
    const { dir, wanted, text } = looked.project;
    const count = Object.keys(wanted.plugins).length;
    return pass(
      text === '' ? `${dir} has no plugins yet.` : `${dir} wants ${count} ${count === 1 ? 'plugin' : 'plugins'}.`,
    );
  },
};

/** Says what `install` would refuse, since it asks the same. */
export const lock: Check = {
  id: 'lock',
  run: withProject(async (files, context) => {
    const problems = [...mismatchesOf(files), ...(await unbound(files, context))];
    if (problems.length > 0) {
      const { message, remedy } = new ArError('LOCK_MISMATCH', { problem: truncate(problems.join('; '), 500) });
      return fail(message, remedy);
    }
    const surplus = Object.keys(files.lock.plugins).filter((name) => !Object.hasOwn(files.wanted.plugins, name));
    if (surplus.length > 0)
      return warn(`${listed(surplus)} locked, but not wanted.`, `Take out: ar plugin remove ${surplus.join(' ')}`);
    return pass('ar-plugins.lock has what ar-plugins.yaml wants.');
  }),
};

/** Registries that cannot be used are told by the check of that name. */
async function unbound(files: Project, context: Context): Promise<readonly string[]> {
  return unboundIn(files, context).catch((error: unknown) => {
    if (isArError(error)) return [];
    throw error;
  });
}

export const store: Check = {
  id: 'store',
  run: withProject(async ({ lock: { plugins } }, context) => {
    const { verifyLocked } = await import('../install/verify-locked.ts');
    const locked = Object.entries(plugins).map(([name, entry]) => ({ name, entry }));
    const verified = await verifyLocked(locked, context);
    const namesOf = (state: string): readonly string[] =>
      verified.filter((one) => one.state === state).map(({ name }) => name);
    const changed = namesOf('changed');
    if (changed.length > 0) return fail(`${listed(changed)} not as published.`, 'Fetch anew: ar plugin install');
    const broken = namesOf('broken');
    if (broken.length > 0)
      return fail(
        `${listed(broken)} linked to a folder that is gone.`,
        `Put it back, or remove the link: ar plugin remove ${broken.join(' ')}`,
      );
    const mislabelled = namesOf('mislabelled');
    if (mislabelled.length > 0)
      return fail(
        `${listed(mislabelled)} not what ar-plugins.lock calls it.`,
        'Restore ar-plugins.lock from version control: it was changed by hand.',
      );
    const absent = namesOf('absent');
    if (absent.length > 0)
      return warn(`${listed(absent)} locked, but not installed here.`, 'Install: ar plugin install');
    return pass('What is installed is what the lock names.');
  }),
};

/** As last heard of the registries: what the loader goes by as well. */
export const advisories: Check = {
  id: 'advisories',
  run: withProject(async ({ dir, lock: { plugins } }, context) => {
    const locked = Object.entries(plugins).map(([name, entry]) => ({ name, entry }));
    const found = await knownAgainst(locked, dir, context);
    const textOf = (all: typeof found): string =>
      all.map(({ name, entry, advisories: [first] }) => `${name}@${entry.version}: ${advisoryText(first)}`).join(' ');
    const blocked = found.filter(({ advisories: [gravest] }) => gravest.action !== 'warn');
    if (blocked.length > 0)
      return fail(`Revoked: ${truncate(textOf(blocked), 1000)}`, 'Update, or remove it: ar plugin update');
    if (found.length > 0) return warn(truncate(textOf(found), 1000), 'See what is newer: ar plugin outdated');
    return pass('Nothing is known against what is installed.');
  }),
};

export const agentRelay: Check = {
  id: 'agent-relay',
  run: async ({ projectDir }, looked) => {
    const dir = looked.kind === 'read' ? looked.project.dir : await projectDir();
    let found = '';
    const fault = await findFault(async () => (found = (await findRelay(dir)).version));
    if (!fault) return pass(`agent-relay ${found}.`);
    const isMissing = fault.code === 'AGENT_RELAY_MISSING';
    return isMissing
      ? warn(`${dir} has no agent-relay, which loads plugins.`, fault.remedy)
      : fail(fault.message, fault.remedy);
  },
};

function listed(names: readonly string[]): string {
  return `${truncate(names.join(', '), 200)} ${names.length === 1 ? 'is' : 'are'}`;
}
