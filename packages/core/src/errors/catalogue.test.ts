import { describe, expect, it } from 'vitest';
import { ARCHIVE_ERRORS } from './archive.ts';
import { BUNDLE_ERRORS } from './bundle.ts';
import { COMMAND_LINE_ERRORS } from './command-line.ts';
import { GENERAL_ERRORS } from './general.ts';
import { GITHUB_ERRORS } from './github.ts';
import { ArError, ERRORS, type ErrorCode, type ErrorFacts } from './index.ts';
import { INSTALL_ERRORS } from './install.ts';
import { LOADER_ERRORS } from './loader.ts';
import { OSV_ERRORS } from './osv.ts';
import { PIPELINE_ERRORS } from './pipeline.ts';
import { PUBLISH_ERRORS } from './publish.ts';
import { REGISTRY_ERRORS } from './registry.ts';
import { SOURCE_ERRORS } from './sources.ts';
import { STATS_ERRORS } from './stats.ts';
import { STATUS_ERRORS } from './status.ts';
import { TRANSPARENCY_ERRORS } from './transparency.ts';
import { TRUST_ERRORS } from './trust.ts';
import { USAGE_ERRORS } from './usage.ts';

/** Facts for every code, one set for each of its texts. A new code does not compile until it has some here. */
const SAMPLES: { readonly [Code in ErrorCode]: readonly [ErrorFacts[Code], ...ErrorFacts[Code][]] } = {
  USAGE: [
    { problem: 'There is no command instal.', help: 'ar plugin --help' },
    { problem: 'There is no command instal.', suggestion: 'install', help: 'ar plugin --help' },
  ],
  BUNDLE_INVALID: [{ file: 'plugins.tar', problem: 'does not begin with its list of files' }],
  BUNDLE_UNSUPPORTED: [{ file: 'plugins.tar', version: 2 }],
  BUNDLE_TRUNCATED: [{ file: 'plugins.tar' }],
  BUNDLE_TOO_LARGE: [{ file: 'plugins.tar', what: 'the size of its list in bytes', limit: 16_777_216 }],
  BUNDLE_PATH_REFUSED: [{ file: 'plugins.tar', path: '../x', problem: 'contains `..`' }],
  BUNDLE_FILE_UNEXPECTED: [{ file: 'plugins.tar', path: 'npm/other.tgz' }],
  BUNDLE_FILE_MISSING: [{ file: 'plugins.tar', path: 'npm/ms.tgz' }],
  BUNDLE_FILE_CHANGED: [{ file: 'plugins.tar', path: 'npm/ms.tgz' }],
  BUNDLE_LACKS: [{ what: '@acme/hello@1.0.0' }],
  BUNDLE_REGISTRY_MISSING: [
    { registry: 'https://a.example', plugin: '@acme/hello', has: ['https://b.example', 'https://c.example'] },
    { registry: 'https://a.example', plugin: '@acme/hello', has: [] },
  ],
  BUNDLE_ROOT_UNKNOWN: [{ registry: 'https://registry.example' }],
  BUNDLE_REGISTRY_UNSIGNED: [{ registry: 'https://registry.example' }],
  BUNDLE_SOURCE_REFUSED: [
    { plugin: '@acme/hello', problem: 'is linked to ./hello', instead: 'Take the folder along, and link it there.' },
  ],
  BUNDLE_EMPTY: [{ project: '/app' }],
  ABORTED: [{ doing: 'installing @acme/hello' }],
  LOCK_HELD: [{ resource: 'The project /app', holder: 'ar plugin install (pid 7)', waitedMs: 60_000 }],
  DISK_FULL: [{ path: '/data/plugins' }],
  FILE_ACCESS: [{ path: '/data/plugins', reason: 'access is denied' }],
  FILE_NOT_FOUND: [{ path: './hello.tgz' }],
  FILE_INVALID: [{ file: 'ar-plugins.yaml', problem: 'the key plugin is not known (line 2)' }],
  COMMAND_FAILED: [
    { command: 'git push', exitCode: 128, output: 'fatal: no upstream' },
    { command: 'git push', exitCode: 1, output: '' },
    { command: 'git push', exitCode: undefined, output: '' },
  ],
  COMMAND_NOT_FOUND: [{ command: 'npm' }],
  HOME_UNKNOWN: [{}],
  DATA_DIR_RELATIVE: [{ dir: 'data' }],
  REGISTRY_UNREACHABLE: [
    { url: 'https://registry.example', reason: 'the connection was refused' },
    {
      url: 'https://registry.example',
      reason: 'its host name is not known',
      plugin: '@acme/hello',
      installedFrom: 'https://plugins.example.com',
    },
    {
      url: 'https://registry.example',
      reason: 'its host name is not known',
      plugin: '@acme/hello',
      installedFrom: 'https://plugins.example.com/$(id)',
    },
  ],
  REGISTRY_STATUS: [
    { url: 'https://registry.example/api/v1/config.json', status: 503 },
    { url: 'https://registry.example/api/v1/config.json', status: 404 },
  ],
  REGISTRY_RESPONSE_INVALID: [{ url: 'https://registry.example', problem: 'it sent a web page' }],
  REGISTRY_RESPONSE_TOO_LARGE: [{ url: 'https://registry.example', limitBytes: 1000 }],
  REGISTRY_UNSUPPORTED: [{ url: 'https://registry.example', needs: 'a client for format 2' }],
  REGISTRY_URL_INVALID: [{ url: 'registry.example' }],
  PLUGIN_NOT_FOUND: [
    { plugin: '@acme/helo', registry: 'https://registry.example', suggestions: ['@acme/hello', '@acme/halo'] },
    { plugin: '@acme/helo', registry: 'https://registry.example', suggestions: [] },
  ],
  VERSION_NOT_FOUND: [
    { plugin: '@acme/hello', wanted: '^2', available: ['1.1.0', '1.0.0'] },
    { plugin: '@acme/hello', wanted: '^2', available: [] },
  ],
  VERSION_YANKED: [{ plugin: '@acme/hello', version: '1.0.0', reason: 'loses messages' }],
  README_NOT_FOUND: [{ plugin: '@acme/hello' }],
  NOT_ON_MIRROR: [
    {
      what: '@acme/hello@1.0.0',
      mirror: 'https://mirror.example',
      reason: 'the licence GPL-3.0-only',
      origin: 'https://registry.example',
    },
  ],
  MIRROR_UNSIGNED: [{ url: 'https://registry.example' }],
  MIRROR_OF_ANOTHER: [{ folder: '/srv/mirror', origin: 'https://registry.example' }],
  DEPLOY_FAILED: [{ place: 's3://acme/', problem: 'AccessDenied (403) while listing it' }],
  DEPLOY_FOREIGN: [{ place: '/srv/www', path: 'index.php' }],
  DEPLOY_SHRINKS: [{ place: '/srv/registry', lost: 70, of: 100 }],
  DEPLOY_MOVING: [{ site: '/srv/site', path: 'api/v1/plugins/@acme/hello.json' }],
  DEPLOY_UNFINISHED: [{ site: '/srv/site' }],
  DEPLOY_IN_USE: [{ place: 's3://acme/' }],
  HOST_LIMIT_PASSED: [
    { host: 'cloudflare-pages', what: 'files', found: 20_001, limit: 20_000, next: 'R2 behind the Worker' },
  ],
  DEPLOY_CREDENTIALS: [{ place: 's3://acme/', problem: 'ExpiredToken (400) while listing it' }],
  MIRROR_SHRINKS: [{ lost: 70, of: 100 }],
  MIRROR_PATH_REFUSED: [{ path: '../outside' }],
  REGISTRY_UNAUTHORIZED: [
    { url: 'https://registry.example', status: 401 },
    { url: 'https://registry.example', status: 403, tokenEnv: 'AR_TOKEN_ACME' },
  ],
  REGISTRY_TOKEN_REFUSED: [
    { variable: 'AR_TOKEN_ACME', url: 'http://registry.example', problem: 'the address is not encrypted' },
  ],
  REGISTRY_CONFLICT: [{ scope: '@acme', first: 'https://one.example', second: 'https://two.example' }],
  REPORT_PLACE_UNKNOWN: [
    { registry: 'https://registry.example' },
    { registry: 'https://registry.example', repository: 'https://git.example/index' },
  ],
  REVIEW_TEXT_INVALID: [{ problem: 'it holds HTML' }],
  REGISTRY_NOT_CONFIRMED: [
    { url: 'https://registry.example' },
    { url: 'https://registry.example', fingerprint: 'a'.repeat(64) },
  ],
  REGISTRY_KEYS_CHANGED: [{ url: 'https://registry.example', fingerprint: 'ab12' }],
  REGISTRY_NAME_TAKEN: [{ name: 'internal', url: 'https://registry.example' }],
  REGISTRY_NOT_DECLARED: [
    { name: 'internal', file: '/home/ada/.config/agent-relay/config.yaml', known: ['public'] },
    { name: 'internal', file: '/home/ada/.config/agent-relay/config.yaml', known: [] },
  ],
  OFFLINE_NOT_CACHED: [{ what: '@acme/hello' }],
  PROXY_UNSUPPORTED: [{ node: '22.13.0' }],
  PROJECT_FOREIGN: [{ file: '/srv/app/ar-plugins.yaml' }],
  INTEGRITY_MISMATCH: [{ archive: '@acme/hello@1.0.0', expected: 'sha512-a', actual: 'sha512-b' }],
  ARCHIVE_INVALID: [{ archive: '@acme/hello@1.0.0', problem: 'the path ../x contains `..`' }],
  ARCHIVE_TOO_LARGE: [{ archive: '@acme/hello@1.0.0', what: 'its size in bytes', limit: 10 }],
  ARCHIVE_NOT_IN_STORE: [{ integrity: 'sha512-a', store: 'store' }],
  PACKAGE_FILE_REFUSED: [{ file: 'dist/link', problem: 'it is a symbolic link' }],
  NOT_INSTALLED: [
    { plugin: '@acme/helo', suggestions: ['@acme/hello'] },
    { plugin: '@acme/helo', suggestions: [] },
  ],
  SPEC_INVALID: [
    { spec: 'hello', problem: 'plugin names start with a scope' },
    { spec: '@acme/Hello', problem: 'a name has small letters, digits and hyphens' },
  ],
  PERMISSIONS_NOT_GRANTED: [{ plugin: '@acme/hello', permissions: ['start the program git'] }],
  PACKAGE_MISMATCH: [{ archive: 'hello.tgz', expected: '@acme/hello@1.0.0', actual: '@acme/other@1.0.0' }],
  LOCK_MISMATCH: [{ problem: '@acme/hello is wanted but not locked' }],
  LOCK_ADDRESS_REFUSED: [
    { plugin: '@acme/hello@1.0.0', url: 'https://evil.example/x.tgz', registry: 'https://registry.example' },
  ],
  DEPENDENCIES_FAILED: [{ plugin: '@acme/hello', reason: 'npm error code E404' }],
  LINK_BROKEN: [{ plugin: '@acme/hello', path: './hello', problem: 'there is no such folder' }],
  GIT_SOURCE_INVALID: [{ source: 'github:acme/hello', problem: 'it has no ar-plugin.yaml' }],
  GIT_BUILD_REFUSED: [{ plugin: '@acme/hello', source: 'github:acme/hello', script: 'tsc' }],
  GIT_BUILD_FAILED: [{ plugin: '@acme/hello', reason: 'exit code 2.' }],
  GIT_SOURCE_CHANGED: [{ plugin: '@acme/hello', source: 'github:acme/hello', commit: '0123456789ab' }],
  STORE_DAMAGED: [{ plugin: '@acme/hello', file: 'dist/index.js' }],
  AGENT_RELAY_UNFIT: [{ plugin: '@acme/hello', needs: '^1.7.0', found: '1.6.0' }],
  AGENT_RELAY_TOO_OLD: [{ plugin: '@acme/hello', needs: '1.6.0', found: '1.3.0' }],
  LOG_FORMAT_UNKNOWN: [{ file: 'notes.txt' }],
  LOG_UNREADABLE: [{ file: 'access.log.1.gz', problem: 'ends in the middle' }],
  COUNTING_FAILED: [{ doing: 'Reading the logs', reason: 'Out of Memory Error' }],
  OSV_EXPORT_INVALID: [{ source: './all.zip', problem: 'it holds no record' }],
  OSV_EXPORT_SHRUNK: [{ source: './all.zip', records: 10, before: 200_000 }],
  FINDINGS: [
    { subject: './hello', errors: 2 },
    { subject: './hello', errors: 1 },
  ],
  FOLDER_NOT_EMPTY: [{ folder: './hello' }],
  NAME_INVALID: [{ name: 'hello', problem: 'it must have the form @scope/name' }],
  PUBLISHER_UNKNOWN: [{ problem: 'there is no id' }],
  INDEX_REMOTE_UNKNOWN: [{}],
  INDEX_NOT_FOUND: [{ remote: 'https://git.example/index.git' }],
  STORE_OUTSIDE: [{ store: '../archives' }],
  VERSION_EXISTS: [{ plugin: '@acme/hello', version: '1.0.0' }],
  VERSION_SUBMITTED: [
    { plugin: '@acme/hello', version: '1.0.0', branch: 'publish/acme/hello/1.0.0' },
    { plugin: '@acme/hello', version: '1.0.0', branch: 'x', pullRequest: 'https://github.com/acme/index/pull/7' },
  ],
  PUSH_REJECTED: [{ remote: 'origin', branch: 'publish/acme/hello/1.0.0', reason: 'protected branch' }],
  GIT_FAILED: [{ doing: 'reading the index', reason: 'not a repository' }],
  DEPENDENCY_LOCK_FAILED: [{ plugin: '@acme/hello', reason: 'npm error code E404' }],
  GITHUB_LOGIN_NEEDED: [{ remote: 'https://github.com/acme/index' }],
  GITHUB_UNAUTHORIZED: [{ doing: 'asking GitHub whose token it is' }],
  GITHUB_FORBIDDEN: [{ doing: 'forking acme/index', reason: 'Resource not accessible' }],
  GITHUB_NOT_FOUND: [{ doing: 'reading acme/index' }],
  GITHUB_REJECTED: [{ doing: 'opening a pull request', reason: 'Validation Failed' }],
  GITHUB_RATE_LIMITED: [{ doing: 'reading acme/index', waitSeconds: 900 }],
  GITHUB_UNAVAILABLE: [{ doing: 'reading acme/index', reason: 'it answered with the status 502' }],
  GITHUB_ANSWER_INVALID: [{ doing: 'reading acme/index' }],
  GITHUB_TOO_LARGE: [{ what: 'Pull request 7', limit: '3000 files' }],
  LOGIN_UNAVAILABLE: [{ registry: 'https://registry.example' }],
  LOGIN_DENIED: [{}],
  LOGIN_EXPIRED: [{}],
  TOKEN_INVALID: [{ source: 'GITHUB_TOKEN' }],
  PROPOSAL_DIFFERS: [
    { branch: 'status/acme/hello' },
    { branch: 'status/acme/hello', pullRequest: 'https://github.com/acme/index/pull/7' },
  ],
  RELEASE_REPOSITORY_UNKNOWN: [{ repository: 'https://git.example/acme/hello' }],
  RELEASE_ASSET_DIFFERS: [
    { plugin: '@acme/hello', version: '1.0.0', asset: 'https://github.com/acme/hello/releases/download/v1.0.0/a.tgz' },
  ],
  INDEX_UNREADABLE: [{ index: './registry-index', problem: 'registry.yaml is missing' }],
  REVISION_UNKNOWN: [{ repository: '.', revision: 'main' }],
  MERGE_REFUSED: [
    { branch: 'publish/acme/hello/1.0.0', reason: 'it has conflicts' },
    { branch: 'publish/acme/hello/1.0.0', reason: 'a person must look at it first', awaits: 'review' },
    { branch: 'publish/acme/hello/1.0.0', reason: 'it is not known who submits it', awaits: 'submitter' },
    { branch: 'publish/acme/hello/1.0.0', reason: 'a hook says no', awaits: 'remote' },
  ],
  BASE_MOVED: [
    { branch: 'publish/acme/hello/1.0.0', base: 'main' },
    { branch: 'advisories/drafts', base: 'advisories/drafts' },
  ],
  OUTPUT_FOLDER_FOREIGN: [{ folder: './out' }],
  OUTPUT_IN_USE: [{ folder: './out', file: '.ar-building', holder: '4711 build.example.com' }],
  SITE_FAILED: [{ reason: 'plugin.json is not what its schema says' }],
  SITE_NOT_INSTALLED: [{}],
  PORT_IN_USE: [{ port: 8080 }],
  ADDRESS_UNUSABLE: [{ host: '192.0.2.1', port: 80, reason: 'it is not of this machine' }],
  ADDRESS_NOT_PUBLIC: [{ url: 'https://10.0.0.1/x.tgz', problem: 'its address is none of the public internet' }],
  DOWNLOAD_FAILED: [{ url: 'https://example.com/x.tgz', problem: 'it answered with HTTP status 404' }],
  GITHUB_TOKEN_MISSING: [{}],
  REPORT_NOT_BELIEVED: [{ file: 'submission-report.json', problem: 'it is about another commit' }],
  PLAN_OUTDATED: [{ branch: 'main', planned: '0123abc', found: '4567def' }],
  CONFIG_FILE_INVALID: [{ file: 'ar.config.ts', problem: 'it has no default export' }],
  AGENT_RELAY_MISSING: [{ project: '/app' }],
  AGENT_RELAY_UNBUILT: [
    { folder: '/app/node_modules/node-pty' },
    { folder: '/app/node_modules/node-pty', reason: 'it was built for another Node.js' },
  ],
  AGENT_RELAY_UNSUPPORTED: [{ found: '2.0.0' }],
  LOADER_MISSING: [{ project: '/app' }],
  PLUGIN_ENTRY_INVALID: [{ entry: '42', problem: 'it is neither text nor an object' }],
  PLUGIN_NOT_INSTALLED: [{ plugin: '@acme/hello' }],
  PLUGIN_VERSION_MISMATCH: [{ plugin: '@acme/hello', wanted: '2.0.0', installed: '1.0.0' }],
  PLUGIN_ENTRY_POINT_MISSING: [{ plugin: '@acme/hello', main: './dist/index.js' }],
  PLUGIN_IMPORT_FAILED: [{ plugin: '@acme/hello', reason: 'SyntaxError' }],
  PLUGIN_EXPORT_INVALID: [{ plugin: '@acme/hello', problem: 'the default export is a number' }],
  PLUGIN_CONFIG_INVALID: [
    { plugin: '@acme/hello', key: 'TOKEN', problem: 'is missing' },
    { plugin: '@acme/hello', key: 'config.schema', problem: 'does not exist' },
  ],
  PLUGIN_UNCAUGHT: [{ plugin: '@acme/hello', reason: 'the socket was closed' }],
  PLUGIN_LOAD_FAILED: [{ plugin: '@acme/hello', reason: 'onLoad threw' }],
  PLUGIN_LOAD_TIMEOUT: [{ plugin: '@acme/hello', timeoutMs: 10_000 }],
  PLUGIN_TYPE_UNSUPPORTED: [{ plugin: '@acme/hello', type: 'widget' }],
  PLUGIN_TYPE_TAKEN: [{ plugin: '@acme/hello', type: 'storage', active: '@acme/other' }],
  PLUGIN_NOT_LOADED: [{ plugin: '@acme/hello' }],
  PLUGIN_CRASHED: [
    { plugin: '@acme/hello', reason: 'its process exited with code 1', restartMs: 1_000 },
    { plugin: '@acme/hello', reason: 'its process exited with code 1' },
  ],
  SANDBOX_UNAVAILABLE: [{ plugin: '@acme/hello', missing: 'network, unix-sockets' }],
  SANDBOX_FOLDER_UNSAFE: [{ plugin: '@acme/hello', problem: '/data/acme__hello/x is a link' }],
  SANDBOX_PACKAGE_LINKED: [{ plugin: '@acme/hello', path: '/p/node_modules/.bin/x', folder: '/p' }],
  DAEMON_RUNNING: [{ socketPath: '/tmp/relay.sock' }],
  DAEMON_START_FAILED: [{ socketPath: '/tmp/relay.sock', reason: 'EACCES' }],
  CONTROL_UNREACHABLE: [{ socketPath: '/tmp/ar.sock' }],
  CONTROL_REQUEST_INVALID: [{ problem: 'it is no JSON' }],
  CONTROL_FAILED: [{ reason: 'no answer within 10000 ms' }],
  CONTROL_REFUSED: [{ code: 'PLUGIN_NOT_LOADED', message: '@acme/x is not loaded.', remedy: 'Load it.' }],
  SOCKET_PATH_TOO_LONG: [{ socketPath: '/very/long', bytes: 200, mostBytes: 107 }],
  REASON_INVALID: [{ what: 'reason', problem: 'is empty' }],
  DIST_TAG_INVALID: [{ tag: '1.0.0' }],
  DIST_TAG_REQUIRED: [{ plugin: '@acme/hello', tag: 'latest' }],
  LAST_OWNER: [{ plugin: '@acme/hello', owner: 'ada (1)' }],
  TRANSFER_TO_SELF: [{ account: 'ada (1)' }],
  ACCOUNT_UNKNOWN: [{ account: 'ada', problem: 'GitHub was not asked for the numeric id' }],
  FILE_MERGE_CONFLICT: [{ file: 'ar-plugins.lock' }],
  FILE_TOO_NEW: [{ file: 'ar-plugins.lock', schemaVersion: 2 }],
  PLUGIN_NOT_FETCHED: [{ plugin: '@acme/hello' }],
  CONFIG_KEY_UNKNOWN: [
    { plugin: '@acme/hello', key: 'greting', suggestions: ['greeting'] },
    { plugin: '@acme/hello', key: 'greting', suggestions: [] },
  ],
  CONFIG_VALUE_INVALID: [{ plugin: '@acme/hello', key: 'retries', problem: 'must be integer' }],
  CONFIG_SECRET: [
    { plugin: '@acme/hello', key: 'apiToken', variable: 'API_TOKEN' },
    { plugin: '@acme/hello', key: 'apiToken' },
  ],
  CONFIG_NOT_SET: [{ plugin: '@acme/hello', key: 'greeting' }],
  TERMINAL_NEEDED: [{ command: 'ar plugin config', instead: 'ar plugin config set' }],
  TRUST_METADATA_INVALID: [{ file: 'timestamp.json', problem: 'is no JSON' }],
  TRUST_METADATA_TOO_LARGE: [{ file: 'timestamp.json', limitBytes: 16_384 }],
  TRUST_METADATA_MISSING: [{ file: '7.snapshot.json' }],
  TRUST_SIGNATURES_MISSING: [{ file: '2.root.json', role: 'root', valid: 1, threshold: 2 }],
  TRUST_ROLLBACK: [{ file: 'timestamp.json', trusted: 8, offered: 7 }],
  TRUST_ROOT_CHAIN_BROKEN: [{ expected: 3, found: 4 }],
  TRUST_ROOT_CHAIN_ENDLESS: [{ limit: 256 }],
  TRUST_EXPIRED: [{ file: 'timestamp.json', expires: '2026-01-01T00:00:00Z' }],
  TRUST_MIXED: [{ file: '7.snapshot.json', expected: 7, found: 6 }],
  TRUST_ROLE_REMOVED: [{ file: 'bin-3f.json' }],
  TRUST_DELEGATION_REFUSED: [{ file: 'bin-3f.json', problem: 'it delegates further' }],
  TRUST_LENGTH_MISMATCH: [{ path: 'plugins/@acme/hello.json', expected: 10, actual: 11 }],
  TRUST_HASH_MISMATCH: [{ path: 'plugins/@acme/hello.json', expected: 'aa', actual: 'bb' }],
  TRUST_TARGET_UNKNOWN: [{ path: 'plugins/@acme/hello.json' }],
  TRUST_FOLDER_INVALID: [{ folder: './trust', problem: 'it has no 1.root.json' }],
  VERSION_REVOKED: [
    { plugin: '@acme/hello', version: '1.0.0', advisory: 'AR-2026-0001', reason: 'Sends tokens.', affected: '<1.1.0' },
    {
      plugin: '@acme/hello',
      version: '1.0.0',
      advisory: 'AR-2026-0001',
      reason: 'Sends tokens.',
      affected: '<1.1.0',
      replacement: '@acme/hello@1.1.0',
    },
  ],
  KEY_UNUSABLE: [{ key: 'root-1.pem', problem: 'it is no PEM' }],
  KEY_EXISTS: [{ file: './keys/root-1.pem' }],
  KEY_UNKNOWN: [{ key: '0123' }],
  SIGNER_FAILED: [{ key: 'timestamp.signer.json', problem: 'it ended with 2' }],
  SIGNING_KEYS_MISSING: [{ role: 'root', present: 1, threshold: 2 }],
  PROVENANCE_UNUSABLE: [{ file: 'bundle.json', problem: 'is about another archive' }],
  LOG_CHECKPOINT_INVALID: [{ problem: 'is no note' }],
  LOG_MISSING: [{ registry: 'https://registry.example.com' }],
  LOG_SHRUNK: [{ registry: 'https://registry.example.com', seen: 12, offered: 11 }],
  LOG_FORKED: [{ registry: 'https://registry.example.com', seen: 12, offered: 13 }],
  LOG_FILE_MISSING: [{ file: 'tile/0/000.p/12' }],
  LOG_FILE_INVALID: [{ file: 'tile/0/000.p/12' }],
  LOG_ENTRY_MISSING: [{ plugin: '@acme/hello', version: '1.0.0' }],
  LOG_ENTRY_DIFFERENT: [{ plugin: '@acme/hello', version: '1.0.0', logged: 'sha512-aa', installed: 'sha512-bb' }],
  LOG_PROOF_INVALID: [{ plugin: '@acme/hello', version: '1.0.0' }],
  SITE_COMMIT_UNKNOWN: [{ site: 'https://registry.example.com' }],
  LOG_REWRITTEN: [{ problem: 'speaks of a commit that is not in the history of the index' }],
};

const AREAS = [
  GENERAL_ERRORS,
  COMMAND_LINE_ERRORS,
  REGISTRY_ERRORS,
  ARCHIVE_ERRORS,
  BUNDLE_ERRORS,
  INSTALL_ERRORS,
  PUBLISH_ERRORS,
  GITHUB_ERRORS,
  PIPELINE_ERRORS,
  OSV_ERRORS,
  LOADER_ERRORS,
  SOURCE_ERRORS,
  STATS_ERRORS,
  STATUS_ERRORS,
  TRANSPARENCY_ERRORS,
  TRUST_ERRORS,
  USAGE_ERRORS,
];
const CODES = Object.keys(ERRORS).toSorted() as ErrorCode[];

function texts(code: ErrorCode): readonly { message: string; remedy: string }[] {
  // The table above pairs each code with its own facts; in a loop over all codes the compiler has lost sight of that.
  return SAMPLES[code].map((facts) => new ArError(code, facts)).map(({ message, remedy }) => ({ message, remedy }));
}

describe('the catalogue of errors', () => {
  it('has every code in one area only', () => {
    expect(AREAS.flatMap((area) => Object.keys(area)).toSorted()).toEqual(CODES);
  });

  it.each(CODES)('tells %s in whole sentences, with what to do next', (code) => {
    for (const { message, remedy } of texts(code)) {
      expect(message).toMatch(/^\S.*\S$/s);
      expect(remedy).toMatch(/^[A-Z].*\S$/s);
      expect(`${message} ${remedy}`).not.toMatch(/undefined|NaN|\[object|null/);
    }
  });

  it.each(CODES)('gives %s an exit code that scripts can rely on', (code) => {
    expect([1, 2, 3, 4, 70, 130]).toContain(ERRORS[code].exit);
  });

  it('reads as it did when somebody last looked', () => {
    const all = CODES.map((code) => [code, { exit: ERRORS[code].exit, texts: texts(code) }]);
    expect(Object.fromEntries(all)).toMatchSnapshot();
  });
});
