import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { formatPlainYaml, parsePlainYaml } from './plain.ts';

/** As the whole parser reads it: undefined where it refuses the text, or warns of anything. */
function parseWhole(text: string): unknown {
  const [document, second] = parseAllDocuments(text, { version: '1.2', schema: 'core', merge: false, strict: true });
  if (!document || !('errors' in document) || second) return undefined;
  return document.errors.length + document.warnings.length > 0 ? undefined : document.toJS();
}

/** What the parts of a line may be: what is plain, what only looks so, and what means something else to YAML. */
const usual = fc.constantFrom(
  'a',
  'b-c',
  'name',
  'version',
  'Greets those who connect',
  './dist/index.js',
  'dist/**/*.js',
  'a:b',
  '1.2.3',
  'https://example.com/a.git',
  'true',
  '0',
  '12',
  '^1.2.3',
  '${A_1}',
  '${A}:${B}',
  '"a"',
  "'a'",
  '"@a/b"',
  '[a, b]',
  "[a, 'b, c']",
  '{ a: true }',
  '{ a-b: c/d.js, b: 12 }',
  '{a: b}',
  '{ a: "x: y", b: \'z\' }',
  '[]',
  '{}',
);
const strange = fc.constantFrom(
  '../x',
  'a: b',
  '{ a: b: c }',
  '{ a: b, a: c }',
  '{ a:b }',
  '{ a: , b: c }',
  '{ a: yes, null: b }',
  '{ a: "b, c: d" }',
  '{  a: b}',
  '{ constructor: a }',
  '{ a: { b: c } }',
  '{ a: 012, b: -1 }',
  'a:',
  'True',
  'FALSE',
  'null',
  '~',
  'yes',
  'NO',
  '.inf',
  '.5',
  'e5',
  '~1.2.3-rc.1',
  '>=1.2.3',
  '012',
  '0x1f',
  '0o7',
  '1e3',
  '1.0',
  '-1',
  '+1',
  '9999999999999999',
  '0.1.2-01',
  '2026-11-23',
  '12:30:45',
  '""',
  "''",
  '"a\\n"',
  "'it''s'",
  '"a" b',
  '@a/b',
  "'@a/b'",
  '`a',
  '%a',
  '&a',
  '*a',
  '!a',
  '? a',
  '$a',
  '"$a"',
  '${A',
  '${A} b',
  '${A}: b',
  '[${A}]',
  "['${A}', b]",
  'a #b',
  'a#b',
  '# a',
  '#',
  'a ',
  ' a',
  '',
  '[a,b]',
  '[a, ]',
  '[true, a]',
  '{a: b}',
  '[a: b]',
  '|',
  '>',
  '>-',
  '---',
  '...',
  '- a',
  '-',
  '<<',
  '__proto__',
  'constructor',
  "don't",
  '(a) b; c',
  'a, b',
  'a [b]',
  '<a>',
  '=',
  'a\tb',
  'a\r',
  '"a\\u00e9\\/\\"\\\\\\tb"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\x41\\e\\_"',
  '"\\"',
  '"日本"',
  "'日本'",
  '日本語 の: x',
  'caf\u00e9',
  '\u{1f600} a',
  '\ud83d',
  '\u3000a',
  'a\u00a0',
  '\u00e9',
  '\u0085',
  '\u2028',
  '\ufeff',
);
const word = fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: strange });
const indent = fc.constantFrom('', '', '', '  ', '  ', '    ', ' ', '      ', '\t');
/** Keys that are seldom the same. */
const key = fc.oneof({ weight: 5, arbitrary: fc.stringMatching(/^[a-z][a-z.]{0,2}$/) }, { weight: 1, arbitrary: word });
const line = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(indent, key).map(([spaces, name]) => `${spaces}${name}:`) },
  { weight: 6, arbitrary: fc.tuple(indent, key, word).map(([spaces, name, value]) => `${spaces}${name}: ${value}`) },
  { weight: 2, arbitrary: fc.tuple(indent, word).map(([spaces, value]) => `${spaces}- ${value}`) },
  { weight: 2, arbitrary: fc.tuple(indent, key, word).map(([spaces, name, value]) => `${spaces}- ${name}: ${value}`) },
  { weight: 1, arbitrary: fc.tuple(indent, key).map(([spaces, name]) => `${spaces}- ${name}:`) },
  { weight: 1, arbitrary: fc.tuple(indent, word).map(([spaces, value]) => `${spaces}${value}`) },
);

/** Maps and lists as our files have them. */
const scalar = fc.oneof(word, fc.boolean(), fc.nat(), fc.string(), fc.string({ unit: 'grapheme' }));
const tree = fc.letrec((tie) => ({
  map: fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), fc.constantFrom('@a/b', 'x-y')), tie('value'), {
    maxKeys: 4,
  }),
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.array(tie('map'), { maxLength: 3 }),
    tie('map'),
  ),
})).map;

/** In block style, as machines write it. */
function toYaml(value: object, spaces = ''): string {
  const entries = Object.entries(value).map(
    ([name, each]) => `${spaces}${JSON.stringify(name)}:${inYaml(each, spaces)}`,
  );
  return `${entries.join('\n')}\n`;
}

function inYaml(value: unknown, spaces: string): string {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return ` ${JSON.stringify(value)}`;
  if (!Array.isArray(value)) return `\n${toYaml(value, `${spaces}  `).trimEnd()}`;
  const items = value.map((item: unknown) => {
    const isMap = typeof item === 'object' && item !== null && Object.keys(item).length > 0;
    return isMap ? toYaml(item, `${spaces}    `).trim() : JSON.stringify(item);
  });
  return items.map((item) => `\n${spaces}  - ${item}`).join('');
}

it('is written as the whole library writes it', () => {
  let taken = 0;
  fc.assert(
    fc.property(tree, (value) => {
      const text = formatPlainYaml(value);
      if (text === undefined || Object.keys(value).length === 0) return;
      taken += 1;
      expect(text).toBe(stringify(value, { lineWidth: 0, version: '1.2', schema: 'core' }));
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(100);
});

describe('what is read without the whole parser', () => {
  it('means the same to the whole parser, line by line', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const text = lines.join('\n');
        const plain = parsePlainYaml(text);
        if (plain === undefined) return;
        taken += 1;
        expect(JSON.stringify(parseWhole(text))).toBe(JSON.stringify(plain));
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('means the same to the whole parser, file by file', () => {
    let taken = 0;
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(), (value, at, by) => {
        const text = stringify(value, { lineWidth: 0, version: '1.2', schema: 'core' });
        const changed = `${text.slice(0, at % text.length)}${' :#-\n"\'['[by % 9] ?? ''}${text.slice(at % text.length)}`;
        for (const one of [text, changed]) {
          const plain = parsePlainYaml(one);
          if (plain === undefined) continue;
          taken += 1;
          expect(JSON.stringify(parseWhole(one))).toBe(JSON.stringify(plain));
        }
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it('means the same to the whole parser, with every text in double quotes', () => {
    let taken = 0;
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(), (value, at, by) => {
        const text = toYaml(value);
        const changed = `${text.slice(0, at % text.length)}${' :#-\n"\'[\\'[by % 9] ?? ''}${text.slice((at % text.length) + 1)}`;
        for (const one of [text, changed]) {
          const plain = parsePlainYaml(one);
          if (plain === undefined) continue;
          taken += 1;
          expect(JSON.stringify(parseWhole(one))).toBe(JSON.stringify(plain));
        }
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it('has lists of maps, and letters of all languages', () => {
    const text = `files:
  - path: "LICENSE"
    size: 74
  - path: a b
    of:
      - 日本語
      - "caf\u00e9 \\u00e9 \\"\u{1f600}\\""
tags: []
`;
    expect(parsePlainYaml(text)).toEqual({
      files: [
        { path: 'LICENSE', size: 74 },
        { path: 'a b', of: ['日本語', 'caf\u00e9 \u00e9 "\u{1f600}"'] },
      ],
      tags: [],
    });
  });

  it('is answered at once, however long a line is', () => {
    const long = `a: "${'\\n'.repeat(500_000)}"\n`;
    expect(parsePlainYaml(long)).toEqual({ a: '\n'.repeat(500_000) });
    expect(parsePlainYaml(`a: ${'b'.repeat(1_000_000)}:`)).toBeUndefined();
  });

  it('is a manifest as people write it', () => {
    const text = `# Says hello.
name: '@acme/hello'
version: 1.0.0
description: Greets those who connect, once (or twice)
repository:
  type: git
  url: https://example.com/acme/hello.git
tags: [greeting, 'small']

permissions:
  network:
    - api.example.com:443
  workers: false
dependencies: {}
`;
    expect(parsePlainYaml(text)).toEqual({
      name: '@acme/hello',
      version: '1.0.0',
      description: 'Greets those who connect, once (or twice)',
      repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
      tags: ['greeting', 'small'],
      permissions: { network: ['api.example.com:443'], workers: false },
      dependencies: {},
    });
  });

  it('has maps in one line, as manifests write them', () => {
    expect(
      parsePlainYaml("hooks: { onMessage: true, on-x: 1 }\nprovides:\n  - { internal: 'a: b', main: ./c }\n"),
    ).toEqual(undefined);
    expect(parsePlainYaml("hooks: { onMessage: true, on-x: 1 }\nprovides:\n  - { internal: 'a: b' }\n")).toEqual({
      hooks: { onMessage: true, 'on-x': 1 },
      provides: [{ internal: 'a: b' }],
    });
    expect(parsePlainYaml('hooks: { onMessage: true, onMessage: true }\n')).toBeUndefined();
  });

  it.each([
    ['a list of many thousands', `a:\n${'  - b\n'.repeat(6000)}`],
    ['a list of many thousands in one line', `a: [${'b, '.repeat(6000)}b]`],
    ['deep nesting', Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a key that stands twice', 'a: 1\na: 2\n'],
    ['two documents', 'a: b\n---\na: b\n'],
    ['nothing', '\n# nothing\n'],
  ])('is not %s', (_what, text) => {
    expect(parsePlainYaml(text)).toBeUndefined();
  });
});
