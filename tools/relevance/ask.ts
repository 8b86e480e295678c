/** One query in a process of its own: `ask.ts <engine> <folder> <query>`. Prints the bytes that it read, and the answers. */
import { ENGINES } from './engines.ts';

const [name, folder = '', text = ''] = process.argv.slice(2);
const engine = ENGINES.find((one) => one.name === name);
if (!engine) throw new Error(`No engine is called ${name}.`);
const index = await engine.open(folder);
const names = await index.search(text, 10);
process.stdout.write(`${JSON.stringify({ bytes: index.bytesRead?.(), names })}\n`);
await index.close();
// Some leave timers behind, which are not what is measured.
process.exit(0);
