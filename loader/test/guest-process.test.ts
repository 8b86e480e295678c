import { expect, test, vi } from 'vitest';
import { startProcess, type Signal } from '../src/sandbox/guest-process.ts';

const WAITS = ['/bin/sh', '-c', 'read -r line <&3'] as const;

test('a process that ended is not signalled: its number may be that of another', async () => {
  const signal = vi.fn<Signal>();
  const guest = await startProcess(['/bin/sh', '-c', 'exit 3'], '/', signal);
  guest.stdout.resume();
  guest.stderr.resume();
  expect(await guest.ended).toBe('exited with code 3');
  guest.kill();
  expect(signal).not.toHaveBeenCalled();
});

test('a process that runs is ended with its group', async () => {
  const signal = vi.fn<Signal>((pid, name) => void process.kill(pid, name));
  const guest = await startProcess(WAITS, '/', signal);
  guest.kill();
  expect(await guest.ended).toBe('was ended by SIGKILL');
  expect(signal).toHaveBeenCalledExactlyOnceWith(-guest.pid, 'SIGKILL');
});

test.each(['EPERM', 'ESRCH'])(
  'where the group cannot be signalled (%s), the process is ended all the same',
  async (code) => {
    const guest = await startProcess(WAITS, '/', () => {
      throw Object.assign(new Error(code), { code });
    });
    guest.kill();
    expect(await guest.ended).toBe('was ended by SIGKILL');
  },
);

test('a program that is not there is said to be so', async () => {
  await expect(startProcess(['/nowhere/program'], '/')).rejects.toMatchObject({ code: 'ENOENT' });
});
