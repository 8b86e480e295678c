import { validator as isNotice } from '@ar-registry/schemas/validators/notice';
import { validator as isState } from '@ar-registry/schemas/validators/notify-state';
import { describe, expect, it } from 'vitest';
import { ADA, EVE, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { lookAt, newEvents, type NewEvent, type Seen } from './index.ts';

const AUDIT = '@acme/audit';
const WHEN = { now: '2026-06-01T12:00:00Z', baseUrl: 'https://plugins.example.com/' };
const NOTHING: Seen = { ids: new Set(), owners: {} };

const index = (): IndexBuilder => testIndex().version(AUDIT, '1.0.0');
const tell = (now: IndexBuilder, seen: Seen): readonly NewEvent[] => newEvents(now.snapshot(), seen, WHEN);

const range = (...events: readonly object[]): object => ({ ranges: [{ type: 'SEMVER', events }] });

/** What each state of an index tells after the ones before it; the first is seen, and told to nobody. */
function idsAfter(first: IndexBuilder, ...states: readonly IndexBuilder[]): readonly (readonly string[])[] {
  let seen = lookAt(first.snapshot());
  return states.map((state) => {
    const ids = tell(state, seen).map(({ id }) => id);
    seen = lookAt(state.snapshot(), seen);
    return ids;
  });
}

describe('what is told', () => {
  it('is each event in the words of the reference, and a notice by its schema', () => {
    const before = lookAt(index().version('@acme/chat', '1.0.0').snapshot());
    const now = index()
      .version(AUDIT, '1.1.0', { publishedAt: '2026-02-01T00:00:00Z' })
      .version('@acme/chat', '1.0.0')
      .version('@acme/new', '0.1.0')
      .status(AUDIT, { deprecated: { '1.0.0': 'Old.' }, yanked: { '1.1.0': 'Broken.' } })
      .plugin('@acme/chat', { owners: [EVE] })
      .advisory();
    const notices = tell(now, before).map(({ notice }) => notice);
    expect(notices.filter((notice) => !isNotice(notice).ok)).toEqual([]);
    expect(notices.map(({ event, plugin, version = 'all' }) => `${event} ${plugin} ${version}`).toSorted()).toEqual([
      'advisory.published @acme/audit all',
      'plugin.deprecated @acme/audit 1.0.0',
      'plugin.published @acme/new 0.1.0',
      'plugin.revoked @acme/audit all',
      'plugin.transferred @acme/chat all',
      'plugin.updated @acme/audit 1.1.0',
      'plugin.yanked @acme/audit 1.1.0',
    ]);
  });

  it('is no draft of an advisory, and nothing that was dismissed', () => {
    const dismissed = `schemaVersion: 1\ndismissed:\n  - plugin: '${AUDIT}'\n    vulnerability: GHSA-aaaa-bbbb-cccc\n    reason: Never runs.\n`;
    const now = index()
      .advisory({ database_specific: { draft: true } })
      .file('dismissed.yaml', dismissed);
    expect(tell(now, lookAt(index().snapshot()))).toEqual([]);
  });

  it('is nothing that was seen', () => {
    const all = index().status(AUDIT, { yanked: { '1.0.0': 'Broken.' } });
    expect(tell(all, NOTHING)).toHaveLength(2);
    expect(tell(all, lookAt(all.snapshot()))).toEqual([]);
  });

  it.each<[string, string, IndexBuilder]>([
    ['a yank', `plugin.yanked:${AUDIT}@1.0.0`, index().status(AUDIT, { yanked: { '1.0.0': 'Broken.' } })],
    ['a deprecation', `plugin.deprecated:${AUDIT}@1.0.0`, index().status(AUDIT, { deprecated: { '1.0.0': 'Old.' } })],
  ])('has another id when %s comes again, so that nobody takes it for the first', (_what, id, done) => {
    expect(idsAfter(index(), done, index(), done, done, index(), done)).toEqual([
      [id],
      [],
      [`${id}:2`],
      [],
      [],
      [`${id}:3`],
    ]);
    // What stood when somebody looked for the first time was the first time.
    expect(idsAfter(done, index(), done)).toEqual([[], [`${id}:2`]]);
  });

  it('has another id when a revocation comes again', () => {
    const id = 'plugin.revoked:AR-2026-0001';
    const [warn, block] = [index().advisory({ action: 'warn' }), index().advisory()];
    expect(idsAfter(warn, block, warn, block)).toEqual([[id], [], [`${id}:2`]]);
  });

  describe('of an advisory that forbids more than before', () => {
    const id = 'plugin.revoked:AR-2026-0001';
    const about = (affected: object): IndexBuilder =>
      index()
        .version(AUDIT, '1.1.0')
        .advisory({ affected: [{ package: { ecosystem: 'AgentRelay', name: AUDIT }, ...affected }] });
    const one = about({ versions: ['1.0.0'] });

    it.each([
      ['a further version', about({ versions: ['1.0.0', '1.1.0'] })],
      ['one that is not in the index', about({ versions: ['1.0.0', '0.9.0'] })],
      ['all before a fix', about(range({ introduced: '0' }, { fixed: '1.0.1' }))],
      ['all up to a version', about(range({ introduced: '1.0.0' }, { last_affected: '1.2.0' }))],
    ])('is the revocation again, once: %s', (_what, wider) => {
      expect(idsAfter(one, wider, wider, one, wider)).toEqual([[`${id}:2`], [], [], [`${id}:3`]]);
    });

    it('counts on with one that was taken back meanwhile', () => {
      const wider = about({ versions: ['1.0.0', '1.1.0'] });
      const warning = index().version(AUDIT, '1.1.0').advisory({ action: 'warn' });
      expect(idsAfter(warning, one, warning, one, wider)).toEqual([[id], [], [`${id}:2`], [`${id}:3`]]);
    });

    it.each([
      ['it forbids less', about(range({ introduced: '0' })), one],
      ['the same is said otherwise', one, about(range({ introduced: '1.0.0' }, { last_affected: '1.0.0' }))],
      [
        'a version is published that it forbids already',
        about(range({ introduced: '0' })),
        about(range({ introduced: '0' })).version(AUDIT, '1.2.0', { publishedAt: '2026-01-01T00:00:00Z' }),
      ],
    ])('is nothing where %s', (_what, first, second) => {
      const [told = []] = idsAfter(first, second);
      expect(told.filter((each) => each.startsWith('plugin.revoked'))).toEqual([]);
    });

    it('is nothing where an earlier release remembered only that it was told', () => {
      const { revoked: _none, ...before } = lookAt(one.snapshot());
      expect(tell(about({ versions: ['1.0.0', '1.1.0'] }), before)).toEqual([]);
    });
  });

  it('has another id when a plugin comes to the same owners again', () => {
    const [ofAda, ofEve] = [index().plugin(AUDIT, { owners: [ADA] }), index().plugin(AUDIT, { owners: [EVE] })];
    const [toAda, toEve] = [`plugin.transferred:${AUDIT}:1`, `plugin.transferred:${AUDIT}:666`];
    expect(idsAfter(ofAda, ofEve, ofAda, ofEve)).toEqual([[toEve], [toAda], [`${toEve}:2`]]);
  });

  it('has an id that can be kept, however many owners there are', () => {
    const owners = Array.from({ length: 50 }, (_, at) => ({ login: `user-${at}`, id: 2_000_000_000 + at }));
    const [ofAda, ofMany] = [index().plugin(AUDIT, { owners: [ADA] }), index().plugin(AUDIT, { owners })];
    const events = tell(ofMany, lookAt(ofAda.snapshot()));
    const pending = events.map(({ id, notice }) => ({ id, notice, subscriber: 'chat', attempts: 0, since: WHEN.now }));
    expect(pending).toHaveLength(1);
    expect(isState({ schemaVersion: 1, seen: [], owners: {}, pending }).ok).toBe(true);
  });

  it('keeps the id of a version whose record was away for a while', () => {
    const away = testIndex().plugin(AUDIT);
    expect(idsAfter(index(), away, index())).toEqual([[], [`plugin.published:${AUDIT}`]]);
  });
});
