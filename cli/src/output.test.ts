import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('JSON', () => {
  it('can be shown on a terminal, and is the same value', () => {
    const { output, out } = streams({});
    const document = { text: '\u009b31m \u202e\u200b\u007f é' };
    output.json(document);
    expect(out.join('')).toMatch(/^[\n\u0020-\u007eé]+$/);
    expect(JSON.parse(out.join(''))).toEqual(document);
  });
});

describe('a stream of documents', () => {
  it('has one on each line, cleaned as any other', () => {
    const { output, out } = streams({});
    output.jsonLine({ text: 'a\nb \u009b' });
    output.jsonLine({ b: 2 });
    expect(out.join('')).toBe('{"text":"a\\nb \\u009b"}\n{"b":2}\n');
  });
});

describe('colour', () => {
  it.each([
    ['auto', true, true],
    ['auto', false, false],
    ['always', false, true],
    ['never', true, false],
  ] as const)('wanted %s, on a terminal %s: %s', (color, isTTY, colored) => {
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

describe('details', () => {
  it.each([
    [{}, ''],
    [{ verbose: true }, 'asked a mirror\n'],
    [{ verbose: true, quiet: true }, ''],
  ])('are told to those who want them: %j', (options, told) => {
    const { output, err } = streams(options);
    output.detail('asked a mirror');
    expect(err.join('')).toBe(told);
  });
});

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [true, 499, 0],
    [true, 500, 1],
    [false, 4999, 0],
    [false, 5000, 1],
    [false, 600_000, 1],
  ])('on a terminal %s, after %i ms, is told in %i lines', async (isTTY, ms, lines) => {
    const { output, err } = streams({ isTTY });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const work = output.during('Working', () => promise);
    vi.advanceTimersByTime(ms);
    expect(err).toHaveLength(lines);
    resolve(undefined);
    await work;
  });

  it('is not told to those who want results alone', async () => {
    const { output, err } = streams({ quiet: true });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const work = output.during('Working', () => promise);
    vi.advanceTimersByTime(600_000);
    resolve(undefined);
    await work;
    expect(err).toEqual([]);
  });

  it('is not shown for what takes a moment', async () => {
    const { output, err } = streams({});
    expect(await output.during('Working', async () => 'done')).toBe('done');
    expect(err).toEqual([]);
  });

  it('is wiped from a terminal, also after a failure, and only if it was shown', async () => {
    const { output, err } = streams({ isTTY: true });
    await expect(output.during('Working', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(err).toEqual([]);
    const { promise, reject } = Promise.withResolvers<undefined>();
    const work = output.during('Working', () => promise);
    vi.advanceTimersByTime(500);
    reject(new Error('no'));
    await expect(work).rejects.toThrow('no');
    expect(err.at(-1)).toBe('\r\u001b[2K');
  });

  it('is told as in a log to a terminal that cannot wipe it', async () => {
    const { output, err } = streams({ isTTY: true, isDumb: true });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const work = output.during('Working', () => promise);
    vi.advanceTimersByTime(5000);
    resolve(undefined);
    await work;
    expect(err).toEqual([expect.stringMatching(/^Working.*\n$/)]);
  });

  it('gives way to what is told meanwhile', async () => {
    const { output, err } = streams({ isTTY: true, color: 'never' });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const work = output.during('Working', () => promise);
    vi.advanceTimersByTime(500);
    output.warn('careful');
    resolve(undefined);
    await work;
    expect(err.join('')).toBe('Working…\r\u001b[2Kwarning: careful\n');
  });
});

interface Options {
  readonly color?: 'auto' | 'always' | 'never';
  readonly verbose?: boolean;
  readonly isTTY?: boolean;
  readonly quiet?: boolean;
  readonly isDumb?: boolean;
}

function streams({ color = 'auto', isTTY = false, quiet = false, verbose = false, isDumb = false }: Options) {
  const [out, err]: [string[], string[]] = [[], []];
  const stream = (into: string[]): Stream => ({ isTTY, columns: 40, write: (text) => into.push(text) });
  return {
    output: createOutput({ stdout: stream(out), stderr: stream(err), color, quiet, verbose, isDumb }),
    out,
    err,
  };
}
