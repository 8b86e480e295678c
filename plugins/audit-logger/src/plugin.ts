import type { HookPlugin, PluginContext } from '@ar-registry/sdk';
import { type AuditFile, openAuditFile } from './audit-file.ts';
import { connectionLine, messageLine } from './audit-line.ts';
import { type AuditConfig, parseConfig } from './config.ts';

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: AuditConfig;
  readonly file: AuditFile;
}

/**
 * The audit logger.
 *
 * Each hook resolves when the operating system has the line, so the daemon's dispatcher, which waits for it, never
 * hands over events faster than the disk takes them.
 */
export function createAuditLogger(now: () => Date): HookPlugin {
  let loaded: Loaded | undefined;

  const record = async (event: string, toLine: (config: AuditConfig) => string): Promise<void> => {
    if (!loaded) return;
    const { config, context, file } = loaded;
    await file.append(toLine(config));
    context.metrics.counter('events', 1, { event });
    context.metrics.gauge('pending_lines', file.status().pending);
  };

  return {
    async onLoad(context) {
      const config = parseConfig(context.config);
      loaded = { context, config, file: await openFile(context, config) };
      context.logger.info('Audit log opened.', { file: config.fileName, body: config.body });
    },

    async onUnload() {
      const last = loaded;
      loaded = undefined;
      if (!last) return;
      await last.file.close();
      const { lost } = last.file.status();
      if (lost > 0) last.context.logger.error('Audit lines were lost.', { lost });
    },

    onMessage: (event) => record('message', ({ body }) => messageLine(event, { now: now(), body })),
    onConnect: (event) => record('connect', () => connectionLine('connect', event, now())),
    onDisconnect: (event) => record('disconnect', () => connectionLine('disconnect', event, now())),

    async health() {
      if (!loaded) return { status: 'unhealthy', message: 'Not loaded.' };
      const { failure, ...counts } = loaded.file.status();
      const details = { file: loaded.config.fileName, ...counts };
      if (failure !== undefined)
        return { status: 'unhealthy', message: `The log cannot be written: ${failure}`, details };
      if (counts.lost > 0) return { status: 'degraded', message: `${counts.lost} lines were lost.`, details };
      return { status: 'healthy', details };
    },
  };
}

function openFile({ dataDir, logger, metrics }: PluginContext, config: AuditConfig): Promise<AuditFile> {
  return openAuditFile({
    dir: dataDir,
    ...config,
    onFailure(error) {
      metrics.counter('write_failures');
      logger.error('The audit log cannot be written; lines are kept in memory.', { error: error.message });
    },
    onRecovery: () => logger.info('The audit log can be written again.'),
  });
}
