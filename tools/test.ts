/**
 * Runs all tests and says, as the last line, how many passed, failed and were skipped.
 *
 * Arguments go to vitest: `npm test -- loader`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  /** Why the file could not be loaded. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** Lines of each failure that are told again at the end. */
const MOST_LINES = 6;

const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-test-'));
const reportFile = path.join(folder, 'report.json');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
const report = fs.existsSync(reportFile) ? (JSON.parse(fs.readFileSync(reportFile, 'utf8')) as Report) : undefined;
fs.rmSync(folder, { recursive: true, force: true });

// A file that cannot be loaded has no tests to count, and is a failure all the same.
const brokenFiles = (report?.testResults ?? []).filter(
  ({ status: state, assertionResults }) => state === 'failed' && assertionResults.length === 0,
).length;
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + brokenFiles + (report ? 0 : 1);
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
for (const line of (report?.testResults ?? []).flatMap(failuresOf)) console.log(line);
process.exitCode = status === 0 && failed === 0 && passed > 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

/** Once more at the end, where whoever sees only the last lines of a long log looks. */
function failuresOf({ name, status: state, message, assertionResults }: FileReport): readonly string[] {
  const file = path.relative(root, name);
  if (state === 'failed' && assertionResults.length === 0) return [`Failed: ${file}`, ...firstLines(message)];
  return assertionResults
    .filter((each) => each.status === 'failed')
    .flatMap((each) => [`Failed: ${file}: ${each.fullName}`, ...each.failureMessages.flatMap(firstLines)]);
}

function firstLines(text: string): readonly string[] {
  const lines = text.split('\n').slice(0, MOST_LINES);
  return lines.map((line) => `        ${line.trim()}`);
}
