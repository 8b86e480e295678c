import { describe, expect, it } from 'vitest';
import { CHECK_FINDINGS } from './checks.ts';
import { INDEX_FINDINGS } from './index-records.ts';
import { FINDINGS, finding, toFindingDocument, type FindingCode, type FindingFacts } from './index.ts';
import { MANIFEST_FINDINGS } from './manifest.ts';
import { PACKAGE_FINDINGS } from './package.ts';
import { REVIEW_FINDINGS } from './reviews.ts';
import { SCAN_FINDINGS } from './scan.ts';
import { SOURCE_FINDINGS } from './source.ts';
import { YAML_FINDINGS } from './yaml.ts';

/** Facts for every code, one set for each of its texts. A new code does not compile until it has some here. */
const SAMPLES: { readonly [Code in FindingCode]: readonly [FindingFacts[Code], ...FindingFacts[Code][]] } = {
  YAML_TOO_LARGE: [{ sizeBytes: 70_000, limitBytes: 65_536 }],
  YAML_ENCODING: [{}],
  YAML_SYNTAX: [
    { problem: 'Plain value cannot start with reserved character @.' },
    { problem: 'a tab stands where only spaces can indent.', remedy: 'Indent with spaces.' },
  ],
  YAML_DUPLICATE_KEY: [{ key: 'name' }],
  YAML_TAG: [{ tag: '!secret' }],
  YAML_ALIAS: [{ problem: '*base.' }],
  YAML_NOT_A_MAP: [{ found: 'a list' }],
  UNKNOWN_KEY: [{ key: 'licence', suggestion: 'license' }, { key: 'qwerty' }],
  KEY_OF_OTHER_TYPE: [{ key: 'hooks', type: 'bridge', belongsTo: ['hook'] }],
  MISSING_KEY: [{ key: 'license', expected: 'an SPDX expression, such as MIT' }],
  WRONG_TYPE: [
    { key: 'version', expected: 'text', found: 'a number' },
    { key: 'version', expected: 'text', found: 'nothing' },
    { key: 'tags', expected: 'a list', found: 'text' },
  ],
  INVALID_VALUE: [{ key: 'type', value: '“brigde”', expected: 'one of bridge, storage' }],
  DUPLICATE_ITEM: [{ key: 'tags' }],
  TOO_MANY: [{ key: 'tags', limit: 20 }],
  NAME_INVALID: [{ name: 'hello', problem: 'it must have the form @scope/name' }],
  VERSION_INVALID: [{ version: 'v1' }],
  LICENSE_INVALID: [{ license: 'Beerware 2' }],
  SCOPE_RESERVED: [{ scope: 'ar' }],
  SET_BY_REGISTRY: [{ key: 'verified' }],
  DEPENDENCY_RANGE_INVALID: [{ dependency: 'pg', range: 'git+ssh://x' }],
  CONFIG_KEY_TWICE: [{ key: 'TOKEN' }],
  PERMISSION_KEY_UNKNOWN: [{ permission: 'network', key: 'DATABASE_URL' }],
  CATEGORY_UNKNOWN: [{ category: 'comunication', suggestion: 'communication' }, { category: 'qwerty' }],
  FILE_MISSING: [{ file: './dist/index.js', role: 'the entry point' }],
  NOT_BUILT: [{ file: './dist/index.js', role: 'the entry point' }],
  README_MISSING: [{}],
  LICENSE_FILE_MISSING: [{}],
  PACKAGE_REFUSED: [{ problem: 'dist/link is a symbolic link.' }],
  CONFIG_SCHEMA_INVALID: [{ file: './config-schema.json', problem: 'it is not JSON' }],
  FILES_ENTRY_UNUSED: [{ entry: 'templates' }],
  SCOPE_RESTRICTED: [{ scope: 'ar' }],
  DEPENDENCY_NOT_DECLARED: [{ dependency: 'pg' }],
  PACKAGE_JSON_DIFFERS: [{ key: 'version', manifest: '1.0.0', packageJson: '1.0.1' }],
  RECORD_MISSING: [{ record: 'plugins/@acme/hello/status.yaml', why: 'it says what latest is' }],
  RECORD_MISPLACED: [{ expected: '@acme/hello', found: '@acme/other' }],
  RECORD_NOT_NORMALIZED: [{ key: 'manifest.tags' }],
  PATH_NOT_ALLOWED: [{ path: 'plugins/README.md' }],
  PATH_CASE_COLLISION: [{ path: 'scopes/a.yaml', other: 'scopes/A.yaml' }],
  FILE_KIND_NOT_ALLOWED: [{ path: 'scopes/a.yaml', kind: 'a symbolic link' }],
  CHANGE_TOO_LARGE: [{ paths: 200_000, limit: 5000 }],
  OTHER_PLUGIN_CHANGED: [{ path: 'plugins/@acme/other/plugin.yaml', plugin: '@acme/hello' }],
  VERSION_FILE_CHANGED: [{ version: '1.0.0' }],
  VERSION_FILE_DELETED: [{ version: '1.0.0' }],
  VERSION_NOT_HIGHER: [{ version: '1.0.0', highest: '1.1.0' }],
  VERSION_TIME_INVALID: [{ problem: 'it lies in the future' }],
  NOT_OWNER: [{ account: 'eve', of: '@acme/hello' }],
  SUBMITTER_MISMATCH: [{ submitter: 'eve', publishedBy: 'acme-bot' }],
  SUBMITTER_UNVERIFIED: [{ account: 'acme-bot' }, {}],
  SCOPE_UNKNOWN: [{ scope: 'acme' }],
  REVIEW_REQUIRED: [{ what: 'it is the first version' }],
  NAME_LOOKALIKE: [{ name: '@acme/he11o', existing: '@acme/hello' }],
  ALIAS_TAKEN: [{ alias: '@acme/hi', by: '@acme/other' }],
  RENAME_TARGET_INVALID: [{ target: '@acme/hi', problem: 'it does not exist' }],
  DIST_TAG_UNKNOWN_VERSION: [{ tag: 'latest', version: '9.0.0' }],
  DIST_TAG_LATEST_MISSING: [{ plugin: '@acme/hello' }],
  DIST_TAG_YANKED: [{ tag: 'beta', version: '1.0.0' }],
  STATUS_UNKNOWN_VERSION: [{ version: '9.0.0' }],
  TRUST_NOT_ALLOWED: [{ trust: 'official', level: 'community' }],
  SCOPE_LEVEL_NOT_ALLOWED: [{ scope: 'acme', level: 'official' }],
  DIST_OVER_LIMIT: [{ what: 'fileCount', found: 6000, limit: 5000 }],
  ADVISORY_AFFECTS_NOTHING: [{ plugin: '@acme/hello', affected: '>=3.0.0' }],
  ADVISORY_DELETED: [{}],
  ADVISORY_DRAFT: [{ id: 'AR-2026-0001' }],
  ADVISORY_PLUGIN_UNKNOWN: [{ plugin: '@acme/hello' }],
  ADVISORY_REPLACEMENT_UNFIT: [{ replacement: '@acme/hello@1.0.1' }],
  ARCHIVE_MISSING: [{ integrity: 'sha512-a' }],
  ARCHIVE_NOT_AS_RECORDED: [{ what: 'size', recorded: '10', found: '11' }],
  ARCHIVE_CHANGED: [{ path: 'store/sha512/ab/cd.tgz' }],
  ARCHIVE_UNREFERENCED: [{ path: 'store/sha512/ab/cd.tgz' }],
  ARCHIVE_REFUSED: [{ problem: 'The path ../x contains `..`.' }],
  ARCHIVE_MANIFEST_DIFFERS: [{ key: 'version' }],
  ARCHIVE_REMOTE: [{ url: 'https://example.com/hello.tgz' }],
  README_NOT_RENDERED: [{}],
  VERIFICATION_INVALID: [{ problem: 'It is about another archive.' }],
  TRUST_UNEARNED: [{ plugin: '@acme/hello' }],
  REVIEW_NOT_ALONE: [{ path: 'plugins/@acme/hello/status.yaml' }],
  REVIEW_NOT_YOURS: [{ account: 'eve (666)', author: 'ada (1)' }],
  REVIEW_MISPLACED: [{ login: 'ada', expected: 'eve' }],
  REVIEW_TWICE: [{ account: 'ada (1)', other: 'reviews/@acme/hello/ada-l.yaml' }],
  REVIEW_BY_OWNER: [{ account: 'ada (1)', plugin: '@acme/hello' }],
  REVIEW_PLUGIN_UNKNOWN: [{ plugin: '@acme/hello' }],
  REVIEW_VERSION_UNKNOWN: [{ plugin: '@acme/hello', version: '9.0.0' }],
  REVIEW_TEXT_REFUSED: [{ problem: 'it holds HTML' }],
  README_TOO_LARGE: [{ sizeBytes: 2_000_000, limitBytes: 1_000_000 }],
  CODE_GENERATED: [{ what: 'eval' }],
  MODULE_UNDETERMINED: [{}],
  MODULE_SYSTEM_CHANGED: [{ what: 'require.cache' }],
  GLOBALS_UNDETERMINED: [{ what: 'the global object' }],
  PROCESS_STARTED: [{ command: 'git' }],
  PROCESS_UNDETERMINED: [{}],
  PROCESS_CONTROLLED: [{ what: 'process.kill' }],
  PROCESS_ENDED: [{ what: 'process.exit' }],
  WORKER_STARTED: [{ what: 'node:worker_threads.Worker' }],
  NATIVE_CODE: [{ what: 'addon.node' }],
  FILE_WRITTEN: [{ path: '/etc/hosts' }],
  FILE_WRITE_UNDETERMINED: [{}],
  FILE_READ: [{ path: '/etc/passwd' }],
  FILE_READ_UNDETERMINED: [{}],
  FILE_NAME_UNDETERMINED: [{}],
  HOST_CONTACTED: [{ host: 'example.com' }],
  HOST_UNDETERMINED: [{}],
  ENV_READ: [{ name: 'HOME' }],
  ENV_UNDETERMINED: [{}],
  TEXT_HIDDEN: [{ characters: 'U+202E' }],
  NAMES_OBFUSCATED: [{}],
  SOURCE_MINIFIED: [{}],
  DATA_ENCODED: [{ length: 4000 }],
  SOURCE_UNPARSABLE: [{}],
  SOURCE_TOO_COMPLEX: [{}],
  SOURCE_TOO_LARGE: [{ sizeBytes: 9_000_000, limitBytes: 4_194_304 }],
  INSTALL_SCRIPT: [{ script: 'postinstall' }],
  BUILTIN_CHANGED: [{ what: 'Object.prototype' }],
  ADDRESS_LISTENED: [{ address: '0.0.0.0:8080' }],
  LISTENING_UNDETERMINED: [{}],
  PERMISSION_NOT_CHECKED: [{ permission: 'network' }],
  PERMISSION_UNUSED: [{ permission: 'network: slack.com' }],
  DEPENDENCY_VULNERABLE: [
    {
      dependency: 'lodash',
      version: '4.17.20',
      id: 'GHSA-35jh-r3h4-6jhm',
      summary: 'Command injection',
      fixed: '4.17.21',
    },
    { dependency: 'lodash', version: '4.17.20', id: 'GHSA-35jh-r3h4-6jhm', summary: '' },
  ],
  DEPENDENCY_MALICIOUS: [
    { dependency: 'lodahs', version: '1.0.0', id: 'MAL-2026-1', summary: 'Malicious code in lodahs' },
    { dependency: 'lodahs', version: '1.0.0', id: 'MAL-2026-1', summary: '' },
  ],
  DEPENDENCY_DISGUISED: [{ dependency: 'lodash', version: '4.17.21', fetched: 'lodahs 1.0.0' }],
  DEPENDENCY_INSTALL_SCRIPT: [{ dependency: 'bcrypt', version: '6.0.0' }],
  DEPENDENCY_COMPILED: [
    { dependency: '@node-rs/crc32-linux-x64-gnu', version: '1.10.8', others: 0 },
    { dependency: '@node-rs/crc32-android-arm-eabi', version: '1.10.8', others: 17 },
  ],
  DEPENDENCY_CAPABILITY: [
    { dependency: 'ajv', version: '8.20.0', capabilities: ['generate code at run time', 'start programs'] },
  ],
  SECRET_FOUND: [{ kind: 'a Slack token', rule: 'slack' }],
  SOURCE_UNREACHABLE: [{ detail: 'the host does not answer.' }],
  SOURCE_COMMIT_MISSING: [{ detail: 'https://git.example/hello.git has no 0123abc.' }],
  SOURCE_REPOSITORY_TOO_LARGE: [{ detail: 'it has more than 200 MB.' }],
  SOURCE_INSTALL_FAILED: [{ detail: 'npm error code EUSAGE' }],
  SOURCE_BUILD_FAILED: [{ detail: 'exit code 2: TS2304' }],
  SOURCE_TYPES_FAILED: [{ detail: 'exit code 2: TS2322' }],
  SOURCE_TEST_FAILED: [{ detail: 'exit code 1: 1 failed' }],
  SOURCE_PACK_FAILED: [{ detail: 'dist/index.js is missing.' }],
  SOURCE_NOT_REPRODUCIBLE: [{ detail: 'dist/index.js differs.' }],
  PROVENANCE_INVALID: [{ problem: 'is about another archive' }],
  REPORT_UNUSABLE: [{ problem: 'it is about another archive' }],
  OSV_SNAPSHOT_UNUSABLE: [{ problem: 'snapshot.json is not valid: it is not JSON.' }],
};

const AREAS = [
  YAML_FINDINGS,
  MANIFEST_FINDINGS,
  PACKAGE_FINDINGS,
  INDEX_FINDINGS,
  REVIEW_FINDINGS,
  SCAN_FINDINGS,
  CHECK_FINDINGS,
  SOURCE_FINDINGS,
];
const CODES = Object.keys(FINDINGS).toSorted() as FindingCode[];

function texts(code: FindingCode): readonly { message: string; remedy: string }[] {
  return SAMPLES[code]
    .map((facts) => toFindingDocument(finding(code, { file: 'ar-plugin.yaml' }, facts)))
    .map(({ message, remedy }) => ({ message, remedy }));
}

describe('the catalogue of findings', () => {
  it('has every code in one area only', () => {
    expect(AREAS.flatMap((area) => Object.keys(area)).toSorted()).toEqual(CODES);
  });

  it.each(CODES)('tells %s in whole sentences, with how to mend it', (code) => {
    for (const { message, remedy } of texts(code)) {
      expect(message).toMatch(/^\S.*\S$/s);
      expect(remedy).toMatch(/^[A-Z].*\S$/s);
      expect(`${message} ${remedy}`).not.toMatch(/undefined|NaN|\[object|null/);
    }
  });

  it.each(CODES)('calls %s an error or a warning', (code) => {
    expect(['error', 'warning']).toContain(FINDINGS[code].severity);
  });

  it('reads as it did when somebody last looked', () => {
    const all = CODES.map((code) => [code, { severity: FINDINGS[code].severity, texts: texts(code) }]);
    expect(Object.fromEntries(all)).toMatchSnapshot();
  });
});
