/** Milliseconds that this thread has computed: how long it had to wait for a busy machine is not in them. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
