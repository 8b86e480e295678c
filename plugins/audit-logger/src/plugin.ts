import type { HealthStatus, HookPlugin, PluginContext } from '@ar-registry/sdk';
import { type AuditFile, openAuditFile } from './audit-file.ts';
import { connectionLine, denialLine, logLine, messageLine } from './audit-line.ts';
import { openChainWriter } from './chain-writer.ts';
import { type AuditConfig, parseConfig } from './config.ts';
import { createLogDisk } from './log-disk.ts';
import { createRedact, type Redact } from './redact.ts';
import { createCursorFile } from './ship/cursor-file.ts';
import { createDatadogDestination } from './ship/datadog.ts';
import type { Destination } from './ship/destination.ts';
import { createLogReader } from './ship/log-reader.ts';
import { createS3Destination } from './ship/s3.ts';
import { openShipper, type Shipper } from './ship/shipper.ts';

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: AuditConfig;
  readonly file: AuditFile;
  readonly redact: Redact;
  readonly shippers: readonly Shipper[];
}

/** Less than a plugin is given to unload: the log has to be closed as well. */
const LAST_SENDING_MS = 3_000;

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
      const destinations = createDestinations(config, () => now().getTime());
      const log = await openLog(context, { config, destinations, now });
      loaded = { context, config, redact, ...log };
      const to = destinations.map(({ name }) => name);
      context.logger.info('Audit log opened.', { file: config.fileName, body: config.body, to });
    },

    async onUnload() {
      const last = loaded;
      loaded = undefined;
      if (!last) return;
      await last.file.close();
      await Promise.all(last.shippers.map((shipper) => shipper.close(LAST_SENDING_MS)));
      const { lost } = last.file.status();
      if (lost > 0) last.context.logger.error('Audit lines were lost.', { lost });
    },

    onMessage: (event) =>
      record('message', ({ config, redact }) => messageLine(redact(event), { now: now(), body: config.body })),
    onDenied: (event) =>
      record('denied', ({ config, redact }) => {
        // Fields are those of a message's data, wherever the message is.
        const message = redact(event.message);
        return denialLine({ ...redact({ ...event, message: undefined }), message }, { now: now(), body: config.body });
      }),
    onConnect: (event) => record('connect', ({ redact }) => connectionLine('connect', redact(event), now())),
    onDisconnect: (event) => record('disconnect', ({ redact }) => connectionLine('disconnect', redact(event), now())),

    async health() {
      return loaded ? healthOf(loaded) : { status: 'unhealthy', message: 'Not loaded.' };
    },
  };
}

function healthOf({ file, config, shippers }: Loaded): HealthStatus {
  const { failure, committed: _committed, ...counts } = file.status();
  const to = shippers.map((shipper) => [shipper.name, shipper.status()] as const);
  const details = { file: config.fileName, ...counts, ...Object.fromEntries(to) };
  if (failure !== undefined) return { status: 'unhealthy', message: `The log cannot be written: ${failure}`, details };
  const missed = to.reduce((sum, [, status]) => sum + status.missed, counts.lost);
  if (missed > 0) return { status: 'degraded', message: `${missed} lines were lost.`, details };
  const waiting = to.find(([, status]) => status.failure !== undefined);
  if (!waiting) return { status: 'healthy', details };
  const [name, status] = waiting;
  const message = `${status.waiting} lines wait in the log, since ${name} does not take them: ${status.failure}`;
  return { status: 'degraded', message, details };
}

function createDestinations({ s3, datadog }: AuditConfig, now: () => number): readonly Destination[] {
  return [
    ...(s3 ? [createS3Destination(s3, now)] : []),
    ...(datadog ? [createDatadogDestination(datadog, { fetch: globalThis.fetch, now })] : []),
  ];
}

interface LogOptions {
  readonly config: AuditConfig;
  readonly destinations: readonly Destination[];
  readonly now: () => Date;
}

/** The files, and what sends them on. What was not sent yet holds them. */
async function openLog(context: PluginContext, options: LogOptions): Promise<Pick<Loaded, 'file' | 'shippers'>> {
  const { dataDir, logger, metrics } = context;
  const { config, destinations } = options;
  const { fileName, shipMs } = config;
  const log: { file?: AuditFile; shippers: readonly Shipper[] } = { shippers: [] };
  log.shippers = await Promise.all(
    destinations.map((destination) =>
      openShipper({
        destination,
        reader: createLogReader({ dir: dataDir, fileName }),
        cursorFile: createCursorFile(dataDir, destination.name),
        committed: () => log.file?.status().committed ?? 0,
        everyMs: shipMs,
        logger,
        metrics,
      }),
    ),
  );
  const { shippers } = log;
  const mayGo = (seq: number): boolean => shippers.every((shipper) => seq <= shipper.sent());
  const wake = (): void => {
    for (const shipper of shippers) shipper.wake();
  };
  const file = await openFile(context, options, { ...(shippers.length > 0 && { mayGo }), onCommitted: wake });
  log.file = file;
  wake();
  return { file, shippers };
}

function openFile(
  { dataDir, logger, metrics }: PluginContext,
  { config, now }: LogOptions,
  { mayGo, onCommitted }: { readonly mayGo?: (lastSeq: number) => boolean; readonly onCommitted: () => void },
): Promise<AuditFile> {
  const { fileName, maxFiles, maxSizeBytes, keys, syncMs } = config;
  const note = (event: string, fields: Readonly<Record<string, unknown>>): string => logLine(event, fields, now());
  const disk = createLogDisk({ dir: dataDir, fileName, maxFiles, ...(mayGo && { mayGo }) });
  return openAuditFile({
    open: () => openChainWriter({ disk, maxSizeBytes, keys, note }),
    syncMs,
    note,
    onCommitted,
    onFailure(error) {
      metrics.counter('write_failures');
      logger.error('The audit log cannot be written; lines are kept in memory.', { error: error.message });
    },
    onRecovery: () => logger.info('The audit log can be written again.'),
  });
}
