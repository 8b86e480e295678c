import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { docsSections, neighboursOf } from './contents.ts';
import { guideHtml, headingsIn, type GuidePlace } from './guide-html.ts';
import { referenceText } from './reference-text.ts';
import { describeSchema, type Schema } from './schema-reference.ts';

const ROOT = new URL('../../../', import.meta.url);
const PLACE: GuidePlace = {
  slug: 'guides/users',
  has: (slug) => ['cli', 'guides/loader'].includes(slug),
  href: (path) => `/base${path}`,
};

const load = (file: string): Schema => JSON.parse(readFileSync(new URL(`schemas/v1/${file}`, ROOT), 'utf8')) as Schema;

/** Slug → heading, of the files that there are. */
const GUIDES = new Map(
  ['', 'guides/'].flatMap((folder) =>
    readdirSync(new URL(`docs/${folder}`, ROOT))
      .filter((file) => file.endsWith('.md'))
      .map((file) => [`${folder}${file.slice(0, -3)}`, file] as const),
  ),
);
const ALL = docsSections(GUIDES);

it('has the columns of a table aligned by classes, since no style may stand in a page', () => {
  const html = guideHtml(
    '<h1>T</h1><table><tr><td style="text-align:right">1</td><th style="text-align: center">2</th></tr></table>',
    PLACE,
  );
  expect(html).toContain('<td class="align-right">1</td><th class="align-center">2</th>');
  expect(html).not.toContain('style');
});

describe('the documentation', () => {
  it('has every guide of the repository', () => {
    const listed = ALL.flatMap(({ pages }) => pages.map(({ slug }) => slug));
    expect([...GUIDES.keys()].filter((slug) => !listed.includes(slug)).toSorted()).toEqual([
      'architecture',
      'benchmarks',
      'scan-of-popular-packages',
    ]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('leaves out what there is no file of, and has at its end what nobody placed', () => {
    const sections = docsSections(
      new Map([
        ['cli', 'Commands'],
        ['guides/new', 'A new guide'],
      ]),
    );
    expect(
      sections.map(({ pages }) => pages.filter(({ schema }) => schema === undefined).map(({ slug }) => slug)),
    ).toEqual([['cli'], ['guides/new']]);
    expect(sections.at(-1)?.pages[0]?.title).toBe('A new guide');
  });

  it('leads from each page to the one before and the next', () => {
    const sections = ALL;
    const all = sections.flatMap(({ pages }) => pages);
    expect(neighboursOf(all[0]?.slug ?? '', sections)).toEqual({ previous: undefined, next: all[1] });
    expect(neighboursOf(all.at(-1)?.slug ?? '', sections)).toEqual({ previous: all.at(-2), next: undefined });
    expect(neighboursOf('nowhere', sections)).toEqual({ previous: undefined, next: undefined });
  });
});

describe('a guide', () => {
  it.each([
    ['another guide', 'loader.md', '<a href="/base/docs/guides/loader/">x</a>'],
    ['a place in one', '../cli.md#ar-plugin-info', '<a href="/base/docs/cli/#ar-plugin-info">x</a>'],
    ['a schema', '../../schemas/v1/cli/info.schema.json', '<a href="/base/schemas/v1/cli/info.schema.json">x</a>'],
    ['a place on the page', '#install', '<a href="#install">x</a>'],
    ['another site', 'https://osv.dev', '<a href="https://osv.dev">x</a>'],
    ['no address', 'https://%E2%80%A6', 'x'],
    ['a file that the site does not have', '../../packages/core/src/index.ts', 'x'],
    ['a guide that the site does not have', '../architecture.md', 'x'],
  ])('links to %s', (_title, href, html) => {
    expect(guideHtml(`<h1>T</h1>\n<p><a href="${href}">x</a></p>`, PLACE)).toBe(`<p>${html}</p>`);
  });

  it('has a place to link to for each heading and each code', () => {
    const html = guideHtml(
      '<h1 id="t">T</h1><h2 id="a">A <code>b</code></h2><table><tbody><tr>\n<td><code>VERSION_REVOKED</code></td><td>3</td></tr></tbody></table>',
      PLACE,
    );
    expect(headingsIn(html)).toEqual([{ id: 'a', text: 'A b' }]);
    expect(html).toContain('<tr id="VERSION_REVOKED"><td><a href="#VERSION_REVOKED">');
  });
});

describe('a reference', () => {
  it.each(ALL.flatMap(({ pages }) => pages.flatMap(({ schema }) => (schema === undefined ? [] : [schema]))))(
    'is made of %s, whatever it refers to',
    (schema) => {
      const { description, fields } = describeSchema(load(`${schema}.schema.json`), `${schema}.schema.json`, load);
      expect(description).not.toBe('');
      expect(fields.length).toBeGreaterThan(5);
      expect(fields.filter(({ type }) => type === 'any')).toEqual([]);
    },
  );

  it('says of each field where it is, what it may be, and whether it must be there', () => {
    const { fields, branches } = describeSchema(
      load('plugin-manifest.schema.json'),
      'plugin-manifest.schema.json',
      load,
    );
    const field = (path: string): unknown => fields.find((candidate) => candidate.path === path);
    expect(field('name')).toMatchObject({ type: 'string', isRequired: true });
    expect(field('type')).toMatchObject({ type: expect.stringContaining('"bridge"') });
    expect(field('permissions.filesystem.read')).toMatchObject({ type: 'list of string', isRequired: false });
    expect(branches.map(({ title }) => title)).toContain('type: bridge');
  });

  it('is a table in Markdown too, whatever is in a text', () => {
    const fields = [{ path: 'a', type: '"b" | "c"', isRequired: true, says: 'One\ntwo | three.' }];
    expect(referenceText('T', { description: 'D', fields, branches: [] })).toBe(
      '# T\n\nD\n\n| field | type | required | |\n| --- | --- | --- | --- |\n| `a` | "b" \\| "c" | yes | One two \\| three. |\n',
    );
  });

  it('says that a reference leads nowhere', () => {
    expect(() => describeSchema({ properties: { a: { $ref: '#/$defs/x' } } }, 'x', () => ({}))).toThrow(
      'names nothing',
    );
  });
});
