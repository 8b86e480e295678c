/** Whatever becomes of telemetry, a command does what it was asked to. */
import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  HELLO,
  INSTALLED,
  ar,
  folder,
  lines,
  listen,
  listeningRegistry,
  senderEnded,
  toldTimes,
  turnOn,
} from './support/telemetry.ts';

const here = listeningRegistry();

describe('a command is neither delayed nor failed', () => {
  it('by a server that does not answer', async () => {
    await turnOn();
    const held: http.ServerResponse[] = [];
    here().registry.intercept = (request, response) => listen(request) && held.push(response) > 0;
    const command = ar(['install', HELLO]);
    await toldTimes(1);
    const { code, stderr } = await command;
    // The request is still open: whoever sent it is nobody that the command waits for.
    expect([code, stderr, held[0]?.writableEnded, held[0]?.destroyed]).toEqual([0, '', false, false]);
    await senderEnded();
    const { stdout } = await ar(['telemetry', 'show', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ told: [{ sent: false }] });
    expect(lines()).toEqual([INSTALLED]);
  });

  it.each([
    ['an error', 500, {}],
    ['a redirect', 302, { location: '/t/v1/elsewhere' }],
  ])('by a server that answers with %s, which is asked nothing more', async (_what, status, headers) => {
    await turnOn();
    here().registry.intercept = (request, response) => {
      if (!listen(request)) return false;
      response.writeHead(status, headers).end();
      return true;
    };
    expect(await ar(['install', HELLO])).toMatchObject({ code: 0, stderr: '' });
    await toldTimes(1);
    await senderEnded();
    expect(lines()).toEqual([INSTALLED]);
  });

  it('by an answer without end', async () => {
    await turnOn();
    here().registry.intercept = (request, response) => {
      if (!listen(request)) return false;
      response.writeHead(200);
      const pour = (): unknown => !response.destroyed && response.write(Buffer.alloc(65_536), pour);
      pour();
      return true;
    };
    expect((await ar(['install', HELLO])).code).toBe(0);
    await toldTimes(1);
    await senderEnded();
  });

  it('by a data folder that cannot be written', async () => {
    await turnOn();
    fs.mkdirSync(path.dirname(folder()), { recursive: true });
    fs.writeFileSync(folder(), 'a file in its place');
    expect(await ar(['install', HELLO])).toMatchObject({ code: 0, stderr: '' });
    expect(await ar(['telemetry', 'show'])).toMatchObject({ code: 0 });
    expect(here().told).toEqual([]);
    fs.rmSync(folder());
  });

  it('by a queue that is damaged or full', async () => {
    await turnOn();
    fs.mkdirSync(folder(), { recursive: true });
    const queue = path.join(folder(), 'waiting.jsonl');
    fs.writeFileSync(queue, '{"at":\nnull\n[1]\n{"at":"x","registry":"y","event":{"kind":"rm -rf"}}\n');
    expect(await ar(['install', HELLO])).toMatchObject({ code: 0, stderr: '' });
    await toldTimes(1);
    await senderEnded();
    fs.writeFileSync(queue, '\n'.repeat(70_000));
    expect(await ar(['search', 'hello'])).toMatchObject({ code: 0, stderr: '' });
    expect(lines()).toEqual([INSTALLED]);
  });
});
