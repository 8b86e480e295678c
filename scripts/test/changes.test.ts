/** What a change is about: the index, the tools beside it, or both; and what the pull request job makes of that. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@ar-registry/io/git';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../src/program.ts';
import { changedParts } from '../src/stages/changes/index.ts';
import { CLOCK, testRegistry, type Files, type TestRegistry } from './registry-fixture.ts';

const { signal } = new AbortController();
const TOOLS: Files = new Map([['../tools/build.ts', 'export {};\n']]);
const INDEX: Files = new Map([['plugins/@acme/audit/notes.txt', 'no record\n']]);

async function changed(registry: TestRegistry, files: Files): Promise<object> {
  await registry.commit('change', files);
  return changedParts(await openRepository(registry.bare), { base: 'main', head: 'change' });
}

async function run(registry: TestRegistry, args: readonly string[]) {
  let stdout = '';
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram(args, { cwd: registry.folder, clock: CLOCK, env: {}, signal }, streams);
  return { exitCode, stdout };
}

describe('a change', () => {
  it.each([
    ['of the tools', TOOLS, { index: false, tools: true }],
    ['of the index', INDEX, { index: true, tools: false }],
    ['of both', new Map([...TOOLS, ...INDEX]), { index: true, tools: true }],
  ])('%s is told apart where the index has its own folder', async (_name, files, parts) => {
    expect(await changed(await testRegistry('registry-index/'), files)).toEqual(parts);
  });

  it('has nothing beside an index that is the top of its repository', async () => {
    const registry = await testRegistry();
    const files = new Map([['README.md', 'Read me.\n']]);
    expect(await changed(registry, files)).toEqual({ index: true, tools: true });
    const repository = await openRepository(registry.bare);
    expect(await changedParts(repository, { base: 'main', head: 'main' })).toEqual({ index: false, tools: false });
  });

  it('is about everything where there was nothing before', async () => {
    const registry = await testRegistry('registry-index/');
    const parts = await changedParts(await openRepository(registry.bare), { base: '0'.repeat(40), head: 'main' });
    expect(parts).toEqual({ index: true, tools: true });
  });

  it('is told to later steps of a workflow', async () => {
    const registry = await testRegistry('registry-index/');
    await registry.commit('change', TOOLS);
    const args = ['changes', '--index', registry.bare, '--base', 'main', '--head', 'change', '--outputs', 'outputs'];
    expect(await run(registry, args)).toEqual({ exitCode: 0, stdout: 'It changes the tools.\n' });
    expect(await readFile(join(registry.folder, 'outputs'), 'utf8')).toBe('index=false\ntools=true\n');
  });

  it('of nothing but the tools is no submission: the job passes and leaves no report', async () => {
    const registry = await testRegistry('registry-index/');
    await registry.commit('change', TOOLS);
    const change = ['--index', registry.bare, '--base', 'main', '--head', 'change', '--submitter', 'eve:666'];
    const { exitCode } = await run(registry, ['check', ...change, '--out', 'report', '--json']);
    expect([exitCode, existsSync(join(registry.folder, 'report'))]).toEqual([0, false]);
  });

  it('of both, tools and index, is refused', async () => {
    const registry = await testRegistry('registry-index/');
    await registry.commit('change', new Map([...TOOLS, ...INDEX]));
    const change = ['--index', registry.bare, '--base', 'main', '--head', 'change', '--submitter', 'eve:666'];
    const { exitCode } = await run(registry, ['check', ...change, '--out', 'report', '--json']);
    expect([exitCode, existsSync(join(registry.folder, 'report'))]).toEqual([1, true]);
  });
});
