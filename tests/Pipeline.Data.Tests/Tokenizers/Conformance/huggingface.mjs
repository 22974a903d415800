// Runs the real engine behind Hugging Face's tokenizers, from the npm package of that name (0.23.2).
//   node huggingface.mjs FOLDER train OUT.json TEXT...     trains byte-level BPE (30,000 tokens, no special tokens, line by line)
//   node huggingface.mjs FOLDER encode TOKENIZER.json TEXT   prints the ids of the text, separated by commas
// FOLDER has it in its node_modules: tests/servers.
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';

const [, , folder, verb, file, ...texts] = process.argv;
const { Tokenizer, BPE, byteLevelPreTokenizer } = createRequire(path.resolve(folder) + '/')('tokenizers');
if (verb === 'train') {
  const tokenizer = new Tokenizer(BPE.empty());
  tokenizer.setPreTokenizer(byteLevelPreTokenizer(false, true));
  tokenizer.train(texts);
  tokenizer.save(file, false);
} else {
  const encoding = await Tokenizer.fromFile(file).encode(fs.readFileSync(texts[0], 'utf8'), null, { addSpecialTokens: false });
  process.stdout.write(encoding.getIds().join(','));
}
