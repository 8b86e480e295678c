/**
 * A workflow or a composite action of GitHub Actions as plain data: what the rules beside this file look at.
 *
 * The files are our own, so a file of another shape is an error and not a finding.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';

export type Mapping = Readonly<Record<string, unknown>>;

export interface Step {
  /** Of its first key, from 1. */
  readonly line: number;
  /** Empty where the step runs a command. */
  readonly uses: string;
  /** The comment after `uses`, without `#`. */
  readonly comment: string;
  /** Empty where the step uses an action. */
  readonly run: string;
  readonly with: Mapping;
  readonly env: Mapping;
}

export interface Job {
  readonly id: string;
  readonly line: number;
  /** Everything that is not read out below, as it stands in the file. */
  readonly values: Mapping;
  readonly steps: readonly Step[];
}

export interface Workflow {
  /** From the top of the repository. */
  readonly file: string;
  readonly text: string;
  readonly kind: 'workflow' | 'action';
  /** Event → its filters; empty for a composite action. */
  readonly on: Mapping;
  readonly values: Mapping;
  /** The one job of a composite action is its steps. */
  readonly jobs: readonly Job[];
}

/** Reads a file of `.github/workflows` or an `action.yml`. @throws Error if it is not one */
export function readWorkflow(file: string, text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new Error(`${file}: ${problem.message}`);
  const values = mapping(document.toJS());
  const source = { document, lines };
  if ('runs' in values)
    return { file, text, kind: 'action', on: {}, values, jobs: [readJob('runs', ['runs'], source)] };
  const jobs = Object.keys(mapping(values['jobs'])).map((id) => readJob(id, ['jobs', id], source));
  return { file, text, kind: 'workflow', on: readEvents(values['on']), values, jobs };
}

/** The value if it is a mapping; otherwise an empty one. */
export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

/** The value as text; empty if there is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The texts of a value that is one or a list of them. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)];
}

function readEvents(on: unknown): Mapping {
  if (typeof on === 'string' || Array.isArray(on)) return Object.fromEntries(textsOf(on).map((event) => [event, {}]));
  return mapping(on);
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
}

function readJob(id: string, path: readonly string[], source: Source): Job {
  const node = source.document.getIn(path, true);
  if (!isMap(node)) throw new Error(`${id} is no mapping.`);
  const steps = node.get('steps', true);
  if (isAlias(steps)) throw new Error(`${id}: steps that are an alias are not read.`);
  return {
    id,
    line: lineOf(node, source.lines),
    values: mapping(node.toJS(source.document)),
    steps: isSeq(steps) ? steps.items.filter((item) => isMap(item)).map((item) => readStep(item, source)) : [],
  };
}

function readStep(node: YAMLMap, { document, lines }: Source): Step {
  const values = mapping(node.toJS(document));
  const uses = node.get('uses', true);
  return {
    line: lineOf(node, lines),
    uses: textOf(values['uses']),
    comment: isScalar(uses) ? (uses.comment ?? '').trim() : '',
    run: textOf(values['run']),
    with: mapping(values['with']),
    env: mapping(values['env']),
  };
}

function lineOf(node: YAMLMap, lines: LineCounter): number {
  return lines.linePos(node.range?.[0] ?? 0).line;
}
