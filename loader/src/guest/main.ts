/** The program of a plugin's process, where none was prepared: see snapshot.ts. */
import { runGuest } from './run.ts';

runGuest(async (url) => (await import(/* @vite-ignore */ url)) as object);
