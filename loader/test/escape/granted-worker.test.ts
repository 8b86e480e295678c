import { escapeTest } from '../support/escape.ts';

/** Runs text in a thread and tells what it posts. */
const IN_THREAD = `
  import { Worker } from 'node:worker_threads';
  const inThread = (code, options = {}) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.cjs', import.meta.url), { workerData: code, ...options });
    worker.on('error', reject).on('message', ({ value, error }) => (error ? reject(Object.assign(new Error(error.message), { code: error.code })) : resolve(value)));
  });`;

escapeTest('a thread has no more powers than the plugin, and neither network nor signals', {
  permissions: { workers: true, codeGeneration: true },
  files: {
    'thread.cjs': `
      const { parentPort, workerData } = require('node:worker_threads');
      (async () => new Function('require', 'return (async () => {' + workerData + '})()')(require))().then(
        (value) => parentPort.postMessage({ value }),
        (error) => parentPort.postMessage({ error: { message: error.message, code: error.code } }),
      );`,
  },
  attempts: ({ secretFile }) => `${IN_THREAD}
    const read = "return require('node:fs').readFileSync(" + ${JSON.stringify(JSON.stringify(secretFile))} + ", 'utf8')";
    const signal = 'process.kill(${process.pid}, 0)';
    export const attempts = {
      control: () => inThread("return 'works'"),
      read: () => inThread(read),
      readBare: () => inThread(read, { execArgv: [] }),
      signal: () => inThread(signal),
      signalBare: () => inThread(signal, { execArgv: [], env: {} }),
      signalOtherClass: () => {
        const { constructor } = Worker.prototype;
        return new Promise((resolve, reject) => new constructor("process.kill(${process.pid}, 0)", { eval: true, execArgv: [] }).on('error', reject).on('exit', resolve));
      },
      connect: () => inThread("return new Promise((resolve, reject) => require('node:net').connect(1, '127.0.0.1').on('error', reject).on('connect', resolve))"),
      program: () => inThread("require('node:child_process').execFileSync('/bin/true')"),
      pipe: () => inThread("require('node:fs').writeSync(99, 'x')"),
    };`,
});
