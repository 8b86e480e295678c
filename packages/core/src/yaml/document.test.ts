import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../findings/index.ts';
import { MAX_FINDINGS, YAML_LIMIT_BYTES, formatPath, kindOf, parseYaml } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

function findingsOf(text: string): readonly Finding[] {
  const result = parseYaml(text, 'x.yaml');
  return result.ok ? [] : result.findings;
}

function codes(text: string): readonly string[] {
  return [...new Set(findingsOf(text).map(({ code }) => code))];
}

function valueOf(text: string): unknown {
  const result = parseYaml(text, 'x.yaml');
  return result.ok ? result.file.value : result.findings;
}

/** Line and column of the first finding. */
function placeOf(text: string): readonly (number | undefined)[] {
  const at = findingsOf(text)[0]?.at;
  return [at?.line, at?.column];
}

function problems(text: string): readonly unknown[] {
  return findingsOf(text).map(({ facts }) => facts);
}

describe('parseYaml', () => {
  it('reads the core schema of YAML 1.2: yes and no are text, and so is a date', () => {
    expect(valueOf('a: yes\nb: no\nc: 2026-01-01\nd: 0o17\ne: 1.0\nf: ~\ng: 010')).toEqual({
      a: 'yes',
      b: 'no',
      c: '2026-01-01',
      d: 15,
      e: 1,
      f: null,
      g: 10,
    });
  });

  it('allows anchors that nothing refers to', () => {
    expect(valueOf('a: &x 1')).toEqual({ a: 1 });
  });

  it.each([
    ['YAML_TOO_LARGE', `a: ${'x'.repeat(YAML_LIMIT_BYTES)}`, `a: ${'x'.repeat(YAML_LIMIT_BYTES - 3)}`],
    ['YAML_TOO_LARGE', `a: ${'日'.repeat(YAML_LIMIT_BYTES / 3)}`, `a: ${'日'.repeat(YAML_LIMIT_BYTES / 3 - 1)}`],
    ['YAML_ENCODING', 'a: \ufffd', 'a: "\\ufffd"'],
    ['YAML_ENCODING', 'a: \u0000', 'a: "\\0"'],
    ['YAML_SYNTAX', 'name: @acme/hello', 'name: "@acme/hello"'],
    ['YAML_SYNTAX', 'a: b: c', 'a: "b: c"'],
    ['YAML_SYNTAX', 'a:\n\tb: 1', 'a:\n  b: 1'],
    ['YAML_SYNTAX', 'a: "open', 'a: "shut"'],
    ['YAML_SYNTAX', 'a: 1\n---\nb: 2', '---\na: 1\n...'],
    ['YAML_SYNTAX', '1: a', '"1": a'],
    ['YAML_SYNTAX', 'null: a', '"null": a'],
    ['YAML_SYNTAX', '? [a]\n: b', '? a\n: b'],
    ['YAML_SYNTAX', ': a', '"": a'],
    ['YAML_DUPLICATE_KEY', 'a: 1\na: 2', 'a: 1\nb: 2'],
    ['YAML_DUPLICATE_KEY', 'a: 1\n"a": 2', 'a: 1\n"A": 2'],
    ['YAML_DUPLICATE_KEY', 'a: {b: 1, b: 2}', 'a: {b: 1}\nb: 2'],
    ['YAML_TAG', 'a: !secret x', 'a: "!secret x"'],
    ['YAML_TAG', 'a: !!binary aGVsbG8=', 'a: aGVsbG8='],
    ['YAML_TAG', 'a: !!set {b, c}', 'a: {b: null}'],
    ['YAML_TAG', 'a: !!omap [b: 1]', 'a: [b: 1]'],
    ['YAML_TAG', 'a: !!timestamp 2026-01-01', 'a: 2026-01-01'],
    ['YAML_TAG', 'a: !!str 1', 'a: "1"'],
    ['YAML_TAG', 'a: ! 1', 'a: 1'],
    ['YAML_TAG', '!!map {a: 1}', '{a: 1}'],
    ['YAML_TAG', 'a: !!seq [1]', 'a: [1]'],
    ['YAML_TAG', '!!str a: 1', 'a: 1'],
    ['YAML_TAG', 'a: !js/undefined', 'a: undefined'],
    ['YAML_ALIAS', 'a: &x 1\nb: *x', 'a: &x 1\nb: "*x"'],
    ['YAML_ALIAS', 'a: *x', 'a: x'],
    ['YAML_ALIAS', 'a: &x b\n*x : 1', 'a: &x b\nx: 1'],
    ['YAML_ALIAS', 'a: &x {b: 1}\n<<: *x', 'a: &x {b: 1}'],
    ['YAML_ALIAS', '"<<": {b: 1}', '"< <": {b: 1}'],
    ['YAML_NOT_A_MAP', '', 'a: 1'],
    ['YAML_NOT_A_MAP', '# only a comment', '# a comment\na: 1'],
    ['YAML_NOT_A_MAP', '- a', 'a: [a]'],
    ['YAML_NOT_A_MAP', 'just text', 'just: text'],
    ['YAML_NOT_A_MAP', '42', '{}'],
    ['TOO_MANY', `a: [${'1,'.repeat(5001)}]`, `a: [${'1,'.repeat(5000)}]`],
  ])('says %s for the one and not for the other', (code, wrong, right) => {
    expect(codes(wrong)).toContain(code);
    expect(codes(right)).toEqual([]);
  });

  it('tells all that is wrong, in the order of the file', () => {
    expect(findingsOf('a: !x 1\nb: *y\nc: 1\nc: 2').map(({ code, at }) => [at.line, code])).toEqual([
      [1, 'YAML_TAG'],
      [2, 'YAML_ALIAS'],
      [4, 'YAML_DUPLICATE_KEY'],
    ]);
  });

  it('never throws, and gives a value or a finding, whatever the text', () => {
    const parts = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '?',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '!t',
      '"',
      "'",
      '#',
      '|',
      '>',
      '%',
      '\t',
      '---',
      '<<',
      '\u001b[2J',
      '\ufeff',
      '日',
      '\ud83d',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(parts, { maxLength: 60 }).map((all) => all.join('')),
        ),
        (text) => {
          const result = parseYaml(text, 'x.yaml');
          const plain = result.ok && Object.getPrototypeOf(result.file.value) === Object.prototype;
          expect(plain || (!result.ok && result.findings.length > 0)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('hands on nothing that a terminal obeys', () => {
    const hostile = fc.constantFrom('\u001b[2J', '\u202e', '\r', '\u0007', 'a', ': ', '\n', '"', '!', '*', '&');
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 40 }), (parts) => {
        for (const { facts, at } of findingsOf(parts.join('')))
          expect(`${Object.values(facts).join(' ')}${at.path ?? ''}${at.frame ?? ''}`).not.toMatch(
            /(?!\n)[\p{Cc}\p{Cf}]/u,
          );
      }),
    );
  });
});

describe('what a finding quotes', () => {
  it.each([
    `a: *${'x'.repeat(60_000)}`,
    `a: &x 1\n*${'x'.repeat(60_000)} : 1`,
    `a: !${'x'.repeat(60_000)} 1`,
    `%${'x'.repeat(60_000)}\n---\na: 1`,
  ])('is short', (text) => {
    for (const { facts } of findingsOf(text)) expect(JSON.stringify(facts).length).toBeLessThan(400);
  });
});

describe('the prototype of everything', () => {
  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('is safe from the key %s', (key) => {
    const value = valueOf(`${key}: {polluted: yes}\nlist: [{${key}: {polluted: yes}}]`);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value as object, key)).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((value as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('bombs', () => {
  const KIB_64 = YAML_LIMIT_BYTES;
  const lines = (line: (index: number) => string): string => {
    let text = '';
    for (let index = 0; ; index += 1) {
      const next = `${line(index)}\n`;
      if (text.length + next.length > KIB_64) return text;
      text += next;
    }
  };
  const flow = (head: string, item: (index: number) => string, tail: string): string =>
    head +
    lines((index) => `${item(index)},`)
      .slice(0, -head.length - tail.length - 200)
      .replace(/,[^,]*$/, '') +
    tail;

  it.each([
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij', (name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`).join('\n')}`,
    ],
    ['20,000 aliases', `a: &x 1\nb: [${'*x,'.repeat(20_000)}]`],
    ['10,000 nested lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['10,000 nested maps', `a: ${'{a: '.repeat(10_000)}${'}'.repeat(10_000)}`],
    ['lists that are never shut', '['.repeat(KIB_64)],
    ['maps that are never shut', '{a: '.repeat(KIB_64 / 4)],
    ['32,000 nested dashes', '- '.repeat(KIB_64 / 2)],
    ['32,000 question marks', '? '.repeat(KIB_64 / 2)],
    ['60 nested lists, each fine by itself', `a: ${'['.repeat(60)}${']'.repeat(60)}`],
    ['indentation for ever', lines((index) => `${' '.repeat(index)}a:`)],
    ['64 KiB of keys', lines((index) => `k${index.toString(36)}: 1`)],
    ['64 KiB of keys in one line', flow('{', (index) => `k${index.toString(36)}: 1`, '}')],
    ['64 KiB of one key', 'a: \n'.repeat(KIB_64 / 4)],
    ['64 KiB of merge keys', '<<: {}\n'.repeat(9000)],
    ['12,000 tags', `b: [${'!x 1,'.repeat(12_000)}]`],
    ['16,000 documents', '---\n'.repeat(KIB_64 / 4)],
    ['16,000 directives', '%a\n'.repeat(20_000)],
    ['quotes that are never shut', '"\n'.repeat(KIB_64 / 2)],
    ['colons', ': '.repeat(KIB_64 / 2)],
    ['anchors', '&a '.repeat(20_000)],
    ['tabs', '\t'.repeat(KIB_64)],
    ['carriage returns', 'a: 1\r\n'.repeat(10_000)],
    ['one long number', `a: ${'9'.repeat(60_000)}`],
  ])('%s are answered at once, with a code', (what, text) => {
    const started = cpuMs();
    const findings = findingsOf(text);
    expect(cpuMs() - started).toBeLessThan(3000);
    expect(findings.length).toBeLessThanOrEqual(MAX_FINDINGS);
    expect(findings.length).toBeGreaterThan(what === 'one long number' ? -1 : 0);
  });
});

describe('problems in words', () => {
  it.each(['['.repeat(60_000), `a: ${'['.repeat(9000)}`, '- '.repeat(30_000), '{a: '.repeat(16_000)])(
    'never tell of the stack of the parser: %#',
    (text) => {
      expect(JSON.stringify(problems(text))).not.toMatch(/stack|regular expression/i);
      expect(problems(text)).toContainEqual(expect.objectContaining({ problem: 'it is nested too deeply.' }));
    },
  );

  it('ask for spaces where a tab indents, and not where it stands behind text', () => {
    expect(problems('a:\n\tb: 1')).toEqual([{ problem: expect.any(String), remedy: 'Indent with spaces.' }]);
    expect(problems('a: b\t# c')).toEqual([]);
  });
});

describe('places', () => {
  it.each([
    ['plain', 'a: 1\nb: !x 2', [2, 4]],
    ['behind CRLF', 'a: 1\r\nb: !x 2\r\n', [2, 4]],
    ['behind a byte order mark', '\ufeffa: !x 1', [1, 4]],
    ['behind a byte order mark, on the next line', '\ufeffa: 1\nb: !x 2', [2, 4]],
    ['behind Chinese', '名前: !x 1', [1, 5]],
    ['behind emoji, in UTF-16 code units', '"👍": !x 1', [1, 7]],
    ['behind tabs', 'a:\t\t!x 1', [1, 5]],
    ['in a long line', `a: [${'1, '.repeat(500)}!x 1]`, [1, 1505]],
    ['behind a block of text', 'a: |\n  x\n  y\n\nb: !x 1', [5, 4]],
    ['behind a folded line', 'a: x\n  y\n  z\nb: !x 1', [4, 4]],
    ['behind comments and blank lines', '# 1\n\n# 3\na: !x 1', [4, 4]],
  ])('are right %s', (_what, text, place) => {
    const result = parseYaml(text, 'x.yaml');
    expect(result.ok).toBe(false);
    const tag = (result.ok ? [] : result.findings).find(({ code }) => code === 'YAML_TAG');
    expect([tag?.at.line, tag?.at.column]).toEqual(place);
  });

  it('of a repeated key are those of the second', () => {
    expect(placeOf('a: 1\nb:\n  c: 1\n  c: 2')).toEqual([4, 3]);
  });

  it('of several documents are where the second begins', () => {
    expect(placeOf('a: 1\n---\nb: 2\n')).toEqual([2, 1]);
  });

  it('of an empty file are its beginning', () => {
    expect(placeOf('')).toEqual([1, 1]);
  });
});

describe('placeOf', () => {
  const text = 'name: x\nconfig:\n  required:\n    - A\n    - B\n"0": zero\nempty:\nmaps: [{a: 1}]\n';
  const result = parseYaml(text, 'x.yaml');
  if (!result.ok) throw new Error('the sample is broken');
  const { placeOf: find } = result.file;
  const at = (path: readonly (string | number)[], part?: 'key' | 'value') => {
    const { line, column, path: dotted } = find(path, part);
    return [line, column, dotted];
  };

  it.each([
    [['name'], 'value', [1, 7, 'name']],
    [['name'], 'key', [1, 1, 'name']],
    [['config', 'required', 1], 'value', [5, 7, 'config.required[1]']],
    [['config', 'required', 1], 'key', [5, 7, 'config.required[1]']],
    [['config', 'required'], 'key', [3, 3, 'config.required']],
    [['0'], 'value', [6, 6, '0']],
    [['maps', 0, 'a'], 'value', [8, 12, 'maps[0].a']],
  ] as const)('finds %j, its %s', (path, part, place) => {
    expect(at(path, part)).toEqual(place);
  });

  it('gives the nearest parent of what is not there', () => {
    expect(at(['config', 'required', 7])).toEqual([4, 5, 'config.required[7]']);
    expect(at(['config', 'optional', 0])).toEqual([3, 3, 'config.optional[0]']);
    expect(at(['name', 'deeper'])).toEqual([1, 7, 'name.deeper']);
  });

  it('gives the whole for no path, without naming one', () => {
    expect(find([])).toMatchObject({ file: 'x.yaml', line: 1, column: 1 });
    expect(find([])).not.toHaveProperty('path');
  });

  it('finds nothing in what every object inherits', () => {
    expect(at(['toString'])).toEqual([1, 1, 'toString']);
  });
});

describe('formatPath', () => {
  it('joins keys by dots and indexes by brackets', () => {
    expect(formatPath(['a', 0, 'b', 'c', 1])).toBe('a[0].b.c[1]');
    expect(formatPath([])).toBe('');
  });

  it('keeps hostile keys short and harmless', () => {
    expect(formatPath(['a\u001b[2J', 'x'.repeat(1000)])).toHaveLength(82);
  });
});

describe('kindOf', () => {
  it.each([
    [null, 'nothing'],
    [undefined, 'nothing'],
    ['', 'text'],
    [1, 'a number'],
    [true, 'true or false'],
    [[], 'a list'],
    [{}, 'keys with values'],
    [{ items: 1 }, 'keys with values'],
  ])('of %o is %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
});
