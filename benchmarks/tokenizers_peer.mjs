// The peer of `Pipeline.Benchmarks tokenizers`: the real engine behind Hugging Face's tokenizers, from npm.
// usage: node tokenizers_peer.mjs FOLDER bpe|wordpiece|encode TEXT TOKENIZER.json    (FOLDER has it in its node_modules: tests/servers)
// Prints seconds by the clock, seconds of all its threads, and how many tokens it made.
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';

const [, , folder, verb, text, file] = process.argv;
// Lines of an encoding go through it one by one, as they do in the trial beside it.
if (verb === 'encode') process.env.TOKENIZERS_PARALLELISM = 'false';
const hf = createRequire(path.resolve(folder) + '/')('tokenizers');
const start = [performance.now(), process.cpuUsage()];
let made = 0;
if (verb === 'encode') {
  const tokenizer = hf.Tokenizer.fromFile(file);
  const lines = fs.readFileSync(text, 'utf8').split('\n').map((line) => line + '\n');
  start[0] = performance.now();
  start[1] = process.cpuUsage();
  for (let i = 0; i < lines.length; i += 1000) {
    for (const each of await tokenizer.encodeBatch(lines.slice(i, i + 1000), { addSpecialTokens: false })) made += each.getLength();
  }
} else {
  const tokenizer = new hf.Tokenizer(verb === 'bpe' ? hf.BPE.empty() : hf.WordPiece.empty());
  tokenizer.setPreTokenizer(verb === 'bpe' ? hf.byteLevelPreTokenizer(false, true) : hf.bertPreTokenizer());
  if (verb === 'wordpiece') tokenizer.setNormalizer(hf.bertNormalizer());
  tokenizer.train([text]);
  tokenizer.save(file, false);
  made = tokenizer.getVocabSize();
}
const used = process.cpuUsage(start[1]);
console.log(((performance.now() - start[0]) / 1000).toFixed(3), ((used.user + used.system) / 1e6).toFixed(3), made);
