import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPORT_KINDS, appealPlace, reportPlace, type PluginReport } from '../src/abuse/index.ts';

const FORM = new URL('../../../.github/ISSUE_TEMPLATE/1-report-abuse.yml', import.meta.url);
const report = (changes: Partial<PluginReport> = {}): PluginReport => ({
  plugin: '@acme/hello',
  version: '1.0.0',
  kind: 'spam',
  evidence: 'See https://example.com & <b>this</b>',
  ...changes,
});

describe('reportPlace', () => {
  it('fills in the form that there is', () => {
    const form = parse(readFileSync(FORM, 'utf8')) as { body: { id?: string; attributes: { options?: string[] } }[] };
    const options = form.body.find(({ id }) => id === 'kind')?.attributes.options ?? [];
    expect(Object.values(REPORT_KINDS).filter((kind) => kind !== undefined)).toEqual(options);
    const url = new URL(reportPlace('https://github.com/acme/registry.git', report())?.url ?? '');
    expect(url.pathname).toBe('/acme/registry/issues/new');
    for (const [key] of url.searchParams)
      expect(['template', 'title', ...form.body.flatMap(({ id }) => id ?? [])]).toContain(key);
    expect(url.searchParams.get('evidence')).toBe('See https://example.com & <b>this</b>');
  });

  it('says whose review is meant', () => {
    const url = new URL(reportPlace('https://github.com/acme/registry', report({ review: 'eve' }))?.url ?? '');
    expect(url.searchParams.get('plugin')).toBe('@acme/hello@1.0.0, review of eve');
  });

  it('leads what puts people at risk to where nobody else reads it, and takes no word of it along', () => {
    expect(reportPlace('git@github.com:acme/registry.git', report({ kind: 'security' }))).toEqual({
      url: 'https://github.com/acme/registry/security/advisories/new',
      isPublic: false,
    });
  });

  it.each(['https://git.example.com/acme/registry', 'https://github.com.evil.example/a/b', 'https://github.com/a'])(
    'knows no place at %s',
    (repository) => {
      expect(reportPlace(repository, report())).toBeUndefined();
    },
  );
});

describe('appealPlace', () => {
  it('fills in the form that there is', () => {
    const form = parse(readFileSync(new URL('3-appeal.yml', FORM), 'utf8')) as { body: { id?: string }[] };
    const url = new URL(
      appealPlace('https://github.com/acme/registry', { decision: '@acme/hello@1.0.0', reasons: 'Mended & out' })
        ?.url ?? '',
    );
    for (const [key] of url.searchParams)
      expect(['template', 'title', ...form.body.flatMap(({ id }) => id ?? [])]).toContain(key);
    expect(url.searchParams.get('template')).toBe('3-appeal.yml');
    expect([url.searchParams.get('decision'), url.searchParams.get('reasons')]).toEqual([
      '@acme/hello@1.0.0',
      'Mended & out',
    ]);
    expect(
      appealPlace('https://git.example.com/index.git', { decision: '@acme/hello', reasons: undefined }),
    ).toBeUndefined();
  });
});
