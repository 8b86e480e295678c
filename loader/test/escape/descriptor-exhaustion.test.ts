import { openSync, closeSync } from 'node:fs';
import { expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';

escapeTest('a plugin that opens everything it can takes nothing from the daemon', {
  permissions: { network: ['slow.example'] },
  relay: { resolveHost: () => new Promise(() => undefined) },
  attempts: () => `
    import fs from 'node:fs';
    import net from 'node:net';
    const own = [];
    export const attempts = {
      files: ({ dataDir }) => {
        try { for (let i = 0; i < 50_000; i += 1) own.push(fs.openSync(dataDir + '/f', 'w')); } finally { for (const fd of own.splice(0)) fs.closeSync(fd); }
        return 'opened';
      },
      connections: async () => {
        const errors = await Promise.all(Array.from({ length: 200 }, () => new Promise((resolve) => {
          const socket = net.connect(80, 'slow.example').on('error', (error) => resolve(error.code));
          own.push(socket);
          setTimeout(resolve, 500, 'waiting').unref();
        })));
        for (const socket of own) socket.destroy();
        return { refused: errors.filter((code) => code === 'EMFILE').length };
      },
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
    };`,
  returns: { connections: { refused: 136 } },
  observe: ({ results }) => {
    closeSync(openSync('/dev/null', 'r'));
    return results['files'];
  },
  observed: { threw: expect.objectContaining({ code: 'EMFILE' }) as unknown },
});
