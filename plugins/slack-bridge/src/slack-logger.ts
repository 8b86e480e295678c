import type { Logger as PluginLogger } from '@ar-registry/sdk';
import { type Logger, LogLevel } from '@slack/bolt';

/**
 * What Slack's libraries log, in the plugin's own log: warnings and errors, as details, since the bridge says in its own
 * words what they come to. Their debug output holds messages and tokens, and goes nowhere.
 */
export function createSlackLogger(logger: PluginLogger): Logger {
  const tell = (...parts: readonly unknown[]): void => logger.debug(`slack: ${parts.map(String).join(' ')}`);
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: tell,
    error: tell,
    getLevel: () => LogLevel.WARN,
    setLevel: () => undefined,
    setName: () => undefined,
  };
}
