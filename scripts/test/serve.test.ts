/** `ar-registry serve` answers with the files as they are now, and counts requests by who really asks. */
import { mkdir, mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseRateLimit, startServer, type ServeOptions } from '../src/stages/serve/index.ts';

async function registryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ar-serve-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(dir, 'api/v1'), { recursive: true });
  await writeFile(join(dir, 'api/v1/config.json'), '{}\n');
  return dir;
}

async function served(options: Partial<ServeOptions>): Promise<(forwarded?: string) => Promise<number>> {
  const dir = await registryFolder();
  const rateLimit = parseRateLimit('1/1h');
  const server = await startServer({ dir, host: '127.0.0.1', port: 0, rateLimit, ...options });
  onTestFinished(() => server.stop());
  return async (forwarded) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const answer = await fetch(`${server.url}/api/v1/config.json`, { headers });
    await answer.body?.cancel();
    return answer.status;
  };
}

describe('a file that is served', () => {
  it('is the one that is there, however little has changed', async () => {
    const { url, file } = await servedFile();
    const get = async (): Promise<unknown> => (await fetch(url)).json();
    expect([await get(), await get()]).toEqual([{ a: 1 }, { a: 1 }]);
    await writeFile(`${file}.new`, '{"a":2}');
    await rename(`${file}.new`, file);
    expect(await get()).toEqual({ a: 2 });
    const { atime, mtime } = await stat(file);
    await writeFile(file, '{"a":3}');
    await utimes(file, atime, mtime);
    expect(await get()).toEqual({ a: 3 });
    await rm(file);
    expect((await fetch(url)).status).toBe(404);
    await mkdir(file);
    expect((await fetch(url)).status).toBe(404);
  });

  it('may be larger than what is kept in memory', async () => {
    const { url, file } = await servedFile();
    const text = JSON.stringify('x'.repeat(300 * 1024));
    await writeFile(file, text);
    expect([await (await fetch(url)).text(), await (await fetch(url)).text()]).toEqual([text, text]);
  });
});

async function servedFile(): Promise<{ readonly url: string; readonly file: string }> {
  const dir = await registryFolder();
  const file = join(dir, 'api/v1/tags.json');
  await writeFile(file, '{"a":1}');
  const server = await startServer({ dir, host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.stop());
  return { url: `${server.url}/api/v1/tags.json`, file };
}

describe('the client of a rate limit', () => {
  it('is who connects, whatever a header says', async () => {
    const ask = await served({});
    expect([await ask(), await ask(), await ask('1.2.3.4')]).toEqual([200, 429, 429]);
  });

  it('is behind a proxy who the proxy says, and nobody whom the client says', async () => {
    const ask = await served({ behindProxy: true });
    expect([await ask('1.1.1.1'), await ask('2.2.2.2'), await ask('3.3.3.3, 1.1.1.1')]).toEqual([200, 200, 429]);
  });

  it('is of IPv6 a network, and of IPv4 written as IPv6 the same address', async () => {
    const ask = await served({ behindProxy: true });
    expect([await ask('2001:db8:1:2::1'), await ask('2001:db8:1:2:ffff::9')]).toEqual([200, 429]);
    expect([await ask('2001:db8:1:3::1'), await ask('2001:0db8:0001:0003:0:0:0:2')]).toEqual([200, 429]);
    expect([await ask('::1'), await ask('0:0:0:0:5::1')]).toEqual([200, 429]);
    expect([await ask('::ffff:9.9.9.9'), await ask('9.9.9.9')]).toEqual([200, 429]);
  });

  it('is the proxy where the header is no address', async () => {
    const ask = await served({ behindProxy: true });
    const odd = ['unknown', '', '1.2.3.4:80', 'fe80::1%eth0', 'x'.repeat(5000), '1.1.1.1,'];
    const answers = [];
    for (const text of odd) answers.push(await ask(text));
    expect(answers).toEqual([200, 429, 429, 200, 429, 429]);
  });

  it('is not limited unless told', async () => {
    const ask = await served({ rateLimit: undefined });
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
  });
});
