import { describe, expect, it } from 'vitest';
import { ADA, EVE, changeOf, integrity, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { archiveStorePath } from '../archive/index.ts';
import { isError } from '../findings/index.ts';
import { grantAll } from '../permission/index.ts';
import { checkChange, waivedBy, type ChangeInput } from './index.ts';

const base = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0').version('@acme/other', '1.0.0');

/** The base with whatever `change` does to it. */
function head(change: (index: IndexBuilder) => IndexBuilder): IndexBuilder {
  return change(testIndex(base().files()));
}

const NEXT = { publishedAt: '2026-05-01T00:00:00Z' };
const yankOld = (index: IndexBuilder): IndexBuilder =>
  index.status('@acme/audit', { distTags: {}, yanked: { '1.0.0': 'gone' } });
const publishNext = (index: IndexBuilder): IndexBuilder => index.version('@acme/audit', '1.1.0', NEXT);

function findings(change: (index: IndexBuilder) => IndexBuilder, rest: Partial<ChangeInput> = {}) {
  return checkChange(changeOf(base(), head(change), rest));
}

function codes(change: (index: IndexBuilder) => IndexBuilder, rest: Partial<ChangeInput> = {}): readonly string[] {
  return findings(change, rest).map(({ code }) => code);
}

describe('a pure addition of a version by an owner', () => {
  it('has nothing wrong with it', () => {
    expect(codes(publishNext)).toEqual([]);
  });

  it('may bring its archive', () => {
    const path = `store/${archiveStorePath(integrity('@acme/audit@1.1.0'))}`;
    const { paths } = changeOf(base(), head(publishNext));
    expect(codes(publishNext, { paths: [...paths, { path, kind: 'added' }] })).toEqual([]);
  });

  it('may deprecate and yank', () => {
    expect(
      codes((index) => index.status('@acme/audit', { distTags: { latest: '1.0.0' }, yanked: { '1.0.0': 'Broken.' } })),
    ).toEqual([]);
  });
});

describe('checkPaths', () => {
  it.each([
    '../.github/workflows/ci.yml',
    'README.md',
    'plugins/@acme/audit/run.sh',
    'stats/downloads.json',
    'stats/daily/2026-11-20.json',
    'scopes/a/b.yaml',
  ])('refuses %s', (path) => {
    expect(codes((index) => index, { paths: [{ path, kind: 'added' }] })).toContain('PATH_NOT_ALLOWED');
  });

  it('refuses archives in the tree of a registry that keeps them elsewhere', () => {
    const path = `store/${archiveStorePath(integrity('@acme/audit@1.1.0'))}`;
    const { paths } = changeOf(base(), head(publishNext));
    const change = { paths: [...paths, { path, kind: 'added' } as const], storePath: undefined };
    expect(codes(publishNext, change)).toEqual(['PATH_NOT_ALLOWED']);
  });
});

describe('checkOnePlugin', () => {
  it('refuses a second plugin', () => {
    expect(
      codes((index) => publishNext(index).status('@acme/other', { distTags: {}, yanked: { '1.0.0': 'gone' } })),
    ).toEqual(['OTHER_PLUGIN_CHANGED']);
  });

  it('refuses a change of the registry beside a plugin', () => {
    expect(codes((index) => publishNext(index).registry({ title: 'Mine' }))).toContain('OTHER_PLUGIN_CHANGED');
  });

  it('refuses the scope of somebody else beside a plugin', () => {
    expect(codes((index) => publishNext(index).scope('elsewhere'))).toContain('OTHER_PLUGIN_CHANGED');
  });

  it('takes the scope of the plugin with it', () => {
    expect(codes((index) => index.scope('fresh').version('@fresh/plugin', '1.0.0', NEXT))).not.toContain(
      'OTHER_PLUGIN_CHANGED',
    );
  });
});

describe('checkImmutability', () => {
  it('refuses a change to a published version, by its owner too', () => {
    expect(codes((index) => index.version('@acme/audit', '1.0.0', { manifest: { description: 'Another' } }))).toEqual([
      'VERSION_FILE_CHANGED',
    ]);
  });

  it('refuses that a published version is deleted', () => {
    expect(codes((index) => index.file('plugins/@acme/audit/versions/1.0.0.yaml', undefined))).toContain(
      'VERSION_FILE_DELETED',
    );
  });
});

describe('checkStoredArchives', () => {
  const stored = `store/${archiveStorePath(integrity('@acme/audit@1.1.0'))}`;
  const other = `store/${archiveStorePath(integrity('@acme/other@1.0.0'))}`;

  it.each(['modified', 'deleted'] as const)('refuses an archive that is %s', (kind) => {
    expect(codes((index) => index, { paths: [{ path: other, kind }] })).toContain('ARCHIVE_CHANGED');
  });

  it('refuses an archive of no version in the submission', () => {
    expect(codes((index) => index, { paths: [{ path: stored, kind: 'added' }] })).toContain('ARCHIVE_UNREFERENCED');
  });

  it.each([`${stored}.bak`, 'store/evil.sh', stored.toUpperCase().replace('STORE', 'store')])(
    'refuses the name %s',
    (path) => {
      const { paths } = changeOf(base(), head(publishNext));
      expect(codes(publishNext, { paths: [...paths, { path, kind: 'added' }] })).toEqual(['ARCHIVE_UNREFERENCED']);
    },
  );

  it('knows archives at the place that registry.yaml names', () => {
    const { paths } = changeOf(base(), head(publishNext));
    const moved = { path: stored.replace('store/', '../archives/'), kind: 'added' } as const;
    expect(codes(publishNext, { paths: [...paths, moved], storePath: '../archives' })).toEqual([]);
  });
});

const history = (): IndexBuilder =>
  testIndex()
    .version('@acme/audit', '1.0.0')
    .version('@acme/audit', '1.4.0')
    .version('@acme/audit', '2.0.0-beta.2')
    .version('@acme/audit', '1.5.0-rc.1');

const publish = (version: string): readonly string[] => {
  const next = testIndex(history().files()).version('@acme/audit', version, NEXT);
  return checkChange(changeOf(history(), next)).map(({ code }) => code);
};

describe('checkVersionOrder', () => {
  it.each(['1.3.9', '1.0.1', '1.4.0-rc.1', '2.0.0-beta.1', '2.0.0-alpha', '1.5.0-beta.1'])('refuses %s', (version) => {
    expect(publish(version)).toEqual(['VERSION_NOT_HIGHER']);
  });

  it.each(['1.4.1', '1.5.0', '1.5.0-rc.2', '2.0.0', '2.0.0-rc.1', '3.0.0', '0.9.0'])('takes %s', (version) => {
    expect(publish(version)).toEqual([]);
  });

  it('counts a version whose record is broken', () => {
    const broken = testIndex(history().files()).file('plugins/@acme/audit/versions/1.9.0.yaml', 'x: [');
    const next = testIndex(broken.files()).version('@acme/audit', '1.8.0', NEXT);
    expect(checkChange(changeOf(broken, next)).map(({ code }) => code)).toEqual(['VERSION_NOT_HIGHER']);
  });
});

const withStatus = (status: Parameters<IndexBuilder['status']>[1]): readonly string[] =>
  checkChange(changeOf(history(), testIndex(history().files()).status('@acme/audit', status))).map(({ code }) => code);

describe('checkStatus', () => {
  it('refuses to leave a plugin without latest', () => {
    expect(withStatus({ distTags: { beta: '1.4.0' } })).toEqual(['DIST_TAG_LATEST_MISSING']);
  });

  it('refuses a dist-tag on a yanked version while there is another', () => {
    expect(withStatus({ distTags: { latest: '1.4.0' }, yanked: { '1.4.0': 'broken' } })).toEqual(['DIST_TAG_YANKED']);
  });

  it('takes a yank that moves latest', () => {
    expect(withStatus({ distTags: { latest: '1.0.0' }, yanked: { '1.4.0': 'broken' } })).toEqual([]);
  });

  it('is silent about a tag that led to a yanked version before', () => {
    const before = history().status('@acme/audit', { distTags: { latest: '1.4.0' }, yanked: { '1.4.0': 'broken' } });
    const after = testIndex(before.files()).status('@acme/audit', {
      distTags: { latest: '1.4.0' },
      yanked: { '1.4.0': 'broken' },
      deprecated: { '1.0.0': 'old' },
    });
    expect(checkChange(changeOf(before, after)).map(({ code }) => code)).toEqual([]);
  });
});

const lookalike = (index: IndexBuilder): IndexBuilder => index.version('@acme/aud1t', '1.0.0', NEXT);

describe('waivedBy', () => {
  it('waives the similarity of names, and nothing else', () => {
    const waived = waivedBy(['name-reviewed']);
    expect(codes(lookalike)).toEqual(['NAME_LOOKALIKE', 'REVIEW_REQUIRED']);
    expect(codes(lookalike, { waived })).toEqual(['REVIEW_REQUIRED']);
    expect(codes((index) => lookalike(index).scope('elsewhere'), { waived })).toContain('OTHER_PLUGIN_CHANGED');
  });

  it.each(['reviewed', 'NAME-REVIEWED', '__proto__', 'constructor', ''])(
    'takes the label %j for no waiver',
    (label) => {
      expect(waivedBy([label])).toEqual([]);
    },
  );
});

describe('checkOwnership', () => {
  const asEve = { submitter: EVE };

  it('refuses a version by a stranger', () => {
    expect(codes((index) => index.version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: EVE }), asEve)).toEqual([
      'NOT_OWNER',
    ]);
  });

  it('refuses a stranger who makes himself an owner in the same change', () => {
    expect(
      codes(
        (index) =>
          index
            .plugin('@acme/audit', { owners: [ADA, EVE] })
            .version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: EVE }),
        asEve,
      ),
    ).toContain('NOT_OWNER');
  });

  it('refuses a stranger who makes himself an owner of the scope', () => {
    expect(
      findings(
        (index) =>
          index.scope('acme', { owners: [EVE] }).version('@acme/fresh', '1.0.0', { ...NEXT, publishedBy: EVE }),
        asEve,
      ).filter(({ code }) => code === 'NOT_OWNER'),
    ).toHaveLength(2);
  });

  it('refuses a new plugin in the scope of somebody else', () => {
    expect(codes((index) => index.version('@acme/fresh', '1.0.0', { ...NEXT, publishedBy: EVE }), asEve)).toContain(
      'NOT_OWNER',
    );
  });

  it('refuses a stranger who yanks', () => {
    expect(
      codes((index) => index.status('@acme/audit', { distTags: {}, yanked: { '1.0.0': 'mine now' } }), asEve),
    ).toEqual(['NOT_OWNER']);
  });

  it('refuses the login of an owner under another id', () => {
    expect(
      codes((index) => index.version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: { login: 'ada', id: 666 } }), {
        submitter: { login: 'ada', id: 666 },
      }),
    ).toEqual(['NOT_OWNER']);
  });

  it('takes an owner who goes by another login now', () => {
    const renamed = { login: 'ada-lovelace', id: ADA.id };
    expect(
      codes((index) => index.version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: renamed }), {
        submitter: renamed,
      }),
    ).toEqual([]);
  });

  it('goes by what a record claims where nobody knows who submits', () => {
    expect(
      codes((index) => index.version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: EVE }), { submitter: undefined }),
    ).toContain('NOT_OWNER');
  });

  it('does not take a plugin with a broken record for a new one', () => {
    const broken = testIndex(base().files()).file('plugins/@acme/audit/plugin.yaml', 'x: [');
    const next = testIndex(broken.files()).plugin('@acme/audit').version('@acme/audit', '1.1.0', NEXT);
    const found = checkChange(changeOf(broken, next)).map(({ code }) => code);
    expect(found).toContain('NOT_OWNER');
  });

  it('lets the owner of a new scope bring it with a plugin', () => {
    expect(
      findings(
        (index) =>
          index
            .scope('eves', { owners: [EVE] })
            .plugin('@eves/plugin', { owners: [EVE] })
            .version('@eves/plugin', '1.0.0', { ...NEXT, publishedBy: EVE }),
        asEve,
      ).filter(isError),
    ).toEqual([]);
  });

  it('refuses a new scope that is owned by somebody else', () => {
    expect(codes((index) => index.scope('adas', { owners: [ADA] }), asEve)).toContain('NOT_OWNER');
  });
});

describe('checkSubmitter', () => {
  it('refuses a version in the name of another', () => {
    expect(codes(publishNext, { submitter: EVE })).toContain('SUBMITTER_MISMATCH');
  });

  it('refuses the id of the submitter under another login', () => {
    expect(
      codes((index) =>
        index.version('@acme/audit', '1.1.0', { ...NEXT, publishedBy: { login: 'torvalds', id: ADA.id } }),
      ),
    ).toEqual(['SUBMITTER_MISMATCH']);
  });

  it('does not mind capitals in the login', () => {
    expect(codes(publishNext, { submitter: { login: 'Ada', id: ADA.id } })).toEqual([]);
  });

  it('warns where nobody knows who submits', () => {
    const found = findings(publishNext, { submitter: undefined });
    expect(found.map(({ code }) => code)).toEqual(['SUBMITTER_UNVERIFIED']);
    expect(found.filter(isError)).toEqual([]);
  });

  it('warns for a change that claims nobody, too', () => {
    expect(codes((index) => index.status('@acme/audit', { distTags: {} }), { submitter: undefined })).toContain(
      'SUBMITTER_UNVERIFIED',
    );
  });
});

const published = (publishedAt: string): readonly string[] =>
  codes((index) => index.version('@acme/audit', '1.1.0', { publishedAt }));

describe('checkPublishedAt', () => {
  it.each([
    ['the future', '2026-06-01T12:10:01Z'],
    ['before the last version', '2025-12-31T23:59:59Z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['an hour that no day has', '2026-03-01T25:00:00Z'],
  ])('refuses %s', (_title, instant) => {
    expect(published(instant)).toEqual(['VERSION_TIME_INVALID']);
  });

  it.each(['2026-06-01T12:09:59Z', '2026-01-01T00:00:00Z', '2026-05-01T00:00:00.123Z'])('takes %s', (instant) => {
    expect(published(instant)).toEqual([]);
  });
});

describe('checkTrust', () => {
  it('refuses a new plugin that calls itself verified or official', () => {
    for (const trust of ['verified', 'official'] as const)
      expect(codes((index) => index.plugin('@acme/fresh', { trust }).version('@acme/fresh', '1.0.0', NEXT))).toContain(
        'TRUST_NOT_ALLOWED',
      );
  });

  it('refuses a new scope with a level', () => {
    expect(codes((index) => index.scope('fresh', { level: 'official' }))).toContain('SCOPE_LEVEL_NOT_ALLOWED');
  });

  it('takes an official plugin in an official scope', () => {
    expect(
      findings((index) => index.plugin('@ar/fresh', { trust: 'official' }).version('@ar/fresh', '1.0.0', NEXT)).filter(
        isError,
      ),
    ).toEqual([]);
  });

  it('takes a new scope without a level', () => {
    expect(findings((index) => index.scope('fresh')).filter(isError)).toEqual([]);
  });
});

describe('checkLookalikes', () => {
  it.each(['@acme/aud1t', '@acme/au-dit'])('refuses %s beside @acme/audit', (name) => {
    expect(codes((index) => index.version(name, '1.0.0', NEXT))).toContain('NAME_LOOKALIKE');
  });

  it('refuses a scope that looks like another', () => {
    expect(codes((index) => index.scope('acrne'))).toContain('NAME_LOOKALIKE');
    expect(codes((index) => index.scope('acrne'))).not.toContain('OTHER_PLUGIN_CHANGED');
  });

  it('refuses what looks like an earlier name', () => {
    const aliased = testIndex(base().files()).plugin('@acme/other', { aliases: ['@acme/before'] });
    const next = testIndex(aliased.files()).version('@acme/bef0re', '1.0.0', NEXT);
    expect(checkChange(changeOf(aliased, next)).map(({ code }) => code)).toContain('NAME_LOOKALIKE');
  });

  it('takes a name that stands apart', () => {
    expect(codes((index) => index.version('@acme/metrics', '1.0.0', NEXT))).not.toContain('NAME_LOOKALIKE');
  });
});

describe('checkReview', () => {
  it.each<[string, (index: IndexBuilder) => IndexBuilder]>([
    ['a new plugin', (index) => index.version('@acme/fresh', '1.0.0', NEXT)],
    ['a new scope', (index) => index.scope('fresh')],
    ['a changed scope', (index) => index.scope('acme', { owners: [ADA, EVE] })],
    ['other owners', (index) => index.plugin('@acme/audit', { owners: [ADA, EVE] })],
    ['more trust', (index) => index.plugin('@acme/audit', { trust: 'verified' })],
    ['a changed registry.yaml', (index) => index.registry({ title: 'New' })],
    [
      'more permissions',
      (index) =>
        index.version('@acme/audit', '1.1.0', {
          ...NEXT,
          manifest: {
            permissions: {
              network: ['evil.example'],
              filesystem: { read: [], write: [] },
              childProcess: ['sh'],
              nativeAddons: false,
              workers: false,
              codeGeneration: false,
              env: [],
            },
          },
        }),
    ],
    [
      'another repository',
      (index) =>
        index.version('@acme/audit', '1.1.0', {
          ...NEXT,
          manifest: { repository: { type: 'git', url: 'https://evil.example/x' } },
        }),
    ],
    [
      'a source elsewhere',
      (index) =>
        index.version('@acme/audit', '1.1.0', {
          ...NEXT,
          source: { type: 'git', url: 'https://evil.example/acme/audit', commit: 'a'.repeat(40) },
        }),
    ],
  ])('asks for a reviewer of %s, and refuses nothing', (_title, change) => {
    const found = findings(change);
    expect(found.map(({ code }) => code)).toContain('REVIEW_REQUIRED');
    expect(found.filter(isError)).toEqual([]);
  });

  it('asks for a reviewer of a change to a plugin for which nobody answers', () => {
    expect(codes(yankOld, { submitter: undefined })).toContain('REVIEW_REQUIRED');
    expect(codes(yankOld)).toEqual([]);
  });

  it('compares a version below all others with the next one above, and what becomes latest with what was', () => {
    const wide = { permissions: { ...grantAll({}), network: ['evil.example'], childProcess: ['sh'] } };
    const older = (index: IndexBuilder): IndexBuilder =>
      index.version('@acme/audit', '0.9.0', { ...NEXT, manifest: wide });
    expect(codes(older)).toEqual(['REVIEW_REQUIRED']);
    const before = testIndex(base().files())
      .version('@acme/audit', '0.9.0', { publishedAt: '2026-02-01T00:00:00Z', manifest: wide })
      .status('@acme/audit', { distTags: { latest: '1.0.0' } });
    const next = (latest: string): readonly string[] => {
      const after = testIndex(before.files())
        .version('@acme/audit', '0.9.1', { ...NEXT, manifest: wide })
        .status('@acme/audit', { distTags: { latest } });
      return checkChange(changeOf(before, after)).map(({ code }) => code);
    };
    expect(next('1.0.0')).toEqual([]);
    expect(next('0.9.1')).toEqual(['REVIEW_REQUIRED']);
  });

  it.each(['https://EXAMPLE.com/acme/audit.git', 'git@example.com:acme/audit', 'ssh://git@example.com/acme/audit.git'])(
    'does not ask where %s is the repository, written otherwise',
    (url) => {
      const source = { type: 'git', url, commit: 'a'.repeat(40) } as const;
      expect(codes((index) => index.version('@acme/audit', '1.1.0', { ...NEXT, source }))).toEqual([]);
    },
  );

  it('does not ask where a record is only written in another order', () => {
    const path = 'plugins/@acme/audit/plugin.yaml';
    const text = base().files().get(path) ?? '';
    expect(codes((index) => index.file(path, `# a remark\n${text}`))).toEqual([]);
  });
});
