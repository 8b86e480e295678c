export interface AnalyticsConfig {
  /** Minutes that are looked back on. */
  readonly windowMinutes: number;
  /** Milliseconds between two saves; what a crash may cost. */
  readonly saveMs: number;
  /** Rows of the tables of names. */
  readonly topSenders: number;
}

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, if a value cannot be used
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): AnalyticsConfig {
  return {
    windowMinutes: parseWhole(config['analyticsWindowMinutes'] ?? 60, ['ANALYTICS_WINDOW_MINUTES', 10, 1_440]),
    saveMs: parseWhole(config['analyticsSaveSeconds'] ?? 10, ['ANALYTICS_SAVE_SECONDS', 1, 300]) * 1_000,
    topSenders: parseWhole(config['analyticsTopSenders'] ?? 10, ['ANALYTICS_TOP_SENDERS', 1, 50]),
  };
}

function parseWhole(
  value: unknown,
  [key, lowest, highest]: readonly [key: string, lowest: number, highest: number],
): number {
  const number = Number(value);
  if (/^\d+$/.test(String(value)) && number >= lowest && number <= highest) return number;
  throw new TypeError(`${key} must be a whole number from ${lowest} to ${highest}.`);
}
