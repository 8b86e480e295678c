#!/usr/bin/env node
/** All checks that are no tests, each to its end, so that one run shows all that is wrong. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
/** @type {readonly [string, string, readonly string[]][]} */
const checks = [
  ['generated files', 'npm', ['run', '--silent', 'gen', '--', '--check']],
  ['types', 'npm', ['run', '--silent', 'typecheck']],
  ['types of pages', 'npm', ['run', '--silent', 'check', '--workspace=site']],
  ['lint', 'npm', ['run', '--silent', 'lint']],
  ['format', 'npm', ['run', '--silent', 'format:check']],
  ['dead code', 'npm', ['run', '--silent', 'knip']],
  ['declared dependencies', 'npm', ['run', '--silent', 'knip:dependencies']],
];
const failed = [];
for (const [name, program, args] of checks) {
  console.log(`— ${name}`);
  if (spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? `All ${checks.length} checks passed.` : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
