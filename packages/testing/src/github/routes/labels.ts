import { invalid, listed, notFound, type Answer } from '../answer.ts';
import { requiredText, textOf } from '../body.ts';
import { ensureLabel, issueOf, labelNames } from '../issues.ts';
import { labelsOf, presentLabel } from '../present/issue.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import type { Issue, Label } from '../state.ts';

const LABELS = '/repos/{owner}/{repo}/labels';
const LABEL = `${LABELS}/{name}` as const;
const ON_ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}/labels';
const areas = ['issues', 'pull-requests'] as const;

export const labels: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: LABELS,
    access: 'anyone',
    areas,
    handle: ({ state, repository, url }) =>
      listed([...repository.labels.values()], url, (label) => presentLabel(state, repository, label)),
  },
  { method: 'POST', path: LABELS, access: 'push', areas, handle: create },
  {
    method: 'GET',
    path: LABEL,
    access: 'anyone',
    areas,
    handle: (context) => ({ status: 200, body: presentLabel(context.state, context.repository, labelOf(context)) }),
  },
  { method: 'PATCH', path: LABEL, access: 'push', areas, handle: update },
  { method: 'DELETE', path: LABEL, access: 'push', areas, handle: remove },
  {
    method: 'GET',
    path: ON_ISSUE,
    access: 'anyone',
    areas,
    handle(context) {
      const { state, repository, url } = context;
      const own = labelsOf(repository, issueOf(context));
      return listed(own, url, (label) => presentLabel(state, repository, label));
    },
  },
  {
    method: 'POST',
    path: ON_ISSUE,
    access: 'triage',
    areas,
    handle: (context) => setLabels(context, [...issueOf(context).labels, ...labelNames(context.body)]),
  },
  {
    method: 'PUT',
    path: ON_ISSUE,
    access: 'triage',
    areas,
    handle: (context) => setLabels(context, labelNames(context.body)),
  },
  {
    method: 'DELETE',
    path: ON_ISSUE,
    access: 'triage',
    areas,
    handle(context) {
      setLabels(context, []);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    path: `${ON_ISSUE}/{name}`,
    access: 'triage',
    areas,
    handle(context) {
      const { labels: own } = issueOf(context);
      const name = (context.parameters['name'] ?? '').toLowerCase();
      if (!own.some((one) => one.toLowerCase() === name)) throw notFound();
      return setLabels(
        context,
        own.filter((one) => one.toLowerCase() !== name),
      );
    },
  },
];

function create({ state, repository, body }: RepositoryContext): Answer {
  const name = requiredText(body, 'name');
  if (repository.labels.has(name.toLowerCase()))
    throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' });
  const label: Label = {
    id: state.nextId(),
    name,
    color: colorOf(textOf(body, 'color') ?? 'ededed'),
    description: descriptionOf(textOf(body, 'description') ?? null),
  };
  repository.labels.set(name.toLowerCase(), label);
  return { status: 201, body: presentLabel(state, repository, label) };
}

function update(context: RepositoryContext): Answer {
  const { state, repository, body } = context;
  const label = labelOf(context);
  const old = label.name;
  label.name = textOf(body, 'new_name') ?? old;
  label.color = colorOf(textOf(body, 'color') ?? label.color);
  label.description = descriptionOf(textOf(body, 'description') ?? label.description);
  repository.labels.delete(old.toLowerCase());
  repository.labels.set(label.name.toLowerCase(), label);
  renameOnIssues(repository.issues.values(), old, label.name);
  return { status: 200, body: presentLabel(state, repository, label) };
}

function renameOnIssues(issues: Iterable<Issue>, from: string, to: string): void {
  for (const issue of issues) issue.labels = issue.labels.map((name) => (name === from ? to : name));
}

function remove(context: RepositoryContext): Answer {
  const { name } = labelOf(context);
  context.repository.labels.delete(name.toLowerCase());
  for (const issue of context.repository.issues.values())
    issue.labels = issue.labels.filter((one) => one.toLowerCase() !== name.toLowerCase());
  return { status: 204 };
}

function labelOf({ repository, parameters }: RepositoryContext): Label {
  const label = repository.labels.get((parameters['name'] ?? '').toLowerCase());
  if (!label) throw notFound();
  return label;
}

function setLabels(context: RepositoryContext, names: readonly string[]): Answer {
  const { state, repository } = context;
  const issue = issueOf(context);
  const known = names.map((name) => ensureLabel(state, repository, name).name);
  issue.labels = [...new Set(known)];
  issue.updatedAt = state.clock.now();
  const body = labelsOf(repository, issue).map((label) => presentLabel(state, repository, label));
  return { status: 200, body };
}

function colorOf(color: string): string {
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid({ resource: 'Label', code: 'invalid', field: 'color' });
  return color;
}

function descriptionOf(description: string | null): string | null {
  if (description !== null && description.length > 100)
    throw invalid({ resource: 'Label', code: 'invalid', field: 'description' });
  return description;
}
