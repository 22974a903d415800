// Runs the real engine behind Hugging Face's tokenizers, from the npm package of that name (0.23.2).
//   node huggingface.mjs FOLDER JOBS.json     prints a JSON list with the answer to each job
// FOLDER has it in its node_modules: tests/servers. Jobs:
//   { train: KIND, texts: [file], out: file }            bpe (bytes), wordpiece, word: default trainer, 30,000 tokens, no special tokens, line by line
//   { encode: file, texts: [text or [text, second]], special: whether the template is applied, batch: whether it is one batch }
//   { decode: file, ids: [[id]], skip: whether special tokens are left out }
//   { bert: vocab.txt, options: of the normalizer, texts: [text] }    a tokenizer as BERT's is built from its vocabulary
//   { cut: pre-tokenizer, texts: [text] }
//   { normalize: normalizer, texts: [text] }
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';

const [, , folder, jobs] = process.argv;
const hf = createRequire(path.resolve(folder) + '/')('tokenizers');
const kinds = {
  bpe: () => [hf.BPE.empty(), hf.byteLevelPreTokenizer(false, true)],
  wordpiece: () => [hf.WordPiece.empty(), hf.bertPreTokenizer(), hf.bertNormalizer()],
  word: () => [hf.WordLevel.empty(), hf.whitespacePreTokenizer()],
};

function train({ train, texts, out }) {
  const [model, splitter, normalizer] = kinds[train]();
  const tokenizer = new hf.Tokenizer(model);
  tokenizer.setPreTokenizer(splitter);
  if (normalizer) tokenizer.setNormalizer(normalizer);
  tokenizer.train(texts);
  tokenizer.save(out, false);
  return true;
}

const encode = ({ encode, ...job }) => encodeBy(hf.Tokenizer.fromFile(encode), job);

async function bert({ bert, options, texts }) {
  const lines = fs.readFileSync(bert, 'utf8').split('\n');
  const tokenizer = new hf.Tokenizer(await hf.WordPiece.fromFile(bert, { unkToken: '[UNK]', continuingSubwordPrefix: '##', maxInputCharsPerWord: 100 }));
  tokenizer.setNormalizer(hf.bertNormalizer(options));
  tokenizer.setPreTokenizer(hf.bertPreTokenizer());
  tokenizer.setPostProcessor(hf.bertProcessing(['[SEP]', lines.indexOf('[SEP]')], ['[CLS]', lines.indexOf('[CLS]')]));
  return encodeBy(tokenizer, { texts, special: true });
}

async function encodeBy(tokenizer, { texts, special, batch }) {
  const options = { addSpecialTokens: special ?? false };
  const all = batch ? await tokenizer.encodeBatch(texts, options)
    : await Promise.all(texts.map((t) => (Array.isArray(t) ? tokenizer.encode(t[0], t[1], options) : tokenizer.encode(t, null, options))));
  return all.map((e) => ({ ids: e.getIds(), types: e.getTypeIds(), mask: e.getAttentionMask(), special: e.getSpecialTokensMask() }));
}

const decode = ({ decode, ids, skip }) => Promise.all(ids.map((each) => hf.Tokenizer.fromFile(decode).decode(each, skip ?? false)));

// A tokenizer around one part, which is given as tokenizer.json has it.
const around = (part) => hf.Tokenizer.fromString(JSON.stringify({ version: '1.0', added_tokens: [], ...part, model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } }));

function cut({ cut, texts }) {
  const splitter = around({ pre_tokenizer: cut }).getPreTokenizer();
  return texts.map((text) => splitter.preTokenizeString(text).map(([word]) => word));
}

function normalize({ normalize, texts }) {
  const normalizer = around({ normalizer: normalize }).getNormalizer();
  return texts.map((text) => normalizer.normalizeString(text));
}

const answers = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) {
  const verb = { train, encode, decode, bert, cut, normalize }[['train', 'encode', 'decode', 'bert', 'cut', 'normalize'].find((name) => name in job)];
  answers.push(await verb(job));
}
process.stdout.write(JSON.stringify(answers));
