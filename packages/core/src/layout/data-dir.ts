/**
 * Where agent-relay keeps its data: `$AGENT_RELAY_DATA_DIR`, `$XDG_DATA_HOME/agent-relay`, `~/.agent-relay`.
 *
 * The same order as agent-relay 1.x itself, so that the CLI, the loader and the daemon meet in one folder.
 */
export function resolveDataDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const explicit = env['AGENT_RELAY_DATA_DIR'];
  if (explicit) return explicit;
  const xdg = env['XDG_DATA_HOME'];
  return xdg ? `${xdg}/agent-relay` : `${home}/.agent-relay`;
}

/**
 * The socket on which the loader of a project's daemon answers. Not longer than the path of the daemon's own socket:
 * systems allow some hundred bytes.
 *
 * @param projectDataDir agent-relay's data folder of the project
 */
export function controlSocketPath(projectDataDir: string): string {
  return `${projectDataDir}/ar.sock`;
}
