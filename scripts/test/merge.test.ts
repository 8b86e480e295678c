import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { describe, expect, it } from 'vitest';
import { merge, type MergeInput } from '../src/stages/merge/run.ts';
import { ADA, CLOCK, testRegistry, type TestRegistry } from './registry-fixture.ts';

const AUTHOR = { name: 'ar-registry', email: 'ar-registry@localhost' };

async function submitted(): Promise<{ readonly registry: TestRegistry; readonly input: MergeInput }> {
  const registry = await testRegistry();
  await registry.commit('publish', await registry.submission('@acme/audit', '1.0.0'));
  const input = { url: registry.bare, branch: 'publish', into: 'main', submitter: ADA, reviewed: true, author: AUTHOR };
  return { registry, input };
}

describe('merge', () => {
  it('makes a merge commit of the checked branch that says who submitted it', async () => {
    const { registry, input } = await submitted();
    const head = (await registry.git('rev-parse', 'publish')).trim();
    await merge(input, { clock: CLOCK });
    expect((await registry.git('log', '-1', '--format=%P', 'main')).split(' ')).toContain(head);
    expect(await registry.git('log', '-1', '--format=%B', 'main')).toContain('Submitted-by: ada (1)');
    expect(await registry.git('log', '-1', '--format=%an %ct', 'main')).toBe('ar-registry 1780315200');
  });

  it('refuses when the base moves between the check and the push', async () => {
    const { registry, input } = await submitted();
    const moved = await registry.commit('other', new Map([['categories.yaml', 'schemaVersion: 1\ncategories: []\n']]));
    const clock = clockThat(() => moveNow(registry, 'main', moved));
    await expect(merge(input, { clock })).rejects.toMatchObject({ code: 'BASE_MOVED' });
    expect((await registry.git('rev-parse', 'main')).trim()).toBe(moved);
  });

  it('merges what was checked, not what the branch became meanwhile', async () => {
    const { registry, input } = await submitted();
    const evil = await registry.commit('evil', new Map([['evil.sh', 'x']]), 'publish');
    const clock = clockThat(() => moveNow(registry, 'publish', evil));
    expect((await merge(input, { clock })).result.state).toBe('merged');
    expect((await registry.git('rev-parse', 'publish')).trim()).toBe(evil);
    expect(await registry.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('evil.sh');
  });

  it('tells what the hook of the remote says', async () => {
    const { registry, input } = await submitted();
    const hook = join(registry.bare, 'hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "frozen for the release" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    await expect(merge(input, { clock: CLOCK })).rejects.toMatchObject({
      code: 'MERGE_REFUSED',
      facts: { awaits: 'remote' },
    });
  });

  it('refuses a conflict', async () => {
    const { registry, input } = await submitted();
    await registry.commit('main', new Map([['plugins/@acme/audit/plugin.yaml', 'theirs: 1\n']]));
    await expect(merge(input, { clock: CLOCK })).rejects.toMatchObject({ code: 'MERGE_REFUSED' });
  });

  it('waits for a person where it is not known who submits', async () => {
    const { registry, input } = await submitted();
    await merge(input, { clock: CLOCK });
    await registry.commit('next', await registry.submission('@acme/audit', '1.1.0', { first: false }));
    const next = { ...input, branch: 'next', submitter: undefined };
    expect(await merge({ ...next, reviewed: false }, { clock: CLOCK })).toMatchObject({
      awaits: 'submitter',
      result: { state: 'refused' },
    });
    expect((await merge({ ...next, reviewed: true }, { clock: CLOCK })).result.state).toBe('merged');
  });

  it('waits for a person where nobody answers for a yank', async () => {
    const { registry, input } = await submitted();
    await merge(input, { clock: CLOCK });
    const yanked = stringifyRecord({ schemaVersion: 1, distTags: {}, yanked: { '1.0.0': 'mine now' } });
    await registry.commit('yank', new Map([['plugins/@acme/audit/status.yaml', yanked]]));
    const yank = { ...input, branch: 'yank', submitter: undefined };
    const { findings, result } = await merge({ ...yank, reviewed: false }, { clock: CLOCK });
    expect(findings.map(({ code }) => code).toSorted()).toEqual(['REVIEW_REQUIRED', 'SUBMITTER_UNVERIFIED']);
    expect(result.state).toBe('refused');
    expect((await merge({ ...yank, submitter: ADA, reviewed: false }, { clock: CLOCK })).result.state).toBe('merged');
  });

  it('does not wait for a person where the branch must be mended', async () => {
    const { registry, input } = await submitted();
    await registry.commit('script', new Map([['evil.sh', 'x']]));
    const outcome = await merge({ ...input, branch: 'script', reviewed: false }, { clock: CLOCK });
    expect(outcome.result.state).toBe('refused');
    expect(outcome).not.toHaveProperty('awaits');
  });

  it('does not know a branch that is not there', async () => {
    const { input } = await submitted();
    const merging = merge({ ...input, branch: 'none' }, { clock: CLOCK });
    await expect(merging).rejects.toMatchObject({ code: 'REVISION_UNKNOWN' });
  });
});

/** A clock that does something when it is read for the second time: after the check and before the push. */
function clockThat(acts: () => void): typeof CLOCK {
  let reads = 0;
  return {
    ...CLOCK,
    nowMs: () => {
      reads += 1;
      if (reads === 2) acts();
      return CLOCK.nowMs();
    },
  };
}

/** Synchronously: the push that follows must find it moved. */
function moveNow(registry: TestRegistry, branch: string, commit: string): void {
  execFileSync('git', ['update-ref', `refs/heads/${branch}`, commit], { cwd: registry.bare });
}
