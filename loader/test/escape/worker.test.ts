import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { escapeTest } from '../support/escape.ts';

escapeTest('no thread is started without the permission', {
  files: { 'thread.js': `require('node:fs').writeFileSync(require('node:worker_threads').workerData, 'x')` },
  attempts: ({ dir }) => `
    import { Worker, MessageChannel } from 'node:worker_threads';
    const started = (make) => new Promise((resolve, reject) => {
      const worker = make();
      worker.on('error', reject).on('exit', resolve);
    });
    const workerData = ${JSON.stringify(`${dir}/thread`)};
    export const attempts = {
      control: () => (new MessageChannel().port1 ? 'works' : ''),
      text: () => started(() => new Worker('1', { eval: true })),
      file: () => started(() => new Worker(new URL('./thread.js', import.meta.url), { workerData })),
      data: () => started(() => new Worker(new URL('data:text/javascript,1'))),
      execArgv: () => started(() => new Worker('1', { eval: true, execArgv: ['--no-permission'] })),
      web: () => new globalThis.Worker('x'),
    };`,
  observe: ({ outside }) => existsSync(join(outside.dir, 'thread')),
  observed: false,
});
