import { defineCommand } from '../command.ts';

export const telemetryOn = defineCommand({
  name: 'telemetry on',
  summary: 'Let registries be told what you install and look for.',
  details: [
    'It is off unless you say so here; nobody ever asks. Says what will be sent, to the letter. Told is only the registry that a plugin comes from, and only if it asks for it. Nothing that is sent says who you are: there is no id.',
    'Where DO_NOT_TRACK is set, in CI and with --offline nothing is sent all the same.',
  ],
  examples: [{ command: 'telemetry on', does: 'writes it into your own config.yaml' }],
  options: {},
  positionals: {},
  async run(_input, context) {
    const { switchTelemetry } = await import('../telemetry/index.ts');
    return { ...(await switchTelemetry(true, context)), turned: 'on', version: context.version } as const;
  },
});

export const telemetryOff = defineCommand({
  name: 'telemetry off',
  summary: 'Let nobody be told anything, and forget what waits.',
  examples: [{ command: 'telemetry off', does: 'writes it into your own config.yaml' }],
  options: {},
  positionals: {},
  async run(_input, context) {
    const { switchTelemetry } = await import('../telemetry/index.ts');
    return { ...(await switchTelemetry(false, context)), turned: 'off', version: context.version } as const;
  },
});

export const telemetryStatus = defineCommand({
  name: 'telemetry status',
  summary: 'Say whether anything is told, to whom, and why not.',
  examples: [{ command: 'telemetry status', does: 'asks nobody' }],
  options: {},
  positionals: {},
  looksOnly: true,
  async run(_input, context) {
    const { readState } = await import('../telemetry/index.ts');
    return { ...(await readState(context)), version: context.version };
  },
});

export const telemetryShow = defineCommand({
  name: 'telemetry show',
  summary: 'Show what waits to be told, and what was told last.',
  details: [
    'The addresses that are asked for, whole: there is nothing else to it. The last hundred are kept on this machine.',
  ],
  examples: [{ command: 'telemetry show', does: 'each event, as it is sent' }],
  options: {},
  positionals: {},
  looksOnly: true,
  async run(_input, context) {
    const { readQueue } = await import('../telemetry/index.ts');
    return readQueue(context);
  },
});
