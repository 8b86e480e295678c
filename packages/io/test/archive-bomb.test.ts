import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zerosBomb } from '@ar-registry/testing/archives';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const MEBIBYTE = 1024 * 1024;

/** Reads the archive that is its argument, in a process of its own; prints the outcome and how much memory it took. */
const READ_SCRIPT = `
  import { readFile } from 'node:fs/promises';
  import { readArchive } from '@ar-registry/io/archive';
  const bytes = await readFile(process.argv[1]);
  const before = process.resourceUsage().maxRSS;
  const code = await readArchive(bytes).then(() => 'READ', (error) => error.code);
  console.log(JSON.stringify({ code, grownBytes: (process.resourceUsage().maxRSS - before) * 1024 }));
`;

test('a bomb of 3 GiB is refused within a bounded memory', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'ar-bomb-'));
  const path = join(dir.path, 'bomb.tgz');
  await writeFile(path, zerosBomb(3 * 1024));
  const flags = ['--conditions=ar-source', '--input-type=module', '-e', READ_SCRIPT, path];
  const { stdout } = await run('node', flags, { cwd: import.meta.dirname });
  const { code, grownBytes } = JSON.parse(stdout) as { code: string; grownBytes: number };
  expect(code).toBe('ARCHIVE_TOO_LARGE');
  // The limit is 50 MiB unpacked, and what a tar adds to 5,000 files.
  expect(grownBytes).toBeLessThan(150 * MEBIBYTE);
});
