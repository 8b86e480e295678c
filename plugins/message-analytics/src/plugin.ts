import type { HealthStatus, Logger, ObservedMessages, PluginContext, WidgetPlugin } from '@ar-registry/sdk';
import { parseConfig, type AnalyticsConfig } from './config.ts';
import { showDisplay } from './displays.ts';
import { createSaver, type Saver } from './saver.ts';
import { createStateFile, type StateFile } from './state-file.ts';
import { parseWindow, serialiseWindow } from './state.ts';
import { countLost, createWindow, observe, prune, totalsOf, type TrafficWindow } from './traffic-window.ts';

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: AnalyticsConfig;
  readonly window: TrafficWindow;
  readonly saver: Saver;
}

/** Counts what the daemon tells of messages, and shows it. @param now milliseconds since the epoch */
export function createMessageAnalytics(now: () => number): WidgetPlugin {
  let loaded: Loaded | undefined;
  return {
    async onLoad(context) {
      const config = parseConfig(context.config);
      const file = createStateFile(context.dataDir);
      const window = await readWindow(file, config, context.logger);
      prune(window, now());
      const saver = createSaver({
        write: () => file.write(serialiseWindow(window)),
        everyMs: config.saveMs,
        now,
        logger: context.logger,
      });
      loaded = { context, config, window, saver };
      context.logger.info('Observing messages.', { minutes: window.minutes, known: totalsOf(window).sent });
    },

    async onUnload() {
      const last = loaded;
      loaded = undefined;
      await last?.saver.close();
    },

    onMessages(batch) {
      if (loaded) record(batch, loaded, now());
    },

    async getData(name) {
      if (!loaded) throw new Error('The widget is not loaded.');
      const { window, config } = loaded;
      prune(window, now());
      return showDisplay(name, { window, nowMs: now(), topSenders: config.topSenders });
    },

    async health() {
      return loaded ? healthOf(loaded, now()) : { status: 'unhealthy', message: 'Not loaded.' };
    },
  };
}

function record(batch: ObservedMessages, { window, saver, context }: Loaded, nowMs: number): void {
  const { observations, dropped } = batch;
  for (const observation of observations) observe(window, observation, nowMs);
  countLost(window, dropped, nowMs);
  prune(window, nowMs);
  saver.changed();
  context.metrics.counter('observations', observations.length);
  if (dropped > 0) context.metrics.counter('observations_lost', dropped);
}

function healthOf({ window, saver }: Loaded, nowMs: number): HealthStatus {
  prune(window, nowMs);
  const { sent, lost } = totalsOf(window);
  const { failure, savedAt } = saver.status();
  const saved = savedAt === undefined ? {} : { savedAt: new Date(savedAt).toISOString() };
  const details = { messages: sent, lost, ...saved };
  if (failure !== undefined) return { status: 'degraded', message: `The numbers cannot be saved: ${failure}`, details };
  if (lost > 0) return { status: 'degraded', message: `${lost} observations were lost.`, details };
  return { status: 'healthy', details };
}

async function readWindow(file: StateFile, { windowMinutes }: AnalyticsConfig, logger: Logger): Promise<TrafficWindow> {
  const text = await file.read();
  if (text === undefined) return createWindow(windowMinutes);
  const known = parseWindow(text, windowMinutes);
  if (known) return known;
  logger.warn('The numbers that were saved cannot be read; counting begins anew.', { kept: await file.putAside() });
  return createWindow(windowMinutes);
}
