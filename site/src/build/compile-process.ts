/** The process that compiles: Astro takes half a gigabyte, which goes with it. Its settings are in the environment. */
import { build } from 'astro';

await build({ root: process.cwd(), logLevel: 'silent' });
