import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';

let server: Server;
let accepted = 0;
let port = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    accepted += 1;
    socket.on('error', () => socket.destroy()).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

escapeTest('connections that are closed as soon as they are opened count as long as they last', {
  get permissions() {
    return { network: [`127.0.0.1:${port}`, 'slow.example'] };
  },
  relay: { resolveHost: () => new Promise(() => undefined) },
  attempts: () => `
    import fs from 'node:fs';
    import net from 'node:net';
    const frame = (type, id, text) => {
      const head = Buffer.alloc(9);
      head.writeUInt8(type, 0);
      head.writeUInt32BE(id, 1);
      head.writeUInt32BE(text.length, 5);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const flood = (host) => {
      const frames = [];
      for (let id = 1_000_000; id < 1_001_000; id += 1) frames.push(frame(16, id, host), frame(20, id, ''));
      for (let bytes = Buffer.concat(frames); bytes.length > 0; )
        try { bytes = bytes.subarray(fs.writeSync(3, bytes)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
      return 'sent';
    };
    export const attempts = {
      address: () => flood('127.0.0.1\\n${port}'),
      name: () => flood('slow.example\\n${port}'),
      // What was closed a moment ago may still count.
      control: async () => {
        for (;;) {
          const code = await new Promise((resolve) => net.connect(${port}, '127.0.0.1').on('connect', () => resolve('works')).on('error', (error) => resolve(error.code)));
          if (code !== 'EMFILE') return code;
        }
      },
    };`,
  returns: { address: 'sent', name: 'sent' },
  observe: () => accepted,
  observed: expect.toSatisfy((count: number) => count <= 2 * 65),
});
