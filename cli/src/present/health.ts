import type { Presenter } from '../command.ts';
import type { HealthOutcome, MetricsOutcome } from '../commands/health.ts';
import { isIll, type PluginState } from '../usage/plugin-state.ts';
import { durationText } from './duration.ts';
import { sizeText } from './size.ts';
import { table } from './table.ts';
import { quiet, textLines, toned, type Line, type Page, type Span, type Tone } from './text.ts';

export const presentHealth: Presenter<HealthOutcome | MetricsOutcome> = {
  text: (outcome, width) => ('metrics' in outcome ? textLines(outcome.metrics) : healthText(outcome, width)),
  json: (outcome) => ('metrics' in outcome ? outcome : healthDocument(outcome)),
  exitCode: (outcome) => ('metrics' in outcome ? 0 : exitCodeOf(outcome)),
};

function healthText(outcome: HealthOutcome, width: number): Page {
  return [
    ...daemonLines(outcome),
    ...(outcome.plugins.length === 0 ? [] : ['', ...table(rowsOf(outcome), width)]),
    ...section(outcome.plugins.flatMap(remarks)),
    ...section(outcome.checks.flatMap(checkLines)),
  ];
}

function healthDocument(outcome: HealthOutcome): object {
  return {
    ok: exitCodeOf(outcome) === 0,
    daemon: daemonFacts(outcome.daemon),
    plugins: outcome.plugins.map(({ problems, ...plugin }) => ({
      ...plugin,
      problems: problems.map(({ code, message, remedy }) => ({ code, message, remedy })),
    })),
    checks: outcome.checks,
  };
}

function exitCodeOf({ daemon, plugins, checks }: HealthOutcome): 0 | 1 | 4 {
  if (plugins.some(isIll) || checks.some(({ result }) => result === 'fail')) return 1;
  return daemon.state === 'running' ? 0 : 4;
}

function daemonFacts(daemon: HealthOutcome['daemon']): object {
  if (daemon.state !== 'running') return daemon;
  const { plugins: _plugins, ...facts } = daemon;
  return facts;
}

function daemonLines({ daemon }: HealthOutcome): Page {
  switch (daemon.state) {
    case 'running': {
      const { pid, uptimeMs, memoryBytes } = daemon;
      const facts = [
        ...(pid === undefined ? [] : [`process ${pid}`]),
        ...(uptimeMs === undefined ? [] : [`for ${durationText(uptimeMs)}`]),
        ...(memoryBytes === undefined ? [] : [sizeText(memoryBytes)]),
      ];
      return [`The daemon runs${facts.length === 0 ? '' : ` (${facts.join(', ')})`}.`];
    }
    case 'without-plugins':
      return notRunning('A daemon runs, but it was started without plugins.', 'npx agent-relay down, then: ar up');
    case 'unresponsive':
      return notRunning(
        `The daemon is there, but it does not answer: ${daemon.reason}.`,
        'npx agent-relay down, then: ar up',
      );
    case 'stale':
      return notRunning('No daemon is running; the last one was killed and left its socket behind.', 'ar up');
    case 'stopped':
      return notRunning('No daemon is running.', 'ar up');
  }
}

function notRunning(what: string, start: string): Page {
  return [what, [quiet('Start it: '), start]];
}

const TONES: Readonly<Record<PluginState['state'], Tone>> = {
  healthy: 'good',
  ready: 'good',
  degraded: 'warning',
  disabled: 'quiet',
  unhealthy: 'bad',
  failed: 'bad',
  'not-loaded': 'bad',
  broken: 'bad',
};

function rowsOf({ daemon, plugins }: HealthOutcome): readonly (readonly (string | Span)[])[] {
  const isRunning = daemon.state === 'running';
  const head = ['PLUGIN', 'STATE', ...(isRunning ? ['RUNS FOR', 'RESTARTS', 'LOADED IN', 'MEMORY'] : [])];
  return [head.map(quiet), ...plugins.map((plugin) => [...nameCells(plugin), ...(isRunning ? lifeCells(plugin) : [])])];
}

function nameCells({ name, version, state }: PluginState): readonly (string | Span)[] {
  return [version === undefined ? name : `${name}@${version}`, toned(state, TONES[state])];
}

function lifeCells({ uptimeMs, restarts, loadMs, memoryBytes }: PluginState): readonly string[] {
  return [
    uptimeMs === undefined ? '–' : durationText(uptimeMs),
    String(restarts ?? '–'),
    loadMs === undefined ? '–' : durationText(loadMs),
    memoryBytes === undefined ? '–' : sizeText(memoryBytes),
  ];
}

function remarks({ name, message, problems }: PluginState): readonly Line[] {
  return [
    ...(message === undefined ? [] : [[toned(name, 'name'), ': ', message]]),
    ...problems.flatMap((problem): Line[] => [
      [toned(problem.code, 'bad'), ': ', problem.message],
      ['  ', quiet(problem.remedy)],
    ]),
  ];
}

const WORDS = { pass: toned('ok  ', 'good'), fail: toned('FAIL', 'bad') } as const;

function checkLines(check: HealthOutcome['checks'][number]): readonly Line[] {
  const line: Line = [WORDS[check.result], '  ', check.message];
  return check.result === 'pass' ? [line] : [line, ['      ', quiet(check.remedy)]];
}

function section(lines: readonly Line[]): Page {
  return lines.length === 0 ? [] : ['', ...lines];
}
