/** What a rule over a workflow is, and how rules speak of places. One rule is one exported value in a file beside. */
import type { Job, Mapping, Step, Workflow } from './read.ts';
import { mapping, textOf } from './read.ts';

/** Something that a workflow must not do. */
export interface Problem {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A problem before it is known which rule and which file it is of. */
export type Found = Omit<Problem, 'rule' | 'file'>;

export interface Rule {
  readonly name: string;
  /** @returns what is wrong; empty if nothing is */
  readonly check: (workflow: Workflow) => readonly Found[];
}

/** A rule that looks at one step at a time. */
export function stepRule(name: string, check: (step: Step, job: Job, workflow: Workflow) => string | undefined): Rule {
  return {
    name,
    check: (workflow) =>
      workflow.jobs.flatMap((job) => job.steps.flatMap((step) => toFound(step.line, check(step, job, workflow)))),
  };
}

/** A rule that looks at one job at a time; composite actions have none. */
export function jobRule(name: string, check: (job: Job, workflow: Workflow) => string | undefined): Rule {
  return {
    name,
    check: (workflow) =>
      workflow.kind === 'action' ? [] : workflow.jobs.flatMap((job) => toFound(job.line, check(job, workflow))),
  };
}

/** A rule that looks at a workflow as a whole; composite actions are none. */
export function workflowRule(name: string, check: (workflow: Workflow) => readonly string[]): Rule {
  return {
    name,
    check: (workflow) => (workflow.kind === 'action' ? [] : check(workflow).map((message) => ({ line: 1, message }))),
  };
}

/** The permissions that a job may write, as it says itself. */
export function writesOf({ values }: Job): readonly string[] {
  const { permissions } = values;
  if (permissions === 'write-all') return ['write-all'];
  return Object.entries(mapping(permissions)).flatMap(([scope, access]) => (access === 'write' ? [scope] : []));
}

/** The name of an action without its version: `actions/checkout`. */
export function actionOf({ uses }: Step): string {
  return uses.split('@')[0] ?? '';
}

/** `with:` of a step as text. */
export function withOf(step: { readonly with: Mapping }, key: string): string {
  return textOf(step.with[key]);
}

function toFound(line: number, message: string | undefined): readonly Found[] {
  return message === undefined ? [] : [{ line, message }];
}
