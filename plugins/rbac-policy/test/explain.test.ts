import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../src/explain.ts', import.meta.url));
const POLICY =
  'version: 1\nroles: { worker: { rateLimit: 9, rules: [{ allow: message, targets: Lead }] } }\nagents: [{ match: W*, roles: [worker] }]\n';

function explain(args: readonly string[], policy = POLICY): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(policy);
  });
}

describe('explain', () => {
  it('says what is allowed, by which rule', async () => {
    const { code, stdout } = await explain(['message', 'W1', 'Lead']);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'allowed: rule 1 of the role worker allows to message Lead',
        '  roles of W1: worker',
        '  decided by rule 1 of the role worker',
        '  at most 9 messages a minute',
        '',
      ],
    ]);
  });

  it('says what is denied, and ends with 1', async () => {
    expect(await explain(['tool', 'Eve', 'Bash'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('none') as string,
    });
  });

  it('ends with 2 for what cannot be used', async () => {
    expect(await explain(['fly', 'W1', 'Lead'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage') as string,
    });
    expect(await explain(['message', 'W1', 'Lead'], 'roles: [')).toMatchObject({ code: 2 });
  });
});
