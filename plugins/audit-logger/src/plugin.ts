import type { HookPlugin, PluginContext } from '@ar-registry/sdk';
import { type AuditFile, openAuditFile } from './audit-file.ts';
import { connectionLine, logLine, messageLine } from './audit-line.ts';
import { openChainWriter } from './chain-writer.ts';
import { type AuditConfig, parseConfig } from './config.ts';
import { createLogDisk } from './log-disk.ts';
import { createRedact, type Redact } from './redact.ts';

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: AuditConfig;
  readonly file: AuditFile;
  readonly redact: Redact;
}

/**
 * The audit logger.
 *
 * Each hook resolves when the line is on the disk, so the daemon's dispatcher, which waits for it, never
 * hands over events faster than the disk takes them.
 */
export function createAuditLogger(now: () => Date): HookPlugin {
  let loaded: Loaded | undefined;

  const record = async (event: string, toLine: (loaded: Loaded) => string): Promise<void> => {
    if (!loaded) return;
    const { context, file } = loaded;
    await file.append(toLine(loaded));
    context.metrics.counter('events', 1, { event });
    context.metrics.gauge('pending_lines', file.status().pending);
  };

  return {
    async onLoad(context) {
      const config = parseConfig(context.config);
      const redact = createRedact(config.redaction);
      loaded = { context, config, redact, file: await openFile(context, config, now) };
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

    onMessage: (event) =>
      record('message', ({ config, redact }) => messageLine(redact(event), { now: now(), body: config.body })),
    onConnect: (event) => record('connect', ({ redact }) => connectionLine('connect', redact(event), now())),
    onDisconnect: (event) => record('disconnect', ({ redact }) => connectionLine('disconnect', redact(event), now())),

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

function openFile(
  { dataDir, logger, metrics }: PluginContext,
  config: AuditConfig,
  now: () => Date,
): Promise<AuditFile> {
  const { fileName, maxFiles, maxSizeBytes, keys, syncMs } = config;
  const note = (event: string, fields: Readonly<Record<string, unknown>>): string => logLine(event, fields, now());
  const disk = createLogDisk({ dir: dataDir, fileName, maxFiles });
  return openAuditFile({
    open: () => openChainWriter({ disk, maxSizeBytes, keys, note }),
    syncMs,
    note,
    onFailure(error) {
      metrics.counter('write_failures');
      logger.error('The audit log cannot be written; lines are kept in memory.', { error: error.message });
    },
    onRecovery: () => logger.info('The audit log can be written again.'),
  });
}
