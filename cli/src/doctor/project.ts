/** The project: whether its files can be read, agree, and are what is installed; and the agent-relay that loads it. */
import { isArError } from '@ar-registry/core/errors';
import { truncate } from '@ar-registry/core/text';
import { compareVersions } from '@ar-registry/core/version';
import { readProject, type Project } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { agentRelayVersion } from '../install/agent-relay.ts';
import { fail, pass, warn, type Check, type Diagnosis } from './check.ts';

export const project: Check = {
  id: 'project',
  run: (context) =>
    withProject(context, async ({ dir, wanted, text }) => {
      const count = Object.keys(wanted.plugins).length;
      return pass(text === '' ? `${dir} has no plugins yet.` : `${dir} wants ${count} plugins.`);
    }),
};

export const lock: Check = {
  id: 'lock',
  run: (context) =>
    withProject(context, async ({ wanted, lock: { plugins } }) => {
      const unlocked = Object.keys(wanted.plugins).filter((name) => !Object.hasOwn(plugins, name));
      if (unlocked.length > 0)
        return warn(`${listed(unlocked)} wanted, but not locked.`, `Install: ar plugin install ${unlocked.join(' ')}`);
      const surplus = Object.keys(plugins).filter((name) => !Object.hasOwn(wanted.plugins, name));
      if (surplus.length > 0)
        return warn(
          `${listed(surplus)} locked, but not wanted.`,
          'Restore ar-plugins.yaml and ar-plugins.lock together.',
        );
      return pass('ar-plugins.lock has what ar-plugins.yaml wants.');
    }),
};

export const store: Check = {
  id: 'store',
  run: (context) =>
    withProject(context, async ({ lock: { plugins } }) => {
      const { verifyLocked } = await import('../install/verify-locked.ts');
      const locked = Object.entries(plugins).map(([name, entry]) => ({ name, entry }));
      const verified = await verifyLocked(locked, context);
      const namesOf = (state: string): readonly string[] =>
        verified.filter((one) => one.state === state).map(({ name }) => name);
      const changed = namesOf('changed');
      if (changed.length > 0) return fail(`${listed(changed)} not as published.`, 'Fetch anew: ar plugin install');
      const absent = namesOf('absent');
      if (absent.length > 0)
        return warn(`${listed(absent)} locked, but not installed here.`, 'Install: ar plugin install');
      return pass('What is installed is what the lock names.');
    }),
};

export const agentRelay: Check = {
  id: 'agent-relay',
  run: (context) =>
    withProject(context, async ({ dir }) => {
      const version = await agentRelayVersion(dir);
      if (version === undefined)
        return warn(`${dir} has no agent-relay, which loads plugins.`, 'Install it: npm install agent-relay@1');
      const isSupported = compareVersions(version, '1.0.0') >= 0 && compareVersions(version, '2.0.0-0') < 0;
      return isSupported
        ? pass(`agent-relay ${version}.`)
        : fail(`agent-relay ${version} cannot load plugins.`, 'Install version 1: npm install agent-relay@1');
    }),
};

/** A project that cannot be read is what is wrong, and is said by the check of that name. */
async function withProject(context: Context, check: (read: Project) => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await check(await readProject(await context.projectDir(), context.dataDir));
  } catch (error) {
    if (isArError(error)) return fail(error.message, error.remedy);
    throw error;
  }
}

function listed(names: readonly string[]): string {
  return `${truncate(names.join(', '), 200)} ${names.length === 1 ? 'is' : 'are'}`;
}
