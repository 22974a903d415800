// s3rver, made fit for several clients at once: node s3.js PORT FOLDER BUCKET
//
// S3 has no folders. s3rver makes them of names, and with the last object of one it removes the folder, also while another request is about to write into it: that one
// then fails, or takes the whole server down. So folders stay here.
//
// In S3 an object is there whole or not at all. s3rver writes in place, so that who reads meanwhile gets a part, and even writes down that part's checksum for good. So an
// object is received aside here, and what is read and written of it together is so without another request between.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { pipeline } = require('stream/promises');
const S3rver = require('s3rver');
const S3Object = require('s3rver/lib/models/object');
const Store = require('s3rver/lib/stores/filesystem');

let received = 0;

Store.prototype.putObject = async function ({ bucket, key, content, metadata }) {
  const at = part => this.getResourcePath(bucket, key, part);
  const incoming = at(`incoming${received++}`);
  const md5 = crypto.createHash('md5');
  let size = 0;
  fs.mkdirSync(path.dirname(incoming), { recursive: true });
  try {
    await pipeline(
      Buffer.isBuffer(content) ? [content] : content,
      async function* (chunks) {
        for await (const chunk of chunks) {
          md5.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      fs.createWriteStream(incoming));
  } catch (e) {
    fs.rmSync(incoming, { force: true });
    throw e;
  }
  const digest = md5.digest('hex');
  fs.renameSync(incoming, at('object'));
  fs.writeFileSync(at('object.md5'), digest);
  fs.writeFileSync(at('metadata.json'), JSON.stringify({ 'content-type': metadata['content-type'] }));
  return { size, md5: digest };
};

Store.prototype.getMetadata = async function (bucket, key) {
  const at = part => this.getResourcePath(bucket, key, part);
  const { mtime, size } = fs.statSync(at('object'));
  return {
    ...JSON.parse(fs.readFileSync(at('metadata.json'))),
    etag: JSON.stringify(fs.readFileSync(at('object.md5'), 'utf8')),
    'last-modified': mtime.toUTCString(),
    'content-length': size,
  };
};

// The file is opened with what is said about it: another that takes its place meanwhile is not read under this one's checksum.
Store.prototype.getObject = async function (bucket, key, options = {}) {
  let file;
  try {
    file = fs.openSync(this.getResourcePath(bucket, key, 'object'), 'r');
  } catch (e) {
    if (e.code === 'ENOENT') return null;
    throw e;
  }
  const metadata = await this.getMetadata(bucket, key);
  const range = { start: options.start || 0, end: Math.min(options.end ?? Infinity, Math.max(0, metadata['content-length'] - 1)) };
  const object = new S3Object(bucket, key, null, metadata);
  if (options.start !== undefined || options.end) object.range = range;
  if (range.start < 0 || range.end < range.start) fs.closeSync(file);
  else object.content = fs.createReadStream(null, { fd: file, ...range });
  return object;
};

Store.prototype.deleteObject = async function (bucket, key) {
  for (const part of ['object', 'object.md5', 'metadata.json']) fs.rmSync(this.getResourcePath(bucket, key, part), { force: true });
};

const [port, directory, bucket] = process.argv.slice(2);
new S3rver({ address: '127.0.0.1', port: Number(port), directory, silent: true, configureBuckets: [{ name: bucket }] }).run();
