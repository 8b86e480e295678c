import { describe, expect, it } from 'vitest';
import { createOutput, type Stream } from './output.ts';
import { strong } from './present/text.ts';

describe('streams', () => {
  it('get results on stdout, and all else on stderr', () => {
    const { output, out, err } = streams({});
    output.result(['result']);
    output.json({ a: 1 });
    output.note('note');
    output.warn('careful');
    output.error(['failed']);
    expect(out.join('')).toBe('result\n{\n  "a": 1\n}\n');
    expect(err.join('')).toBe('note\nwarning: careful\nfailed\n');
  });

  it('get no notes under --quiet, but errors', () => {
    const { output, err } = streams({ quiet: true });
    output.note('note');
    output.warn('careful');
    output.error(['failed']);
    expect(err.join('')).toBe('failed\n');
  });
});

describe('colour', () => {
  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('wanted %s, on a terminal %s: %s', (color, isTTY, colored) => {
    const { output, out } = streams({ color, isTTY });
    output.result([strong('x')]);
    expect(out.join('').includes('\u001b')).toBe(colored);
  });
});

describe('width', () => {
  it('is that of the terminal, and without end elsewhere', () => {
    expect(streams({ isTTY: true }).output.width).toBe(40);
    expect(streams({}).output.width).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('progress', () => {
  it('is not shown where nobody looks', async () => {
    const { output, err } = streams({});
    expect(await output.during('Working', async () => 'done')).toBe('done');
    expect(err).toEqual([]);
  });

  it('is wiped from a terminal, also after a failure', async () => {
    const { output, err } = streams({ isTTY: true });
    await expect(output.during('Working', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(err.at(-1)).toBe('\r\u001b[2K');
  });
});

interface Options {
  readonly color?: boolean;
  readonly isTTY?: boolean;
  readonly quiet?: boolean;
}

function streams({ color = true, isTTY = false, quiet = false }: Options) {
  const [out, err]: [string[], string[]] = [[], []];
  const stream = (into: string[]): Stream => ({ isTTY, columns: 40, write: (text) => into.push(text) });
  return { output: createOutput({ stdout: stream(out), stderr: stream(err), color, quiet }), out, err };
}
