/** The process of `ar-registry`: arguments, signals, streams and the exit code. Everything else is in program.ts. */
import { ArError } from '@ar-registry/core/errors';
import { createClock } from '@ar-registry/io/clock';
import { runProgram } from './program.ts';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // Whoever asks a second time does not want to wait for an orderly end.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });

// A reader that went away, such as `head`, is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
    const full = new ArError('DISK_FULL', { path: 'the output' }, { cause: error });
    process.stderr.write(`error[${full.code}]: ${full.message}\nhelp: ${full.remedy}\n`);
    process.exit(full.exit);
  });

const stdout = (text: string): void => void process.stdout.write(text);
const stderr = (text: string): void => void process.stderr.write(text);

void start();

async function start(): Promise<void> {
  process.exitCode = await runProgram(
    process.argv.slice(2),
    { cwd: process.cwd(), clock: createClock(), env: process.env, signal: controller.signal },
    { stdout, stderr },
  );
}
