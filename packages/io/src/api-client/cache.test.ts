import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../../test/support/temp-dir.ts';
import { createResponseCache, isWholeResponse } from './cache.ts';

const URL = 'https://registry.example/api/v1/config.json';
const RESPONSE = { etag: '"1"', checkedBy: 'test/1', body: Buffer.from('{"a":1}\n'), made: Buffer.from('[1]') };

it('gives what was kept, and nothing once any bit of it is another, or any end is missing', async () => {
  await using folder = await tempDir();
  const cache = createResponseCache(folder.path);
  await cache.set(URL, RESPONSE);
  const [name = ''] = fs.readdirSync(folder.path);
  const file = path.join(folder.path, name);
  const whole = fs.readFileSync(file);
  expect(await cache.get(URL)).toMatchObject(RESPONSE);
  expect(isWholeResponse(whole)).toBe(true);
  const damaged = [
    ...Array.from(whole.keys()).flatMap((at) => [whole.with(at, (whole[at] ?? 0) ^ 1), whole.subarray(0, at)]),
    // What a file system leaves of what had not reached the disk.
    Buffer.alloc(whole.length),
    Buffer.concat([whole.subarray(0, 20), Buffer.alloc(whole.length - 20)]),
    Buffer.concat([whole, Buffer.from('more')]),
  ];
  for (const bytes of damaged) {
    fs.writeFileSync(file, bytes);
    expect([await cache.get(URL), isWholeResponse(Buffer.from(bytes))]).toEqual([undefined, false]);
  }
  await cache.set(URL, RESPONSE);
  expect(await cache.get(URL)).toMatchObject(RESPONSE);
});
