/** Of how many plugins the registries are that are made for measuring: said beside the command, since large ones take long. */
export function sizesOr(usual: number): readonly number[] {
  // oxlint-disable-next-line node/no-process-env -- how large it is to be is said beside the command
  const given = (process.env['AR_BENCH_PLUGINS'] ?? String(usual)).split(',').map(Number);
  return given.filter((plugins) => Number.isInteger(plugins) && plugins > 0);
}
