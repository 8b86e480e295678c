/** The log of what builds of a change wrote, by which the site, signing and deployments go. */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openOutputFolder } from '../src/stages/build/output-folder.ts';
import { FILES_LOG, addToFilesLog, openStagedOutput } from '../src/stages/build/staged-output.ts';

const ROOT = { path: '.ar-state/root.json', text: () => 'state' };

async function commit(out: string, path: string): Promise<void> {
  const staged = await openStagedOutput(out);
  await staged.write(path, Buffer.from(path));
  await staged.commit([], ROOT);
}

describe('the log of files', () => {
  it.each<readonly [string, (log: string) => Promise<void>, string]>([
    ['half a line, which a full disk left', (log) => appendFile(log, '+api/v1/plug'), '+api/a.json\n+api/b.json\n'],
    ['half of its first line', (log) => writeFile(log, '+api'), '+api/b.json\n'],
    [
      'half a line after many',
      (log) => writeFile(log, `${'+api/a.json\n'.repeat(2000)}+api/${'x'.repeat(9000)}`),
      `${'+api/a.json\n'.repeat(2000)}+api/b.json\n`,
    ],
    ['whole lines', async () => {}, '+api/a.json\n+api/b.json\n'],
    ['none', (log) => rm(log), '+api/b.json\n'],
  ])('has a path on each line after %s', async (_, damage, expected) => {
    const out = await mkdtemp(join(tmpdir(), 'ar-files-log-'));
    try {
      await commit(out, 'api/a.json');
      await damage(join(out, FILES_LOG));
      await commit(out, 'api/b.json');
      expect(await readFile(join(out, FILES_LOG), 'utf8')).toBe(expected);
    } finally {
      await rm(out, { recursive: true });
    }
  });
});

it('what signing has said in it stays when everything is built anew', async () => {
  const out = await mkdtemp(join(tmpdir(), 'ar-files-log-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const build = async (path: string): Promise<void> => {
    const output = await openOutputFolder(out);
    await output.write(path, Buffer.from(path));
    await output.finish();
  };
  await build('api/v1/plugins/@a/one.json');
  const signed = 'api/v1/log/plugins/@a/one.json';
  await mkdir(join(out, 'api/v1/log/plugins/@a'), { recursive: true });
  await writeFile(join(out, signed), 'signed');
  addToFilesLog(out, `+${signed}\n+api/v1/plugins/@a/gone.json\n`);
  await writeFile(join(out, 'api/v1/plugins/@a/gone.json'), 'of a smaller build');
  await build('api/v1/plugins/@a/two.json');
  expect(await readFile(join(out, signed), 'utf8')).toBe('signed');
  for (const gone of ['api/v1/plugins/@a/one.json', 'api/v1/plugins/@a/gone.json'])
    await expect(readFile(join(out, gone))).rejects.toMatchObject({ code: 'ENOENT' });
});
